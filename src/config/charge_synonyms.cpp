// SPDX-License-Identifier: MIT
#include "dmb/config/charge_synonyms.h"

#include "dmb/battery/shortest.h"
#include "dmb/config/charge_words.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

namespace dmb {
namespace {

using namespace std::string_view_literals;

/// A value that another program has under another name, and the same meaning.
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
    Synonym{"nr_of_cells_per_battery", "cells"},
};

/// A curve that another program has as two lists. Of two lists with a default, the one that is not
/// told is its default.
struct Lists {
  std::string_view at;
  std::string_view fractions;
  std::string_view ours;
  std::string_view usual_at = {};
  std::string_view usual_fractions = {};
  std::string_view enable = {};  ///< what switches it on or off
  bool usually_on = true;
};
constexpr std::array kLists{
    Lists{"cell_voltages_while_charging", "max_charge_current_cv_fraction", "charge_by_cell",
          "3.5 3.45 3.425 3.4 3.375", "0 0.005 0.05 0.25 1", "cccm_cv_enable"},
    Lists{"cell_voltages_while_discharging", "max_discharge_current_cv_fraction",
          "discharge_by_cell", "2.8 2.9 3 3.1 3.19", "0 0.005 0.05 0.25 1", "dccm_cv_enable"},
    Lists{"temperatures_while_charging", "max_charge_current_t_fraction", "charge_by_temperature",
          "0 2 5 10 40 45 50 55", "0 0.25 0.5 1 1 0.5 0.25 0", "cccm_t_enable"},
    Lists{"temperatures_while_discharging", "max_discharge_current_t_fraction",
          "discharge_by_temperature", "-10 0 5 10 40 45 50 55", "0 0.25 0.5 1 1 0.5 0.25 0",
          "dccm_t_enable"},
    Lists{"mosfet_temperatures_while_charging", "max_charge_current_t_mosfet_fraction",
          "charge_by_mosfet", "70 80 90", "1 0.25 0", "cccm_t_mosfet_enable"},
    Lists{"mosfet_temperatures_while_discharging", "max_discharge_current_t_mosfet_fraction",
          "discharge_by_mosfet", "70 80 90", "1 0.25 0", "dccm_t_mosfet_enable"},
    Lists{"soc_while_charging", "max_charge_current_soc_fraction", "charge_by_soc", "98 95 90 85",
          "0.1 0.2 0.5 1", "cccm_soc_enable", false},
    Lists{"soc_while_discharging", "max_discharge_current_soc_fraction", "discharge_by_soc",
          "5 10 15 20", "0.1 0.2 0.5 1", "dccm_soc_enable", false},
    Lists{"cell_charge_limiting_voltage", "cell_charge_limited_current", "charge_by_cell"},
    Lists{"cell_discharge_limiting_voltage", "cell_discharge_limited_current", "discharge_by_cell"},
    Lists{"cell_full_limiting_voltage", "cell_full_limited_current", "charge_by_cell"},
    Lists{"cell_empty_limiting_voltage", "cell_empty_limited_current", "discharge_by_cell"},
};

/// What has no counterpart here, and what to do about it.
struct Nothing {
  std::string_view theirs;
  std::string_view why;
};
constexpr std::string_view kOwnSoc = "state of charge and current are the battery's own";
constexpr std::string_view kHolds = "the charge voltage always holds the highest cell at its goal";
constexpr std::string_view kAtOnce = "limits fall at once and rise slowly";
constexpr std::string_view kByTail = "full is what the highest cell and tail_current say";
constexpr std::string_view kSilence = "timeout and stop_discharge_on_timeout say what silence does";
constexpr std::string_view kRelease = "what a cell stopped is released when it is well clear of it";
constexpr std::array kNothing{
    Nothing{"voltage_drop", "the cells are what counts, not the end of the wires"},
    Nothing{"cvcm_enable", kHolds},
    Nothing{"cvl_controller_mode", kHolds},
    Nothing{"cvl_icontroller_factor", kHolds},
    Nothing{"charge_mode", "curves are linear between their points"},
    Nothing{"cvl_recalculation_every", kAtOnce},
    Nothing{"cvl_recalculation_on_max_percentage_change", kAtOnce},
    Nothing{"cvl_recovery_hold_sec", kAtOnce},
    Nothing{"cvl_recovery_rate", kAtOnce},
    Nothing{"ccl_recovery_hold_sec", kAtOnce},
    Nothing{"ccl_recovery_rate", kAtOnce},
    Nothing{"dcl_recovery_hold_sec", kAtOnce},
    Nothing{"dcl_recovery_rate", kAtOnce},
    Nothing{"charge_current_recovery_threshold_percent", kAtOnce},
    Nothing{"discharge_current_recovery_threshold_percent", kAtOnce},
    Nothing{"switch_to_float_cell_voltage_diff", kByTail},
    Nothing{"switch_to_float_cell_voltage_deviation", kByTail},
    Nothing{"cell_diff_max", kByTail},
    Nothing{"block_on_disconnect", kSilence},
    Nothing{"block_on_disconnect_timeout_minutes", kSilence},
    Nothing{"block_on_disconnect_voltage_min", kSilence},
    Nothing{"block_on_disconnect_voltage_max", kSilence},
    Nothing{"min_cell_hysteresis", kRelease},
    Nothing{"soc_calculation", kOwnSoc},
    Nothing{"own_soc", kOwnSoc},
    Nothing{"zero_soc", kOwnSoc},
    Nothing{"max_cell_voltage_soc_full", kOwnSoc},
    Nothing{"min_cell_voltage_soc_empty", kOwnSoc},
    Nothing{"battery_efficiency", kOwnSoc},
    Nothing{"own_charge_parameters", "the section itself is what says so"},
    Nothing{"keep_max_cvl", "the goal of the whole bank is one"},
    Nothing{"charge_voltage", "write the voltage of a full cell as cell_full"},
    Nothing{"discharge_voltage", "write the voltage of an empty cell as cell_empty"},
};

constexpr std::string_view kMonths = "charge_voltage_list";

std::vector<std::string_view> all_keys() {
  std::vector<std::string_view> keys{kMonths};
  for (const Synonym& synonym : kSynonyms) keys.push_back(synonym.theirs);
  for (const Lists& lists : kLists) {
    keys.insert(keys.end(), {lists.at, lists.fractions});
    if (!lists.enable.empty()) keys.push_back(lists.enable);
  }
  for (const Nothing& nothing : kNothing) keys.push_back(nothing.theirs);
  return keys;
}

class Translation {
 public:
  Translation(ChargeLines& lines, double cell_full_v) : lines_(lines), cell_full_v_(cell_full_v) {}

