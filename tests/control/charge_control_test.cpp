// SPDX-License-Identifier: MIT
#include "dmb/control/charge_control.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>

namespace dmb {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::sys_days kJune{std::chrono::year{2026} / 6 / 1};

/// A bank of two packs of 16 cells, 280 Ah each, told of once a second.
class ChargeControlTest : public testing::Test {
 protected:
  ChargeControlTest() {
    rules_.max_charge_current_a = 100;
    rules_.max_discharge_current_a = 150;
    control_.change_rules(rules_);
    inputs_.capacity_ah = 560;
    inputs_.current_a = 50;
    inputs_.soc_percent = 60;
    inputs_.today = kJune;
  }

  PackCells pack(const std::string& name, double odd_v, int cells = 16) const {
    PackCells pack(name, name);
    for (int number = 1; number <= cells; ++number)
      pack.add_cell(number, number == 7 ? odd_v : cell_v_);
    if (temperature_c_) pack.add_temperature(*temperature_c_, "");
    return pack;
  }
  void tell() {
    const std::vector<PackCells> packs{pack("Pack1", cell_v_), pack("Pack2", odd_v_, cells_)};
    inputs_.packs = without_packs_ ? std::span<const PackCells>() : packs;
    inputs_.voltage_v = voltage_v_.value_or(16 * cell_v_);
    if (no_voltage_) inputs_.voltage_v.reset();
    control_.update(inputs_, now_);
  }
  void pass(std::chrono::seconds time) {
    for (const Instant end = now_ + time; now_ < end;) {
      now_ += 1s;
      tell();
    }
  }
  double lowest(Limit limit) const {
    const Vote* vote = decide(control_.votes(), limit);
    return vote != nullptr ? vote->value : -1;
  }
  double ccl_a() const { return lowest(Limit::charge_current); }
  double dcl_a() const { return lowest(Limit::discharge_current); }
  double cvl_v() const { return lowest(Limit::charge_voltage); }
  std::string why(Limit limit) const {
    const Vote* vote = decide(control_.votes(), limit);
    return vote != nullptr ? describe(vote->reason) : "no vote";
  }
  std::string why_charge() const { return why(Limit::charge_current); }
  void change(const ChargeRules& rules) {
    rules_ = rules;
    control_.change_rules(rules);
  }

