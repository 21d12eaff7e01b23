// SPDX-License-Identifier: MIT
#include "dmb/config/charge_text.h"

#include "dmb/battery/letter_case.h"
#include "dmb/battery/shortest.h"
#include "dmb/config/charge_words.h"
#include "dmb/config/ini_value.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <utility>

namespace dmb {
namespace {

using namespace std::string_view_literals;

/// Seconds, unless a unit is told.
std::optional<std::chrono::seconds> duration_of(std::string_view text) {
  constexpr double kLongestS = 1e7;
  for (const auto& [unit, seconds] : {std::pair{"min"sv, 60.0}, {"h"sv, 3600.0}, {"s"sv, 1.0}})
    if (const auto number = charge_number(text, unit)) {
      const bool told = text.ends_with(unit);
      if (!told && unit != "s") continue;
      if (std::fabs(*number * seconds) > kLongestS) return std::nullopt;
      return std::chrono::seconds(std::llround(*number * seconds));
    }
  return std::nullopt;
}

/// Reads one section; each key that has a meaning is taken out of `lines_`.
class Reader {
 public:
  Reader(std::span<const ChargeLine> lines, const ChargeText& base) {
    for (const auto& [key, value] : lines) lines_[to_lower(key)] = trim(value);
    text_.enabled = base.enabled;
    text_.rules = base.rules;
  }

  ChargeText read() {
    read_chemistry();
    TranslatedKeys translated = translate_foreign_keys(lines_, text_.rules.cell_full_v);
    text_.faults.insert(text_.faults.end(), translated.faults.begin(), translated.faults.end());
    text_.became = std::move(translated.became);
    origin_ = std::move(translated.origin);
    read_numbers();
    read_curves();
    read_seasons();
    for (const auto& [key, value] : lines_)
      text_.warnings.push_back({key, "has no meaning in [CHARGE CONTROL]"});
    return std::move(text_);
  }

 private:
  std::optional<std::string> take(std::string_view key) {
    const auto line = lines_.find(key);
    if (line == lines_.end()) return std::nullopt;
    std::string value = std::move(line->second);
    lines_.erase(line);
    if (value.empty()) return std::nullopt;
    const auto origin = origin_.find(key);
    text_.told_by.emplace(key, origin != origin_.end() ? origin->second : key);
    return value;
  }
  void fault(std::string_view key, std::string problem) {
    text_.faults.push_back({std::string(key), std::move(problem)});
  }

  void read_chemistry() {
    if (const auto enabled = take("enabled")) {
      const auto flag = charge_flag(*enabled);
      if (!flag) fault("enabled", "must be 1 or 0");
      text_.enabled = flag.value_or(true);
    }
    const auto word = take("chemistry");
    if (!word) return;
    const auto known = std::ranges::find(kChemistryWords, to_lower(*word));
    if (known == kChemistryWords.end())
      return fault("chemistry", "must be lfp, li-ion, lto or custom");
    const auto chemistry = static_cast<Chemistry>(known - kChemistryWords.begin());
    if (chemistry != text_.rules.chemistry) text_.rules = with_chemistry(text_.rules, chemistry);
  }

  /// Cells of another kind have other voltages, and are not as many.
  static ChargeRules with_chemistry(const ChargeRules& before, Chemistry chemistry) {
    ChargeRules rules(chemistry);
    rules.max_charge_current_a = before.max_charge_current_a;
    rules.max_discharge_current_a = before.max_discharge_current_a;
    rules.tail_current_percent = before.tail_current_percent;
    rules.full_for = before.full_for;
    rules.bulk_again_soc_percent = before.bulk_again_soc_percent;
    rules.bulk_again_spread_v = before.bulk_again_spread_v;
    rules.charge_by_mosfet = before.charge_by_mosfet;
    rules.balance_every = before.balance_every;
    rules.charge_to_soc_percent = before.charge_to_soc_percent;
    return rules;
  }

  void set(std::string_view key, double& number, std::string_view unit) {
    const auto text = take(key);
    if (!text) return;
    if (const auto value = charge_number(*text, unit))
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
    auto days = static_cast<double>(rules.balance_every.count());
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
    if (!text) return;
    text_.rules.cells.reset();
    if (to_lower(*text) == "auto") return;
    const auto number = charge_number(*text);
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

  void read_curves() {
    for (const auto key : {"charge_by_cell"sv, "discharge_by_cell"sv, "charge_by_temperature"sv,
                           "discharge_by_temperature"sv, "charge_by_mosfet"sv}) {
      const auto text = take(key);
      if (!text) continue;
      if (auto parsed = parse_curve(*text))
        *curve(key) = std::move(*parsed);
      else
        fault(key, "must be points of value:percent, such as " + words_for(*curve(key)));
    }
  }

  void read_seasons() {
    auto& seasons = text_.rules.season_full_v;
    const auto text = take("season_full");
    if (!text) return;
    seasons = {};
    for (const auto word : charge_words(*text)) {
      const auto colon = std::min(word.find(':'), word.size());
      const auto month = std::ranges::find(kMonthWords, to_lower(word.substr(0, colon)));
      const auto value = colon < word.size() ? charge_number(word.substr(colon + 1)) : std::nullopt;
      if (month != kMonthWords.end() && value)
        seasons[static_cast<std::size_t>(month - kMonthWords.begin())] = *value;
      else
        return fault("season_full", "must be months and volts, such as Jan:3.50 May:3.40");
    }
  }

  ChargeLines lines_;
  ChargeText text_;
  std::map<std::string, std::string, std::less<>> origin_;  ///< of lines that were translated
};

}  // namespace

ChargeText read_charge_control(std::span<const ChargeLine> lines, const ChargeText& base) {
  return Reader(lines, base).read();
}

}  // namespace dmb