  TranslatedKeys run() {
    for (const auto& [theirs, ours] : kSynonyms)
      if (const auto value = take(theirs)) put(theirs, ours, *value);
    if (const auto line = lines_.find("cell_full"); line != lines_.end())
      cell_full_v_ = charge_number(line->second, "V").value_or(cell_full_v_);
    mend_bounds();
    for (const Lists& lists : kLists) translate(lists);
    translate_months();
    for (const auto& [theirs, why] : kNothing)
      if (take(theirs)) became(theirs, "nothing: " + std::string(why));
    return std::move(done_);
  }

 private:
  std::optional<std::string> take(std::string_view key) { return take_line(lines_, key); }
  void became(std::string_view theirs, std::string what) {
    done_.became.push_back({std::string(theirs), std::move(what)});
  }
  void put(std::string_view theirs, std::string_view ours, const std::string& value) {
    const auto line = lines_.find(ours);
    if (line != lines_.end() && !line->second.empty())
      return became(theirs, "nothing: " + std::string(ours) + " is set");
    lines_.insert_or_assign(std::string(ours), value);
    done_.origin.insert_or_assign(std::string(ours), std::string(theirs));
    became(theirs, std::string(ours) + " = " + value);
  }
  /// Only where another program's key said it.
  void lower(std::string_view theirs, std::string_view ours, double most) {
    const auto origin = done_.origin.find(ours);
    if (origin == done_.origin.end() || origin->second != theirs) return;
    std::string& value = lines_.find(ours)->second;
    const auto number = charge_number(value);
    if (!number || *number <= most) return;
    value = shortest(most);
    const auto told = std::ranges::find(done_.became, theirs, &ChargeRemark::key);
    told->text = std::string(ours) + " = " + value;
  }
  /// There its MAX_CELL_VOLTAGE holds the highest cell while balancing as well, and 10 V between
  /// cells means "never".
  void mend_bounds() {
    lower("balancing_voltage", "balance_cell", cell_full_v_);
    lower("switch_to_bulk_cell_voltage_diff", "bulk_again_spread", 1);
  }

