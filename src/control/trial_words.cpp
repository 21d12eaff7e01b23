// SPDX-License-Identifier: MIT
#include "dmb/battery/shortest.h"
#include "dmb/control/trial.h"

#include <cmath>

namespace dmb {
namespace {

constexpr double kNoteworthy = 0.005;  // of the time

std::string rounded(double value, double steps_in_one) {
  return shortest(std::round(value * steps_in_one) / steps_in_one);
}

std::string minutes(double seconds) {
  if (seconds < 90) return rounded(seconds, 1) + " s";
  return rounded(seconds / 60, 1) + " min";
}

/// How the numbers of one limit are told.
struct Style {
  const char* name;
  const char* unit;
  double steps_in_one;  ///< to which is rounded
};

std::string amount(double value, const Style& style) {
  return rounded(std::abs(value), style.steps_in_one) + " " + style.unit;
}

std::string share(double part_s, double whole_s) {
  return rounded(100 * part_s / whole_s, 1) + " % of the time";
}

void add(std::string& text, const std::string& more) {
  text += (text.empty() ? "" : ", ") + more;
}

std::string mean_words(const LimitComparison& comparison, const Style& style) {
  const auto mean = comparison.mean();
  if (!mean || std::round(*mean * style.steps_in_one) == 0) return "";
  return amount(*mean, style) + (*mean < 0 ? " lower" : " higher") + " on average";
}

/// "lower 20 % of the time, 30 A at most".
std::string side_words(const char* side, double part_s, double most, double whole_s,
                       const Style& style) {
  if (part_s < kNoteworthy * whole_s) return "";
  const std::string text = std::string(side) + " " + share(part_s, whole_s);
  return most > 0 ? text + " (" + amount(most, style) + " at most)" : text;
}

std::string words(const LimitComparison& comparison, double whole_s, const Style& style) {
  std::string text = mean_words(comparison, style);
  for (const std::string& side :
       {side_words("lower", comparison.lower_s, comparison.most_lower, whole_s, style),
        side_words("higher", comparison.higher_s, comparison.most_higher, whole_s, style)})
    if (!side.empty()) add(text, side);
  return std::string(style.name) + " " + (text.empty() ? "the same" : text);
}

std::string stop_words(const char* what, int stops, double lasted_s) {
  const std::string times = stops == 1 ? "once" : std::to_string(stops) + " times";
  return std::string("; ") + what + " " + times + ", for " + minutes(lasted_s);
}

std::string stops(const LimitComparison& comparison, const std::string& what) {
  std::string text;
  if (comparison.own_stops > 0)
    text += stop_words(("would have stopped " + what + " alone").c_str(), comparison.own_stops,
                       comparison.own_stop_s);
  if (comparison.other_stops > 0)
    text += stop_words(("would not have stopped " + what + " with it").c_str(),
                       comparison.other_stops, comparison.other_stop_s);
  return text;
}

}  // namespace

std::string describe(NoComparison why) {
  switch (why) {
    case NoComparison::not_known_yet:
      return "the GX has not answered yet";
    case NoComparison::no_systemcalc:
      return "com.victronenergy.system does not answer";
    case NoComparison::dvcc_off:
      return "DVCC is off, chargers go by their own settings";
    case NoComparison::no_bms:
      return "no battery gives limits to the GX";
    case NoComparison::no_answer:
      return "the battery that the GX goes by tells no limits";
    case NoComparison::no_own_voltage:
      break;
  }
  return "it has no charge voltage of its own, so it would not control";
}

std::string describe(const TrialHour& hour) {
  const std::string missing =
      hour.missing ? "not compared: " + describe(*hour.missing) : std::string();
  if (hour.compared_s <= 0) return missing.empty() ? "not compared" : missing;
  std::string text = "beside " + hour.beside + (hour.several ? " and others" : "") + ", " +
                     minutes(hour.compared_s) + ": ";
  text += words(hour.charge_voltage, hour.compared_s, {"CVL", "V", 100}) + "; ";
  text += words(hour.charge_current, hour.compared_s, {"CCL", "A", 10}) + "; ";
  text += words(hour.discharge_current, hour.compared_s, {"DCL", "A", 10});
  text += stops(hour.charge_current, "charging") + stops(hour.discharge_current, "discharging");
  return missing.empty() ? text : text + "; the rest " + missing;
}

}  // namespace dmb
