// SPDX-License-Identifier: MIT
#include "dmb/codec/duration.h"
#include "rendering.h"

#include <cmath>
#include <string>

namespace dmb::status {
namespace {

std::string padded(std::string text, std::size_t columns) {
  text.resize(std::max(text.size(), columns), ' ');
  return text;
}

std::string now_text(const char* name, const std::optional<double>& own,
                     const std::optional<double>& in_force, int decimals, const char* unit) {
  const auto text = [&](const std::optional<double>& limit) {
    return limit ? quantity(limit, decimals, unit) : std::string("none");
  };
  return std::string(name) + " " + text(own) + " (" + text(in_force) + ")";
}

/// "-15.0 A", "same", or what can be said where one of them has no limit.
std::string difference_text(const ComparisonStatus& comparison, int decimals, const char* unit) {
  if (comparison.lower_s <= 0 && comparison.higher_s <= 0) return "same";
  if (!comparison.mean_difference)
    return comparison.lower_s >= comparison.higher_s ? "lower" : "higher";
  const std::string sign = *comparison.mean_difference > 0 ? "+" : "";
  return sign + quantity(comparison.mean_difference, decimals, unit);
}

std::string stops_text(const ComparisonStatus& comparison) {
  return std::to_string(comparison.own_stops) + "/" + std::to_string(comparison.other_stops);
}

std::string line_of(const std::string& when, const std::string& time, const std::string& cvl,
                    const std::string& ccl, const std::string& dcl, const std::string& stops) {
  return padded(when, 16) + padded(time, 12) + padded(cvl, 10) + padded(ccl, 11) + padded(dcl, 11) +
         stops;
}

void render_hour(const TrialHourStatus& hour, Page& page) {
  const std::string when = hour.ended_age_s ? age_text(hour.ended_age_s) : "now";
  if (hour.compared_s <= 0) return page.line(4, padded(when, 16) + hour.not_compared);
  page.line(4, line_of(when, duration_text(std::round(hour.compared_s)),
                       difference_text(hour.max_charge_voltage_v, 2, "V"),
                       difference_text(hour.max_charge_current_a, 1, "A"),
                       difference_text(hour.max_discharge_current_a, 1, "A"),
                       stops_text(hour.max_charge_current_a) + " " +
                           stops_text(hour.max_discharge_current_a)));
}

}  // namespace

void render_trial(const TrialStatus& trial, Page& page) {
  page.row(2, "Trial", "control = 0: none of these limits is on the bus");
  page.row(2, "",
           trial.not_compared.empty() ? "in force are, in brackets, those of " + trial.beside + ":"
                                      : "nothing to compare: " + trial.not_compared);
  if (trial.not_compared.empty())
    page.row(2, "",
             now_text("CVL", trial.own.max_charge_voltage_v, trial.in_force.max_charge_voltage_v, 2,
                      "V") +
                 ", " +
                 now_text("CCL", trial.own.max_charge_current_a,
                          trial.in_force.max_charge_current_a, 1, "A") +
                 ", " +
                 now_text("DCL", trial.own.max_discharge_current_a,
                          trial.in_force.max_discharge_current_a, 1, "A"));
  if (trial.hours.empty()) return;
  page.line(4, line_of("hour ended", "compared", "CVL", "CCL", "DCL", "stops alone"));
  for (auto hour = trial.hours.rbegin(); hour != trial.hours.rend(); ++hour)
    render_hour(*hour, page);
}

}  // namespace dmb::status