  void translate(const Lists& lists) {
    const auto at_text = take(lists.at);
    const auto fraction_text = take(lists.fractions);
    const auto enable = take(lists.enable);
    std::string_view told = at_text ? lists.at : fraction_text ? lists.fractions : "";
    if (enable && told.empty() && !lists.usually_on && charge_flag(*enable) == true)
      told = lists.enable;
    else if (enable)
      became(lists.enable, "nothing: " + std::string(lists.ours) + " limits, or its default does");
    if (told.empty()) return;
    if (enable && charge_flag(*enable) == false)
      return became(told, "nothing: " + std::string(lists.enable) + " is off");
    const auto at = charge_numbers(at_text.value_or(std::string(lists.usual_at)));
    const auto fractions =
        charge_numbers(fraction_text.value_or(std::string(lists.usual_fractions)));
    if (!at || !fractions || at->size() != fractions->size() || at->empty()) {
      done_.faults.push_back(
          {std::string(told),
           "needs as many numbers as " + std::string(at_text ? lists.fractions : lists.at)});
      return;
    }
    put(told, lists.ours, words_for(curve_of(*at, *fractions, lists.ours)));
  }

  static Curve curve_of(const std::vector<double>& at, const std::vector<double>& fractions,
                        std::string_view ours) {
    std::vector<CurvePoint> points;
    for (std::size_t i = 0; i < at.size(); ++i)
      points.push_back({at[i], std::round(fractions[i] * 1e4) / 100});
    std::ranges::sort(points, {}, &CurvePoint::at);
    // Less for an empty cell is no matter of the highest one.
    if (ours == "charge_by_cell")
      points.erase(points.begin(), std::ranges::max_element(points, {}, &CurvePoint::percent));
    return Curve(std::move(points));
  }

  /// There its MAX_CELL_VOLTAGE holds the highest cell in every month.
  void translate_months() {
    const auto list = take(kMonths);
    if (!list) return;
    const auto numbers = charge_numbers(*list);
    if (!numbers || numbers->size() != kMonthWords.size()) {
      done_.faults.push_back(
          {std::string(kMonths), "needs twelve voltages of a cell, January first"});
      return;
    }
    std::string seasons;
    std::optional<double> before_v;
    for (std::size_t i = 0; i < kMonthWords.size(); ++i) {
      const double full_v = std::min((*numbers)[i], cell_full_v_);
      if (full_v == before_v) continue;
      seasons += (i > 0 ? " " : "") + std::string(kMonthWords[i]) + ":" + shortest(full_v);
      before_v = full_v;
    }
    put(kMonths, "season_full", seasons);
  }

  ChargeLines& lines_;
  double cell_full_v_;
  TranslatedKeys done_;
};

}  // namespace

std::span<const std::string_view> foreign_charge_keys() {
  static const std::vector<std::string_view> kKeys = all_keys();
  return kKeys;
}

std::optional<std::string> take_line(ChargeLines& lines, std::string_view key) {
  const auto line = lines.find(key);
  if (line == lines.end()) return std::nullopt;
  std::string value = std::move(line->second);
  lines.erase(line);
  return value.empty() ? std::nullopt : std::optional(std::move(value));
}

TranslatedKeys translate_foreign_keys(ChargeLines& lines, double cell_full_v) {
  return Translation(lines, cell_full_v).run();
}

}  // namespace dmb
