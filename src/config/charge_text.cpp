// SPDX-License-Identifier: MIT
#include "dmb/config/charge_text.h"

#include "dmb/battery/letter_case.h"
#include "dmb/battery/shortest.h"
#include "dmb/config/charge_keys.h"
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
    auto value = take_line(lines_, key);
    if (!value) return std::nullopt;
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
    rules.discharge_by_mosfet = before.discharge_by_mosfet;
    rules.charge_by_soc = before.charge_by_soc;
    rules.discharge_by_soc = before.discharge_by_soc;
    rules.balance_every = before.balance_every;
    rules.charge_to_soc_percent = before.charge_to_soc_percent;
    return rules;
  }

  void read_numbers() {
    ChargeRules& rules = text_.rules;
    for (const auto& [key, member, unit] : kChargeNumbers) {
      const auto text = take(key);
      if (!text) continue;
      constexpr double kExampleA = 100;
      double& number = rules.*member;
      if (const auto value = charge_number(*text, unit))
        number = *value;
      else
        fault(key, "must be a number, such as " + shortest(number > 0 ? number : kExampleA));
    }
    read_days();
    read_cells();
    if (const auto text = take("full_for")) {
      const auto time = duration_of(*text);
      if (time) rules.full_for = *time;
      if (!time) fault("full_for", "must be a time, such as 15 min");
    }
  }

  void read_days() {
    const auto text = take("balance_every_days");
    if (!text) return;
    const auto days = charge_number(*text, "days");
    if (days && *days >= 0 && *days <= 365)
      text_.rules.balance_every = std::chrono::days(std::lround(*days));
    else
      fault("balance_every_days", "must be a number of days, 0 to 365");
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

  void read_curves() {
    for (const auto& [key, curve, example] : kChargeCurves) {
      const auto text = take(key);
      if (!text) continue;
      const bool may_be_none = !example.empty();
      if (may_be_none && to_lower(*text) == "none")
        text_.rules.*curve = Curve();
      else if (auto parsed = parse_curve(*text))
        text_.rules.*curve = std::move(*parsed);
      else
        fault(key, "must be points of value:percent, such as " +
                       (may_be_none ? std::string(example) + ", or none"
                                    : words_for(text_.rules.*curve)));
    }
  }

  void read_seasons() {
    auto& seasons = text_.rules.season_full_v;
    const auto text = take("season_full");
    // A goal of its own is not one of the months that hold for others.
    if (text || text_.told_by.contains("cell_full")) seasons = {};
    if (!text) return;
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
