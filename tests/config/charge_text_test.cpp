// SPDX-License-Identifier: MIT
#include "dmb/config/charge_text.h"

#include "dmb/config/charge_keys.h"
#include "dmb/config/charge_lines.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace dmb {
namespace {

using Lines = std::vector<ChargeLine>;

/// With the two keys that have no default.
ChargeText read(Lines lines) {
  const auto has = [&](std::string_view key) {
    return std::ranges::any_of(lines, [key](const auto& line) { return line.key == key; });
  };
  if (!has("max_charge_current") && !has("MAX_BATTERY_CHARGE_CURRENT"))
    lines.push_back({"max_charge_current", "100"});
  lines.push_back({"max_discharge_current", "150"});
  return read_charge_control(lines);
}

/// Also of rules that can be read and are not safe.

std::string faults(const ChargeText& text) {
  std::string all;
  for (const auto& [key, problem] : text.faults) all += key + ": " + problem + "\n";
  if (!text.faults.empty()) return all;
  for (const auto& [key, problem] : faults_of(text.rules))
    all += std::string(key) + ": " + problem + "\n";
  return all;
}

TEST(ChargeText, ReadsEveryKey) {
  const ChargeText text = read({{"enabled", "1"},
                                {"chemistry", "LFP"},
                                {"max_charge_current", "80 A"},
                                {"cells", "16"},
                                {"cell_full", "3.46"},
                                {"cell_float", "3.37 V"},
                                {"cell_empty", "2.95"},
                                {"cell_never_above", "3.62"},
                                {"tail_current", "3 %"},
                                {"full_for", "20 min"},
                                {"bulk_again_soc", "70 %"},
                                {"charge_by_cell", "3.40:100  3.45:20% 3.60:0"},
                                {"charge_by_mosfet", "60:100 80:0"},
                                {"balance_every_days", "14"},
                                {"balance_cell", "3.56"},
                                {"charge_to_soc", "90"},
                                {"season_full", "Jan:3.50 may:3.40"}});
  EXPECT_EQ(faults(text), "");
  const ChargeRules& rules = text.rules;
  EXPECT_TRUE(text.enabled);
  EXPECT_EQ(rules.max_charge_current_a, 80);
  EXPECT_EQ(rules.cells, 16);
  EXPECT_EQ(rules.cell_full_v, 3.46);
  EXPECT_EQ(rules.cell_float_v, 3.37);
  EXPECT_EQ(rules.cell_empty_v, 2.95);
  EXPECT_EQ(rules.cell_never_above_v, 3.62);
  EXPECT_EQ(rules.tail_current_percent, 3);
  EXPECT_EQ(rules.full_for, std::chrono::minutes(20));
  EXPECT_EQ(rules.bulk_again_soc_percent, 70);
  EXPECT_EQ(rules.charge_by_cell, (Curve{{3.40, 100}, {3.45, 20}, {3.60, 0}}));
  EXPECT_EQ(rules.charge_by_mosfet, (Curve{{60, 100}, {80, 0}}));
  EXPECT_EQ(rules.balance_every, std::chrono::days(14));
  EXPECT_EQ(rules.balance_cell_v, 3.56);
  EXPECT_EQ(rules.charge_to_soc_percent, 90);
  EXPECT_EQ(rules.season_full_v[0], 3.50);
  EXPECT_EQ(rules.season_full_v[4], 3.40);
}

/// What charge_lines() says of them.
ChargeRules read_again(const ChargeRules& rules) {
  const auto written = charge_lines(rules);
  Lines lines;
  for (const auto& [key, value] : written) lines.push_back({key, value});
  return read_charge_control(lines).rules;
}

TEST(ChargeText, IsReadAsItIsWritten) {
  ChargeRules rules = read({{"chemistry", "li-ion"}, {"cells", "14"}}).rules;
  EXPECT_EQ(charge_lines(rules).size(), 4U) << "chemistry, maxima, cells";
  EXPECT_EQ(read_again(rules), rules);
  for (const auto& [key, number, unit] : kChargeNumbers) rules.*number += 0.0123456789;
  for (const auto& [key, curve, example] : kChargeCurves) rules.*curve = {{1.5, 0.25}, {2.75, 50}};
  rules.cells = 7;
  rules.full_for = std::chrono::seconds(1234);
  rules.balance_every = std::chrono::days(9);
  rules.season_full_v[3] = 3.41;
  rules.season_full_v[11] = 3.47;
  EXPECT_EQ(read_again(rules), rules);
}

TEST(ChargeText, TakesTheNumbersOfTheChemistryForWhatIsNotSaid) {
  ChargeRules lto(Chemistry::lto);
  lto.max_charge_current_a = 100;
  lto.max_discharge_current_a = 150;
  EXPECT_EQ(read({{"chemistry", "lto"}}).rules, lto);
}

TEST(ChargeText, SaysWhatIsWrong) {
  const struct {
    ChargeLine line;
    const char* faults;
  } rows[] = {
      {{"chemistry", "lead"}, "chemistry: must be lfp, li-ion, lto or custom\n"},
      {{"enabled", "maybe"}, "enabled: must be 1 or 0\n"},
      {{"cells", "2.5"}, "cells: must be auto or the number of cells in series\n"},
      {{"cell_full", "much"}, "cell_full: must be a number, such as 3.45\n"},
      {{"cell_full", "3.63"}, "cell_full: 3.63 V is above cell_never_above, 3.6 V\n"},
      {{"cell_full", "nan"}, "cell_full: must be a number, such as 3.45\n"},
      {{"full_for", "a while"}, "full_for: must be a time, such as 15 min\n"},
      {{"balance_every_days", "-1"}, "balance_every_days: must be a number of days, 0 to 365\n"},
      {{"charge_by_mosfet", "70 80"},
       "charge_by_mosfet: must be points of value:percent, such as 70:100 80:25 90:0\n"},
      {{"season_full", "Jam:3.5"},
       "season_full: must be months and volts, such as Jan:3.50 May:3.40\n"},
      {{"max_charge_current", "0"}, "max_charge_current: 0 A is not within 0.1 and 10000\n"},
  };
  for (const auto& row : rows) EXPECT_EQ(faults(read({row.line})), row.faults);
}

TEST(ChargeText, TakesTheKeysOfTheSerialDriver) {
  const ChargeText text =
      read({{"MAX_CELL_VOLTAGE", "3.450"},
            {"MIN_CELL_VOLTAGE", "2.900"},
            {"FLOAT_CELL_VOLTAGE", "3.375"},
            {"MAX_BATTERY_CHARGE_CURRENT", "50"},
            {"SWITCH_TO_FLOAT_WAIT_FOR_SEC", "900"},
            {"SWITCH_TO_BULK_SOC_THRESHOLD", "80"},
            {"VOLTAGE_DROP", "0.1"},
            {"CELL_VOLTAGES_WHILE_CHARGING", "3.500, 3.450, 3.425, 3.400, 3.375"},
            {"MAX_CHARGE_CURRENT_CV_FRACTION", "0, 0.005, 0.05, 0.25, 1"},
            {"TEMPERATURES_WHILE_CHARGING", "0, 2, 5, 10, 40, 45, 50, 55"},
            {"MAX_CHARGE_CURRENT_T_FRACTION", "0, .25, .5, 1, 1, .5, .25, 0"},
            {"MOSFET_TEMPERATURES_WHILE_DISCHARGING", "60, 70, 80"},
            {"MAX_DISCHARGE_CURRENT_SOC_FRACTION", "0.2, 0.4, 0.6, 1"},
            {"SOC_WHILE_CHARGING", "98, 95, 90, 85"},
            {"CCCM_SOC_ENABLE", "True"}});
  EXPECT_EQ(faults(text), "");
  EXPECT_TRUE(text.warnings.empty());
  EXPECT_EQ(text.rules.max_charge_current_a, 50);
  EXPECT_EQ(text.rules.full_for, std::chrono::minutes(15));
  EXPECT_EQ(text.rules.charge_by_cell,
            (Curve{{3.375, 100}, {3.4, 25}, {3.425, 5}, {3.45, 0.5}, {3.5, 0}}));
  EXPECT_EQ(text.rules.charge_by_temperature,
            (Curve{{0, 0}, {2, 25}, {5, 50}, {10, 100}, {40, 100}, {45, 50}, {50, 25}, {55, 0}}));
  EXPECT_EQ(text.rules.discharge_by_mosfet, (Curve{{60, 100}, {70, 25}, {80, 0}}));
  EXPECT_EQ(text.rules.charge_by_soc, (Curve{{85, 100}, {90, 50}, {95, 20}, {98, 10}}));
  EXPECT_EQ(text.rules.discharge_by_soc, (Curve{{5, 20}, {10, 40}, {15, 60}, {20, 100}}));
  EXPECT_EQ(text.became.front(), (ChargeRemark{"max_cell_voltage", "cell_full = 3.450"}));
  EXPECT_TRUE(std::ranges::count(
      text.became, ChargeRemark{"cell_voltages_while_charging",
                                "charge_by_cell = 3.375:100 3.4:25 3.425:5 3.45:0.5 3.5:0"}));
}

TEST(ChargeText, GoesByTheSwitchesOfTheSerialDriver) {
  const ChargeText off = read({{"CCCM_SOC_ENABLE", "False"},
                               {"SOC_WHILE_CHARGING", "98, 95, 90, 85"},
                               {"CCCM_CV_ENABLE", "False"},
                               {"MAX_CHARGE_CURRENT_CV_FRACTION", "0, 0.1, 0.2, 0.5, 1"}});
  EXPECT_EQ(off.rules.charge_by_soc, Curve());
  EXPECT_EQ(off.rules.charge_by_cell, ChargeRules().charge_by_cell) << "cells always limit";
  EXPECT_EQ(off.became[1],
            (ChargeRemark{"max_charge_current_cv_fraction", "nothing: cccm_cv_enable is off"}));
  const ChargeText on = read({{"DCCM_SOC_ENABLE", "True"}, {"CCCM_T_ENABLE", "True"}});
  EXPECT_EQ(on.rules.discharge_by_soc, (Curve{{5, 10}, {10, 20}, {15, 50}, {20, 100}}));
  EXPECT_EQ(on.told_by.at("discharge_by_soc"), "dccm_soc_enable");
  EXPECT_EQ(on.rules.charge_by_temperature, ChargeRules().charge_by_temperature);
}

TEST(ChargeText, HasAGoalOfItsOwnNotTheMonthsOfOthers) {
  const ChargeText base = read({{"season_full", "Jan:3.50"}, {"charge_by_soc", "50:100 100:5"}});
  const Lines own{{"cell_full", "3.40"}, {"charge_by_soc", "none"}};
  const ChargeText text = read_charge_control(own, base);
  EXPECT_EQ(cell_full_in(text.rules, 1), 3.40);
  EXPECT_EQ(text.rules.charge_by_soc, Curve());
  EXPECT_EQ(cell_full_in(read_charge_control({}, base).rules, 1), 3.50);
}

TEST(ChargeText, TakesTheKeysOfTheAggregator) {
  const ChargeText text =
      read({{"CHARGE_VOLTAGE_LIST", "3.55 3.50 3.50 3.45 3.40 3.40 3.40 3.40 3.45 3.50 3.50 3.55"},
            {"BALANCING_VOLTAGE", "3.50"},
            {"BALANCING_REPETITION", "10"},
            {"NR_OF_CELLS", "16"},
            {"CELL_CHARGE_LIMITING_VOLTAGE", "2.90 2.95 3.30 3.40 3.45"},
            {"CELL_CHARGE_LIMITED_CURRENT", "0.2 1 1 0.1 0"}});
  EXPECT_EQ(faults(text), "");
  EXPECT_EQ(text.rules.cells, 16);
  EXPECT_EQ(cell_full_in(text.rules, 5), 3.40);
  EXPECT_EQ(cell_full_in(text.rules, 12), 3.45) << "there MAX_CELL_VOLTAGE holds the highest cell";
  EXPECT_EQ(text.rules.balance_cell_v, 3.45);
  EXPECT_EQ(text.rules.balance_every, std::chrono::days(10));
  EXPECT_EQ(text.rules.charge_by_cell, (Curve{{2.95, 100}, {3.3, 100}, {3.4, 10}, {3.45, 0}}));
}

TEST(ChargeText, PrefersItsOwnKeysAndNamesThoseWithoutMeaning) {
  const ChargeText text = read({{"cell_full", "3.44"},
                                {"MAX_CELL_VOLTAGE", "3.50"},
                                {"SOC_CALCULATION", "True"},
                                {"hope", "1"}});
  EXPECT_EQ(text.rules.cell_full_v, 3.44);
  EXPECT_EQ(text.became,
            (std::vector<ChargeRemark>{{"max_cell_voltage", "nothing: cell_full is set"},
                                       {"soc_calculation",
                                        "nothing: state of charge and current are the battery's "
                                        "own"}}));
  ASSERT_EQ(text.warnings.size(), 1U);
  EXPECT_EQ(text.warnings[0].key, "hope");
  EXPECT_EQ(faults(read({{"TEMPERATURES_WHILE_CHARGING", "0 5 10"}})),
            "temperatures_while_charging: needs as many numbers as "
            "max_charge_current_t_fraction\n");
}

}  // namespace
}  // namespace dmb