  ChargeRules rules_;
  ChargeControl control_{ChargeRules()};
  ChargeInputs inputs_;
  double cell_v_ = 3.35;
  double odd_v_ = 3.35;  ///< of cell 7 of pack 2
  int cells_ = 16;       ///< of pack 2, that are known
  std::optional<double> temperature_c_ = 25;
  std::optional<double> voltage_v_;
  bool no_voltage_ = false;
  bool without_packs_ = false;
  Instant now_{1h};
};

TEST_F(ChargeControlTest, AllowsWhatIsConfiguredWhereNothingLimits) {
  pass(1s);
  EXPECT_EQ(ccl_a(), 100);
  EXPECT_EQ(dcl_a(), 150);
  EXPECT_DOUBLE_EQ(cvl_v(), 55.2);
  EXPECT_EQ(control_.charge_mode(), "Bulk");
  EXPECT_EQ(control_.alarms(), (ChargeAlarms{0, 0, 0}));
  EXPECT_EQ(why_charge(), "");
}

TEST_F(ChargeControlTest, TellsTheCellThatLimits) {
  odd_v_ = 3.4513;
  pass(1s);
  EXPECT_EQ(ccl_a(), 18);
  EXPECT_EQ(why_charge(), "highest cell Pack2 C7 3.451 V: 18 A");
}

TEST_F(ChargeControlTest, GoesByTheLeastOfAllCurves) {
  const struct {
    double odd_v, temperature_c;
    double ccl_a, dcl_a;
    const char* why_charge;
    const char* why_discharge;
  } rows[] = {
      {3.35, 5, 20, 150, "coldest Pack1 5.0 °C: 20 A", ""},
      {3.35, -5, 0, 90, "coldest Pack1 -5.0 °C: 0 A", "coldest Pack1 -5.0 °C: 90 A"},
      {3.35, 50, 20, 150, "hottest Pack1 50.0 °C: 20 A", ""},
      {3.35, 57.5, 0, 37.5, "hottest Pack1 57.5 °C: 0 A", "hottest Pack1 57.5 °C: 37.5 A"},
      {3.425, 5, 20, 150, "coldest Pack1 5.0 °C: 20 A", ""},
      {3.50, 5, 5, 150, "highest cell Pack2 C7 3.500 V: 5 A", ""},
      {3.00, 25, 100, 37.5, "", "lowest cell Pack2 C7 3.000 V: 37.5 A"},
  };
  for (const auto& row : rows) {
    control_ = ChargeControl(rules_);
    odd_v_ = row.odd_v;
    temperature_c_ = row.temperature_c;
    pass(1s);
    EXPECT_NEAR(ccl_a(), row.ccl_a, 1e-9) << row.why_charge;
    EXPECT_NEAR(dcl_a(), row.dcl_a, 1e-9) << row.why_discharge;
    EXPECT_EQ(why_charge(), row.why_charge);
    EXPECT_EQ(why(Limit::discharge_current), row.why_discharge);
  }
}

TEST_F(ChargeControlTest, GoesByTheStateOfChargeWhereThatIsWantedAndKnown) {
  rules_.charge_by_soc = {{90, 100}, {100, 0}};
  rules_.discharge_by_soc = {{5, 10}, {15, 100}};
  change(rules_);
  inputs_.soc_percent = 98;
  pass(1s);
  EXPECT_NEAR(ccl_a(), 20, 1e-9);
  EXPECT_EQ(why_charge(), "SoC 98 %: 20 A");
  EXPECT_EQ(dcl_a(), 150);
  inputs_.soc_percent.reset();
  pass(60s);
  EXPECT_EQ(ccl_a(), 100) << "what is not known does not limit";
  inputs_.soc_percent = 5;
  pass(1s);
  EXPECT_NEAR(dcl_a(), 15, 1e-9);
  EXPECT_EQ(why(Limit::discharge_current), "SoC 5 %: 15 A");
}

TEST_F(ChargeControlTest, GoesByHotMosfetsInBothDirectionsWhereThatIsWanted) {
  rules_.discharge_by_mosfet = {{70, 100}, {90, 0}};
  change(rules_);
  std::vector<PackCells> packs{pack("Pack1", cell_v_)};
  packs[0].set_mosfet(80);
  inputs_.packs = packs;
  inputs_.voltage_v = 16 * cell_v_;
  control_.update(inputs_, now_);
  EXPECT_NEAR(ccl_a(), 25, 1e-9);
  EXPECT_NEAR(dcl_a(), 75, 1e-9);
  EXPECT_EQ(why(Limit::discharge_current), "MOSFETs Pack1 80.0 °C: 75 A");
}

TEST_F(ChargeControlTest, FallsAtOnceAndRisesLateAndSlowly) {
  pass(1s);
  odd_v_ = 3.50;
  tell();  // at the same instant
  EXPECT_EQ(ccl_a(), 5);
  odd_v_ = 3.35;
  pass(30s);
  EXPECT_EQ(ccl_a(), 5);
  EXPECT_EQ(why_charge(), "highest cell Pack2 C7 3.500 V: 5 A (over, more follows)");
  EXPECT_TRUE(control_.next_change(now_));
  pass(5s);
  EXPECT_EQ(ccl_a(), 25);
  pass(20s);
  EXPECT_EQ(ccl_a(), 100);
}

TEST_F(ChargeControlTest, ChargesFullOnceWhereThatIsWanted) {
  rules_.charge_to_soc_percent = 80;
  rules_.full_for = 120s;
  change(rules_);
  inputs_.soc_percent = 90;
  pass(1s);
  EXPECT_EQ(ccl_a(), 0);
  control_.want_full_charge(true);
  pass(60s);
  EXPECT_EQ(ccl_a(), 100) << "the goal of the config waits as well";
  EXPECT_EQ(control_.charge_mode(), "Bulk, full charge");
  EXPECT_GT(cvl_v(), 16 * rules_.cell_full_v) << "on the way to the goal of balancing";
  const ChargeMemory memory = control_.memory(now_);
  EXPECT_TRUE(memory.full_wanted);
  control_ = ChargeControl(rules_);
  control_.resume(memory, now_);
  cell_v_ = odd_v_ = rules_.balance_cell_v;
  inputs_.current_a = 5;
  pass(100s);
  EXPECT_TRUE(control_.full_charge_wanted()) << "it goes on after a restart";
  pass(100s);
  EXPECT_FALSE(control_.full_charge_wanted());
  EXPECT_EQ(control_.charge_mode(), "Float Transition");
  pass(1s);
  EXPECT_EQ(ccl_a(), 0);
}

TEST_F(ChargeControlTest, EndsAFullChargeThatIsNotWantedAnyMore) {
  pass(1s);
  control_.want_full_charge(true);
  pass(1s);
  control_.want_full_charge(false);
  pass(1s);
  EXPECT_EQ(control_.charge_mode(), "Bulk");
  EXPECT_FALSE(control_.memory(now_).full_wanted);
}

TEST_F(ChargeControlTest, HoldsTheChargeVoltageWhereTheHighestCellIsAtItsGoal) {
  pass(1s);
  odd_v_ = 3.47;
  cell_v_ = 3.36;
  pass(1s);
  EXPECT_LT(cvl_v(), 16 * 3.36 + 0.001);
  EXPECT_EQ(why(Limit::charge_voltage), "highest cell Pack2 C7 3.470 V");
}

TEST_F(ChargeControlTest, StopsChargingAboveTheVoltageThatNoCellMustExceed) {
  odd_v_ = 3.60;
  pass(1s);
  EXPECT_EQ(ccl_a(), 0);
  EXPECT_EQ(decide(control_.votes(), Limit::charge_current)->cause, Cause::alarm);
  EXPECT_EQ(why_charge(), "highest cell Pack2 C7 3.600 V");
  EXPECT_EQ(control_.alarms().high_cell_voltage, 2);
  EXPECT_EQ(dcl_a(), 150);
  odd_v_ = 3.56;  // not clear enough
  pass(10min);
  EXPECT_EQ(ccl_a(), 0);
  odd_v_ = 3.40;
  pass(30s);
  EXPECT_EQ(ccl_a(), 0);
  EXPECT_EQ(why_charge(), "highest cell Pack2 C7 3.560 V (over, more follows)");
  pass(60s);
  EXPECT_GT(ccl_a(), 0);
  EXPECT_EQ(control_.alarms().high_cell_voltage, 0);
}

TEST_F(ChargeControlTest, StopsDischargingWellBelowAnEmptyCell) {
  odd_v_ = 2.79;
  pass(1s);
  EXPECT_EQ(dcl_a(), 0);
  EXPECT_EQ(control_.alarms().low_cell_voltage, 2);
  EXPECT_EQ(why(Limit::discharge_current), "lowest cell Pack2 C7 2.790 V");
  EXPECT_EQ(ccl_a(), 100);
  odd_v_ = 2.89;
  pass(10min);
  EXPECT_EQ(dcl_a(), 0);
  odd_v_ = 3.20;
  pass(2min);
  EXPECT_EQ(dcl_a(), 150);
  EXPECT_EQ(control_.alarms().low_cell_voltage, 0);
}

TEST_F(ChargeControlTest, KeepsAStopWhoseCellIsNotKnownAnyMore) {
  odd_v_ = 3.65;
  pass(1s);
  without_packs_ = true;
  pass(30min);
  EXPECT_EQ(ccl_a(), 0);
  EXPECT_EQ(control_.alarms().high_cell_voltage, 2);
}

TEST_F(ChargeControlTest, LeavesATenthWhereASensorIsMissing) {
  pass(1s);
  cells_ = 15;
  tell();
  EXPECT_EQ(ccl_a(), 10);
  EXPECT_EQ(why_charge(), "not known: Pack2: 1 of 16 cells: 10 A");
  EXPECT_DOUBLE_EQ(cvl_v(), 54.0);  // and no charging beyond float
  EXPECT_EQ(dcl_a(), 150);
  cells_ = 16;
  temperature_c_.reset();
  tell();
  EXPECT_EQ(ccl_a(), 10);
  EXPECT_EQ(why_charge(),
            "not known: Pack1: 1 of 1 temperatures, Pack2: 1 of 1 temperatures: 10 A");
  control_.forget_missing();
  pass(2min);
  EXPECT_EQ(ccl_a(), 100);
}

TEST_F(ChargeControlTest, ChargesNotBeyondFloatWhereACellIsMissingAndDoesNotDischargeInARush) {
  cell_v_ = odd_v_ = 3.42;
  pass(1s);
  EXPECT_DOUBLE_EQ(cvl_v(), 55.2);
  cells_ = 15;
  tell();
  EXPECT_NEAR(cvl_v(), 16 * 3.42, 0.0081);
  cell_v_ = odd_v_ = 3.40;
  pass(1s);
  EXPECT_NEAR(cvl_v(), 16 * 3.40, 0.0081);
  cell_v_ = odd_v_ = 3.405;
  pass(1s);
  EXPECT_LE(cvl_v(), 16 * 3.40);
  cell_v_ = odd_v_ = 3.36;
  pass(1s);
  EXPECT_NEAR(cvl_v(), 16 * 3.375, 0.0161);
  cells_ = 16;
  pass(5min);
  EXPECT_DOUBLE_EQ(cvl_v(), 55.2);
}

TEST_F(ChargeControlTest, LeavesATenthWhereACellStandsStill) {
  pass(1s);
  odd_v_ = 3.35;
  for (int second = 0; second < 320; ++second) {
    cell_v_ += 0.0001;
    pass(1s);
  }
  EXPECT_EQ(ccl_a(), 10);
  EXPECT_EQ(why_charge(), "not known: Pack2: C7 stands still: 10 A");
  EXPECT_LT(cvl_v(), 16 * cell_v_);  // and no charging beyond float
  odd_v_ = 3.351;
  pass(2min);
  EXPECT_GT(ccl_a(), 10);
}

TEST_F(ChargeControlTest, GoesByTheMeanWhereNoCellIsKnownAndTheirNumberIsConfigured) {
  without_packs_ = true;
  rules_.cells = 16;
  change(rules_);
  voltage_v_ = 16 * 3.45;
  pass(1s);
  EXPECT_EQ(ccl_a(), 20);
  EXPECT_EQ(why_charge(), "highest cell (mean) 3.450 V: 20 A");
  EXPECT_NEAR(cvl_v(), 55.2, 0.001);
}

TEST_F(ChargeControlTest, StopsWhereNeitherCellsNorTheirNumberAreKnown) {
  without_packs_ = true;
  pass(1s);
  EXPECT_EQ(ccl_a(), 0);
  EXPECT_EQ(cvl_v(), -1);
  EXPECT_EQ(why_charge(), "nothing is known of the cells: 0 A");
  rules_.cells = 16;
  change(rules_);
  no_voltage_ = true;
  pass(1s);
  EXPECT_EQ(ccl_a(), 0);
}

TEST_F(ChargeControlTest, StopsAndKeepsTheChargeVoltageWhereAllCellsFallSilent) {
  pass(1s);
  const double before_v = cvl_v();
  without_packs_ = true;
  pass(1s);
  EXPECT_EQ(ccl_a(), 0);
  EXPECT_EQ(cvl_v(), before_v);
}

TEST_F(ChargeControlTest, StopsWhereTheVoltageIsOfAnotherNumberOfCells) {
  for (const int wrong : {6, 40}) {
    control_ = ChargeControl(rules_);
    rules_.cells = wrong;
    change(rules_);
    voltage_v_ = 53.6;
    pass(1s);
    EXPECT_EQ(ccl_a(), 0);
    EXPECT_EQ(cvl_v(), -1);
    EXPECT_EQ(why_charge(),
              "53.60 V cannot be the voltage of " + std::to_string(wrong) + " cells: 0 A");
  }
}

TEST_F(ChargeControlTest, IsNotDueAtOnceForAStepOfAChargeVoltageThatStandsStill) {
  odd_v_ = 3.50;
  pass(5s);
  ASSERT_TRUE(control_.next_change(now_));
  voltage_v_ = 200;
  for (int second = 0; second < 10; ++second) {
    pass(1s);
    const auto due = control_.next_change(now_);
    EXPECT_TRUE(!due || *due > now_) << "again and again";
  }
}

TEST_F(ChargeControlTest, IsDueWhenCellsHaveNotAddedUpForLongEnough) {
  std::vector<PackCells> packs{pack("Pack1", cell_v_)};
  packs[0].set_voltage(16 * cell_v_ + 4);
  inputs_.packs = packs;
  control_.update(inputs_, now_);
  const double before_a = ccl_a();
  while (ccl_a() == before_a) {
    const auto due = control_.next_change(now_);
    ASSERT_TRUE(due && *due > now_ && *due <= now_ + 1min);
    now_ = *due;
    control_.update(inputs_, now_);
  }
  EXPECT_EQ(ccl_a(), 10);
}

TEST_F(ChargeControlTest, CountsStringsInSeries) {
  inputs_.series = 2;
  voltage_v_ = 2 * 16 * 3.35;
  pass(1s);
  EXPECT_DOUBLE_EQ(cvl_v(), 110.4);
  EXPECT_EQ(ccl_a(), 100);
}

TEST_F(ChargeControlTest, EndsAtTheStateOfChargeThatIsWantedUntilBalancingIsDue) {
  rules_.charge_to_soc_percent = 80;
  rules_.balance_every = std::chrono::days(10);
  change(rules_);
  inputs_.soc_percent = 80;
  pass(1s);
  EXPECT_EQ(ccl_a(), 0);
  EXPECT_EQ(why_charge(), "charged to 80 %, as wanted: 0 A");
  inputs_.soc_percent = 76;
  pass(2min);
  EXPECT_EQ(ccl_a(), 0);
  inputs_.soc_percent = 74;
  pass(2min);
  EXPECT_EQ(ccl_a(), 100);
  inputs_.today = kJune + std::chrono::days(10);
  inputs_.soc_percent = 90;
  pass(2min);
  EXPECT_EQ(ccl_a(), 100);
  EXPECT_EQ(control_.charge_mode(), "Bulk, balancing");
  cell_v_ = odd_v_ = 3.55;
  inputs_.current_a = 5;
  pass(17min);
  EXPECT_EQ(control_.charge_mode(), "Float Transition");
  cell_v_ = odd_v_ = 3.38;
  pass(10min);
  EXPECT_EQ(why_charge(), "charged to 80 %, as wanted: 0 A");
}

TEST_F(ChargeControlTest, BalancesOnceWhereNobodyKnowsTheDayAnyMore) {
  rules_.balance_every = std::chrono::days(10);
  change(rules_);
  pass(1s);
  inputs_.today = kJune + std::chrono::days(10);
  pass(1s);
  inputs_.today.reset();
  cell_v_ = odd_v_ = 3.55;
  inputs_.current_a = 5;
  pass(17min);
  EXPECT_EQ(control_.charge_mode(), "Float Transition");
  pass(1h);
  EXPECT_EQ(control_.charge_mode(), "Float");
  inputs_.today = kJune + std::chrono::days(11);
  pass(1min);
  EXPECT_EQ(control_.charge_mode(), "Float");
  EXPECT_EQ(control_.memory(now_).balanced, inputs_.today);
}

TEST_F(ChargeControlTest, IsNotDueForALongTimeAfterAWrongClock) {
  rules_.balance_every = std::chrono::days(10);
  change(rules_);
  inputs_.today = kJune + std::chrono::days(25'000);
  pass(1s);
  inputs_.today = kJune;
  pass(1s);
  inputs_.today = kJune + std::chrono::days(10);
  pass(1s);
  EXPECT_EQ(control_.charge_mode(), "Bulk, balancing");
}

TEST_F(ChargeControlTest, GoesByTheSeason) {
  rules_.season_full_v[0] = 3.50;
  rules_.season_full_v[4] = 3.40;
  change(rules_);
  pass(1s);
  EXPECT_NEAR(cvl_v(), 16 * 3.40, 1e-9);
  inputs_.today = std::chrono::sys_days(std::chrono::year{2027} / 1 / 1);
  pass(5min);
  EXPECT_NEAR(cvl_v(), 16 * 3.50, 1e-9);
}

TEST_F(ChargeControlTest, TellsImbalanceOnlyAtRest) {
  const struct {
    double odd_v, current_a;
    int imbalance;
  } rows[] = {{3.405, 50, 0}, {3.39, 0, 0}, {3.405, 0, 1}, {3.455, 0, 2}};
  for (const auto& row : rows) {
    control_ = ChargeControl(rules_);
    odd_v_ = row.odd_v;
    inputs_.current_a = row.current_a;
    pass(6min);
    EXPECT_EQ(control_.alarms().cell_imbalance, row.imbalance) << row.odd_v;
  }
}

TEST_F(ChargeControlTest, GoesOnAfterARestart) {
  odd_v_ = 3.61;
  temperature_c_ = 25;
  pass(1s);
  ChargeControl after(rules_);
  after.resume(control_.memory(now_), now_);
  control_ = after;
  odd_v_ = 3.50;
  cells_ = 15;
  pass(1s);
  EXPECT_EQ(ccl_a(), 0);  // the stop lasts its whole delay
  EXPECT_EQ(why_charge(), "highest cell (before the start) (over, more follows)");
  pass(2min);
  EXPECT_EQ(why_charge(), "highest cell Pack2 C7 3.500 V: 5 A");
  odd_v_ = 3.35;
  pass(2min);
  EXPECT_EQ(why_charge(), "not known: Pack2: 1 of 16 cells: 10 A");
}

TEST_F(ChargeControlTest, MakesNoNonsenseOfNonsense) {
  voltage_v_ = inputs_.current_a = inputs_.capacity_ah = inputs_.soc_percent = inputs_.charger_v =
      std::nan("");
  odd_v_ = std::nan("");
  inputs_.series = -3;
  pass(1s);
  for (const Vote& vote : control_.votes()) EXPECT_TRUE(std::isfinite(vote.value));
  EXPECT_EQ(ccl_a(), 10);
}

TEST(ChargeReason, IsTheSameCauseWhereOnlyNumbersDiffer) {
  const ChargeReason one{ChargeFactor::highest_cell, "C7", 3.45, 20};
  const struct {
    ChargeReason other;
    bool same;
  } rows[] = {{{ChargeFactor::highest_cell, "C7", 3.46, 18}, true},
              {{ChargeFactor::highest_cell, "C7", 3.56, 0}, false},
              {{ChargeFactor::highest_cell, "C8", 3.45, 20}, true},
              {{ChargeFactor::mosfet, "C7", 3.45, 20}, false},
              {{ChargeFactor::highest_cell, "C7", 3.45, 20, true}, false}};
  for (const auto& row : rows) EXPECT_EQ(same_cause(one, row.other), row.same);
  EXPECT_FALSE(same_cause(ChargeReason{ChargeFactor::sensors_missing, "1 of 16 cells", {}, 10},
                          ChargeReason{ChargeFactor::sensors_missing, "2 of 16 cells", {}, 10}));
  EXPECT_EQ(describe(ChargeReason{ChargeFactor::mosfet, "", 85, 40}), "MOSFETs 85.0 °C: 40 A");
}

}  // namespace
}  // namespace dmb
