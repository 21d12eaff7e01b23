// SPDX-License-Identifier: MIT
#include "dmb/control/charge_rules.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace dmb {
namespace {

ChargeRules rules_of(Chemistry chemistry) {
  ChargeRules rules(chemistry);
  rules.max_charge_current_a = 100;
  rules.max_discharge_current_a = 150;
  return rules;
}

TEST(Curve, IsLinearBetweenItsPointsAndFlatOutside) {
  const Curve curve{{3.40, 50}, {3.45, 20}, {3.50, 0}};
  const struct {
    double at, share;
  } rows[] = {{-1, 0.5},   {3.40, 0.5},       {3.425, 0.35},
              {3.45, 0.2}, {3.475, 0.1},      {3.50, 0},
              {9, 0},      {std::nan(""), 0}, {std::numeric_limits<double>::infinity(), 0}};
  for (const auto& row : rows) EXPECT_NEAR(curve.share(row.at), row.share, 1e-9) << row.at;
  EXPECT_EQ(Curve().share(3.4), 1);
}

TEST(Curve, SaysWhyItCannotBeUsed) {
  const struct {
    Curve curve;
    CurveShape shape;
    const char* fault;
  } rows[] = {
      {{{3.4, 100}}, CurveShape::falling, "needs at least two points, such as 3.40:100 3.55:0"},
      {{{3.4, 100}, {3.4, 0}},
       CurveShape::falling,
       "3.4:100 and then 3.4:0: the points must stand in rising order"},
      {{{3.4, 10}, {3.5, 20}},
       CurveShape::falling,
       "3.4:10 and then 3.5:20: it must not allow more as the value rises"},
      {{{2.8, 10}, {2.9, 5}},
       CurveShape::rising,
       "2.8:10 and then 2.9:5: it must not allow less as the value rises"},
      {{{0, 0}, {10, 100}, {40, 50}, {50, 60}},
       CurveShape::hump,
       "40:50 and then 50:60: it must not allow more again after it allowed less"},
      {{{0, 0}, {10, 101}}, CurveShape::hump, "10:101 is not within 0 and 100 percent"},
      {{{0, std::nan("")}, {10, 100}}, CurveShape::hump, "0:nan is not within 0 and 100 percent"},
      {{{std::nan(""), 0}, {10, 100}}, CurveShape::hump, "a point is no number"},
      {Curve(std::vector<CurvePoint>(33)), CurveShape::falling, "has more than 32 points"}};
  for (const auto& row : rows) EXPECT_EQ(fault_of(row.curve, row.shape), row.fault);
}

TEST(ChargeRules, OfEveryChemistryAreSafe) {
  for (const auto chemistry :
       {Chemistry::lfp, Chemistry::li_ion, Chemistry::lto, Chemistry::custom}) {
    for (const auto& fault : faults_of(rules_of(chemistry)))
      ADD_FAILURE() << kChemistryWords[static_cast<std::size_t>(chemistry)] << ": " << fault.key
                    << " " << fault.problem;
  }
}

TEST(ChargeRules, SayWhyTheyCannotBeSafe) {
  const struct {
    const char* key;
    const char* problem;
    void (*change)(ChargeRules&);
  } rows[] = {
      {"cell_full", "3.62 V is above cell_never_above, 3.6 V",
       [](ChargeRules& rules) { rules.cell_full_v = 3.62; }},
      {"cell_float", "3.5 V is above cell_full, 3.45 V",
       [](ChargeRules& rules) { rules.cell_float_v = 3.5; }},
      {"charge_by_cell", "allows nothing at 3.44 V: cell_full, 3.45 V, is never reached",
       [](ChargeRules& rules) {
         rules.charge_by_cell = {{3.35, 100}, {3.44, 0}};
       }},
      {"charge_by_cell", "allows nothing at 3.54 V: balance_cell, 3.55 V, is never reached",
       [](ChargeRules& rules) {
         rules.charge_by_cell = {{3.35, 100}, {3.5, 0}};
         rules.balance_every = std::chrono::days(10);
       }},
      {"balance_cell", "3.35 V is below every goal of charging, 3.4 V at least",
       [](ChargeRules& rules) {
         rules.season_full_v[5] = 3.40;
         rules.cell_float_v = 3.3;
         rules.balance_cell_v = 3.35;
         rules.balance_every = std::chrono::days(10);
       }},
      {"discharge_by_mosfet", "70:50 and then 80:60: it must not allow more as the value rises",
       [](ChargeRules& rules) {
         rules.discharge_by_mosfet = {{70, 50}, {80, 60}};
       }},
      {"charge_by_soc", "80:50 and then 90:60: it must not allow more as the value rises",
       [](ChargeRules& rules) {
         rules.charge_by_soc = {{80, 50}, {90, 60}};
       }},
      {"discharge_by_soc", "5:50 and then 10:40: it must not allow less as the value rises",
       [](ChargeRules& rules) {
         rules.discharge_by_soc = {{5, 50}, {10, 40}};
       }},
      {"discharge_by_soc", "-5 % is not within 0 and 100",
       [](ChargeRules& rules) {
         rules.discharge_by_soc = {{-5, 0}, {10, 100}};
       }},
      {"cell_never_above", "3.8 V is not within 2.5 and 3.65",
       [](ChargeRules& rules) { rules.cell_never_above_v = 3.8; }},
      {"cell_never_above", "nan V is not within 2.5 and 3.65",
       [](ChargeRules& rules) { rules.cell_never_above_v = std::nan(""); }},
      {"cell_empty", "2.55 V is not within 2.6 and 3.65",
       [](ChargeRules& rules) {
         rules.cell_empty_v = 2.55;
         rules.discharge_by_cell = {{2.5, 0}, {2.9, 100}};
       }},
      {"charge_by_cell", "allows 10 % at cell_never_above: it must be 0 there",
       [](ChargeRules& rules) {
         rules.charge_by_cell = {{3.4, 100}, {3.55, 10}};
       }},
      {"charge_by_temperature", "allows 10 % in any cold: it must be 0 there",
       [](ChargeRules& rules) {
         rules.charge_by_temperature = {{0, 10}, {10, 100}, {50, 0}};
       }},
      {"charge_by_temperature", "allows 50 % in any heat: it must be 0 there",
       [](ChargeRules& rules) {
         rules.charge_by_temperature = {{0, 0}, {10, 100}, {50, 50}};
       }},
      {"season_full", "3.7 V is not within 2.5 and 3.65",
       [](ChargeRules& rules) {
         rules.season_full_v[0] = 3.7;
         rules.cell_never_above_v = 3.65;
       }},
      {"balance_cell", "3.4 V is below every goal of charging, 3.45 V at least",
       [](ChargeRules& rules) {
         rules.balance_every = std::chrono::days(10);
         rules.balance_cell_v = 3.4;
       }},
      {"max_charge_current", "0 A is not within 0.1 and 10000",
       [](ChargeRules& rules) { rules.max_charge_current_a = 0; }},
      {"cells", "0 is not within 1 and 128", [](ChargeRules& rules) { rules.cells = 0; }},
      {"tail_current", "50 % is not within 0.1 and 20",
       [](ChargeRules& rules) { rules.tail_current_percent = 50; }},
      {"charge_to_soc", "0 % is not within 10 and 100",
       [](ChargeRules& rules) { rules.charge_to_soc_percent = 0; }},
  };
  for (const auto& row : rows) {
    ChargeRules rules = rules_of(Chemistry::lfp);
    row.change(rules);
    const auto faults = faults_of(rules);
    ASSERT_FALSE(faults.empty()) << row.key << ": " << row.problem;
    EXPECT_EQ(faults[0].key, row.key);
    EXPECT_EQ(faults[0].problem, row.problem);
  }
}

TEST(ChargeRules, SayWhyAChargeVoltageIsOfAnotherNumberOfCells) {
  const ChargeRules rules = rules_of(Chemistry::lfp);
  EXPECT_FALSE(misfit_of(55.2, 16, rules));
  EXPECT_EQ(misfit_of(55.2, 8, rules),
            "55.2 V is 6.9 V for each of 8 cells, which must be within cell_empty 2.9 V and "
            "cell_never_above 3.6 V");
  EXPECT_TRUE(misfit_of(27.6, 16, rules));
  EXPECT_TRUE(misfit_of(std::nan(""), 16, rules));
  EXPECT_TRUE(misfit_of(55.2, 0, rules));
}

TEST(ChargeRules, HaveAFullCellByTheSeason) {
  ChargeRules rules = rules_of(Chemistry::lfp);
  EXPECT_EQ(cell_full_in(rules, 7), 3.45);
  rules.season_full_v[0] = 3.50;  // January
  rules.season_full_v[4] = 3.40;
  rules.season_full_v[8] = 3.45;
  const struct {
    std::optional<unsigned> month;
    double full_v;
  } rows[] = {{1, 3.50},  {4, 3.50}, {5, 3.40},  {8, 3.40},           {9, 3.45},
              {12, 3.45}, {0, 3.40}, {13, 3.40}, {std::nullopt, 3.40}};
  for (const auto& row : rows)
    EXPECT_EQ(cell_full_in(rules, row.month), row.full_v) << row.month.value_or(99);
  rules.season_full_v[0].reset();  // then the year begins as the last one ended
  EXPECT_EQ(cell_full_in(rules, 2), 3.45);
}

}  // namespace
}  // namespace dmb
