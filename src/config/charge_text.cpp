// SPDX-License-Identifier: MIT
#include "dmb/config/charge_text.h"

#include "dmb/battery/letter_case.h"
#include "dmb/battery/shortest.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>

namespace dmb {
namespace {

using namespace std::string_view_literals;

using Lines = std::map<std::string, std::string_view, std::less<>>;  ///< by lower-case key

constexpr std::array kMonths{"jan"sv, "feb"sv, "mar"sv, "apr"sv, "may"sv, "jun"sv,
                             "jul"sv, "aug"sv, "sep"sv, "oct"sv, "nov"sv, "dec"sv};

/// A number that another program has under another name, and the same meaning.
struct Synonym {
  std::string_view theirs;
  std::string_view ours;
};
constexpr std::array kSynonyms{
    Synonym{"max_cell_voltage", "cell_full"},
    Synonym{"min_cell_voltage", "cell_empty"},
    Synonym{"float_cell_voltage", "cell_float"},
    Synonym{"soc_reset_cell_voltage", "balance_cell"},
    Synonym{"soc_reset_after_days", "balance_every_days"},
    Synonym{"balancing_voltage", "balance_cell"},
    Synonym{"balancing_repetition", "balance_every_days"},
    Synonym{"max_battery_charge_current", "max_charge_current"},
    Synonym{"max_battery_discharge_current", "max_discharge_current"},
    Synonym{"switch_to_float_wait_for_sec", "full_for"},
    Synonym{"switch_to_bulk_soc_threshold", "bulk_again_soc"},
    Synonym{"switch_to_bulk_cell_voltage_diff", "bulk_again_spread"},
    Synonym{"nr_of_cells", "cells"},
};

/// A curve that another program has as two lists.
struct Lists {
  std::string_view at;
  std::string_view fractions;
  std::string_view ours;
};
constexpr std::array kLists{
    Lists{"cell_voltages_while_charging", "max_charge_current_cv_fraction", "charge_by_cell"},
    Lists{"cell_voltages_while_discharging", "max_discharge_current_cv_fraction",
          "discharge_by_cell"},
    Lists{"temperatures_while_charging", "max_charge_current_t_fraction", "charge_by_temperature"},
    Lists{"temperatures_while_discharging", "max_discharge_current_t_fraction",
          "discharge_by_temperature"},
    Lists{"cell_charge_limiting_voltage", "cell_charge_limiting_current", "charge_by_cell"},
    Lists{"cell_discharge_limiting_voltage", "cell_discharge_limiting_current",
          "discharge_by_cell"},
};

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin);
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (words.size() <= 2 * kMaxCurvePoints) {
    const auto begin = text.find_first_not_of(" \t\r\n,");
    if (begin == std::string_view::npos) break;
    const auto end = std::min(text.find_first_of(" \t\r\n,", begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    text.remove_prefix(end);
  }
  return words;
}

std::optional<double> number_of(std::string_view text) {
  text = trimmed(text);
  double number = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool all = end.ec == std::errc() && end.ptr == text.data() + text.size();
  return all && std::isfinite(number) ? std::optional(number) : std::nullopt;
}

/// A number with one of these units behind it, or none.
std::optional<double> number_with(std::string_view text, std::string_view unit) {
  text = trimmed(text);
  if (text.ends_with(unit)) text.remove_suffix(unit.size());
  return number_of(text);
}

/// Seconds, unless a unit is told.
std::optional<std::chrono::seconds> duration_of(std::string_view text) {
  constexpr double kLongestS = 1e7;
  for (const auto& [unit, seconds] : {std::pair{"min"sv, 60.0}, {"h"sv, 3600.0}, {"s"sv, 1.0}})
    if (const auto number = number_with(text, unit)) {
      const bool told = trimmed(text).ends_with(unit);
      if (!told && unit != "s") continue;
      if (std::fabs(*number * seconds) > kLongestS) return std::nullopt;
      return std::chrono::seconds(std::llround(*number * seconds));
    }
  return std::nullopt;
}

std::optional<std::vector<double>> numbers_of_list(std::string_view text) {
  std::vector<double> numbers;
  for (const auto word : words_of(text)) {
    const auto number = number_of(word);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

std::string words_for(const Curve& curve) {
  std::string text;
  for (const auto& [at, percent] : curve.points())
    text += (text.empty() ? "" : " ") + shortest(at) + ":" + shortest(percent);
  return text;
}

/// Reads one section; each key that has a meaning is taken out of `lines_`.
class Reader {
 public:
  explicit Reader(std::span<const ChargeLine> lines) {
    for (const auto& [key, value] : lines) lines_[to_lower(key)] = trimmed(value);
  }

  ChargeText read() {
    read_chemistry();
    translate();
    read_numbers();
    read_curves();
    read_seasons();
    for (const auto& [key, value] : lines_)
      text_.warnings.push_back({key, "has no meaning in [CHARGE CONTROL]"});
    if (text_.faults.empty())
      for (auto& [key, problem] : faults_of(text_.rules))
        text_.faults.push_back({std::string(key), std::move(problem)});
    return std::move(text_);
  }

 private:
  std::optional<std::string_view> take(std::string_view key) {
    const auto line = lines_.find(key);
    if (line == lines_.end()) return std::nullopt;
    const std::string_view value = line->second;
    lines_.erase(line);
    return value.empty() ? std::nullopt : std::optional(value);
  }
  void fault(std::string_view key, std::string problem) {
    text_.faults.push_back({std::string(key), std::move(problem)});
  }
  void became(std::string_view key, std::string what) {
    text_.became.push_back({std::string(key), std::move(what)});
  }

  void read_chemistry() {
    if (const auto enabled = take("enabled")) {
      if (*enabled != "0" && *enabled != "1") fault("enabled", "must be 1 or 0");
      text_.enabled = *enabled != "0";
    }
    const auto word = take("chemistry");
    if (!word) return;
    const auto known = std::ranges::find(kChemistryWords, to_lower(*word));
    if (known == kChemistryWords.end())
      fault("chemistry", "must be lfp, li-ion, lto or custom");
    else
      text_.rules = ChargeRules(static_cast<Chemistry>(known - kChemistryWords.begin()));
  }

  /// Keys of other programs become ours, where ours is not there.
  void translate() {
    for (const auto& [theirs, ours] : kSynonyms) {
      const auto value = take(theirs);
      if (!value) continue;
      if (lines_.contains(ours)) {
        became(theirs, "nothing: " + std::string(ours) + " is set");
        continue;
      }
      became(theirs, std::string(ours) + " = " + std::string(*value));
      lines_.emplace(ours, *value);
    }
    for (const Lists& lists : kLists) translate(lists);
    if (const auto drop = take("voltage_drop")) became("voltage_drop", "nothing: it is measured");
  }

  void translate(const Lists& lists) {
    const auto at_text = take(lists.at);
    const auto fraction_text = take(lists.fractions);
    if (!at_text && !fraction_text) return;
    const auto at = at_text ? numbers_of_list(*at_text) : std::nullopt;
    const auto fractions = fraction_text ? numbers_of_list(*fraction_text) : std::nullopt;
    if (!at || !fractions || at->size() != fractions->size()) {
      fault(lists.at, "needs as many numbers as " + std::string(lists.fractions));
      return;
    }
    if (lines_.contains(lists.ours)) {
      became(lists.at, "nothing: " + std::string(lists.ours) + " is set");
      return;
    }
    std::vector<CurvePoint> points;
    for (std::size_t i = 0; i < at->size(); ++i)
      points.push_back({(*at)[i], std::round((*fractions)[i] * 1e4) / 100});
    std::ranges::sort(points, {}, &CurvePoint::at);
    // Less for an empty cell is no matter of the highest one.
    if (lists.ours == "charge_by_cell") {
      const auto most = std::ranges::max_element(points, {}, &CurvePoint::percent);
      points.erase(points.begin(), most);
    }
    set_curve(lists.ours, Curve(std::move(points)));
    became(lists.at, std::string(lists.ours) + " = " + words_for(*curve(lists.ours)));
  }

  void set(std::string_view key, double& number, std::string_view unit) {
    const auto text = take(key);
    if (!text) return;
    if (const auto value = number_with(*text, unit))
      number = *value;
    else
      fault(key, "must be a number, such as " + shortest(number));
  }

  void read_numbers() {
    ChargeRules& rules = text_.rules;
    set("max_charge_current", rules.max_charge_current_a, "A");
    set("max_discharge_current", rules.max_discharge_current_a, "A");
    set("cell_full", rules.cell_full_v, "V");
    set("cell_float", rules.cell_float_v, "V");
    set("cell_empty", rules.cell_empty_v, "V");
    set("cell_never_above", rules.cell_never_above_v, "V");
    set("balance_cell", rules.balance_cell_v, "V");
    set("bulk_again_spread", rules.bulk_again_spread_v, "V");
    set("tail_current", rules.tail_current_percent, "%");
    set("bulk_again_soc", rules.bulk_again_soc_percent, "%");
    set("charge_to_soc", rules.charge_to_soc_percent, "%");
    double days = 0;
    set("balance_every_days", days, "days");
    if (days >= 0 && days <= 365)
      rules.balance_every = std::chrono::days(std::lround(days));
    else
      fault("balance_every_days", "must be within 0 and 365");
    read_cells();
    if (const auto text = take("full_for")) {
      const auto time = duration_of(*text);
      if (time) rules.full_for = *time;
      if (!time) fault("full_for", "must be a time, such as 15 min");
    }
  }

  void read_cells() {
    const auto text = take("cells");
    if (!text || to_lower(*text) == "auto") return;
    const auto number = number_of(*text);
    if (number && *number >= 1 && *number <= 1000 && *number == std::floor(*number))
      text_.rules.cells = static_cast<int>(*number);
    else
      fault("cells", "must be auto or the number of cells in series");
  }

  Curve* curve(std::string_view key) {
    ChargeRules& rules = text_.rules;
    if (key == "charge_by_cell") return &rules.charge_by_cell;
    if (key == "discharge_by_cell") return &rules.discharge_by_cell;
    if (key == "charge_by_temperature") return &rules.charge_by_temperature;
    if (key == "discharge_by_temperature") return &rules.discharge_by_temperature;
    return &rules.charge_by_mosfet;
  }
  void set_curve(std::string_view key, Curve value) { *curve(key) = std::move(value); }

  void read_curves() {
    for (const auto key : {"charge_by_cell"sv, "discharge_by_cell"sv, "charge_by_temperature"sv,
                           "discharge_by_temperature"sv, "charge_by_mosfet"sv}) {
      const auto text = take(key);
      if (!text) continue;
      if (auto parsed = parse_curve(*text))
        set_curve(key, std::move(*parsed));
      else
        fault(key, "must be points of value:percent, such as " + words_for(*curve(key)));
    }
  }

  void read_seasons() {
    auto& seasons = text_.rules.season_full_v;
    if (const auto list = take("charge_voltage_list")) {
      const auto numbers = numbers_of_list(*list);
      if (numbers && numbers->size() == seasons.size()) {
        std::ranges::copy(*numbers, seasons.begin());
        became("charge_voltage_list", "season_full, month by month");
      } else {
        fault("charge_voltage_list", "needs twelve voltages of a cell, January first");
      }
    }
    const auto text = take("season_full");
    if (!text) return;
    seasons = {};
    for (const auto word : words_of(*text)) {
      const auto colon = std::min(word.find(':'), word.size());
      const auto month = std::ranges::find(kMonths, to_lower(word.substr(0, colon)));
      const auto value = colon < word.size() ? number_of(word.substr(colon + 1)) : std::nullopt;
      if (month != kMonths.end() && value)
        seasons[static_cast<std::size_t>(month - kMonths.begin())] = *value;
      else
        return fault("season_full", "must be months and volts, such as Jan:3.50 May:3.40");
    }
  }

  Lines lines_;
  ChargeText text_;
};

}  // namespace

std::optional<Curve> parse_curve(std::string_view text) {
  std::vector<CurvePoint> points;
  for (const auto word : words_of(text)) {
    const auto colon = word.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto at = number_of(word.substr(0, colon));
    const auto percent = number_with(word.substr(colon + 1), "%");
    if (!at || !percent) return std::nullopt;
    points.push_back({*at, *percent});
  }
  return points.empty() ? std::nullopt : std::optional(Curve(std::move(points)));
}

ChargeText read_charge_control(std::span<const ChargeLine> lines) {
  return Reader(lines).read();
}

}  // namespace dmb
