// SPDX-License-Identifier: MIT
#include "dmb/control/manual.h"

#include "dmb/control/guard.h"
#include "dmb/control/told_limits.h"

#include <gtest/gtest.h>

#include <limits>

namespace dmb {
namespace {

using namespace std::chrono_literals;

/// A battery that tells limits, and what a person wants of it.
class Manual : public testing::Test {
 protected:
  const LimitState& update() {
    now_ += 1s;
    std::vector<Vote> votes;
    told_.vote(given_, votes);
    manual_.vote(soc_percent_, full_, now_, votes);
    return guard_.update(votes, news_, now_);
  }
  std::string why_charge() { return describe(update().max_charge_current.reason); }
  std::optional<double> charge_a() { return update().max_charge_current.value; }
  std::optional<double> discharge_a() { return update().max_discharge_current.value; }

  GivenLimits given_{55.2, 80, 120};
  GuardNews news_{.voltage_v = 53, .current_a = 0, .capacity_ah = 200};
  std::optional<double> soc_percent_ = 60;
  bool full_ = false;
  ManualLimits manual_;
  ToldLimits told_;
  Guard guard_;
  Instant now_{100s};
};

TEST_F(Manual, ASwitchStopsAndAllowsAgain) {
  update();
  manual_.change({.stop_charge = true, .stop_discharge = true});
  const LimitState& stopped = update();
  EXPECT_EQ(stopped.max_charge_current.value, 0);
  EXPECT_EQ(stopped.max_discharge_current.value, 0);
  EXPECT_TRUE(stopped.charge_stopped());
  EXPECT_EQ(describe(stopped.max_charge_current.reason), "a switch on the GX stops charging");
  EXPECT_EQ(describe(stopped.max_discharge_current.reason), "a switch on the GX stops discharging");
  EXPECT_TRUE(is_trouble(stopped.max_charge_current.reason));
  manual_.change({});
  EXPECT_EQ(charge_a(), 80);
  EXPECT_EQ(discharge_a(), 120);
}

TEST_F(Manual, AStopIsMadeTrueWhileCurrentFlowsAndEndsSlowly) {
  update();
  manual_.change({.stop_charge = true});
  news_.current_a = 20;
  for (int i = 0; i < 10; ++i) update();
  const double lowered_v = *update().max_charge_voltage.value;
  EXPECT_LT(lowered_v, 53);
  EXPECT_TRUE(guard_.lowers_voltage());
  manual_.change({});
  EXPECT_NEAR(*update().max_charge_voltage.value, lowered_v + 0.16, 0.001);
}

TEST_F(Manual, ASliderIsACeilingBelowWhichTheOthersWin) {
  manual_.change({.max_charge_current_a = 40, .max_discharge_current_a = 300});
  EXPECT_EQ(charge_a(), 40);
  EXPECT_EQ(why_charge(), "a slider on the GX allows charging with 40 A");
  EXPECT_FALSE(is_trouble(guard_.state().max_charge_current.reason));
  EXPECT_EQ(discharge_a(), 120);
  given_.max_charge_current_a = 12;
  EXPECT_EQ(charge_a(), 12);
  EXPECT_EQ(why_charge(), "");
}

TEST_F(Manual, WhatIsNoNumberLimitsNothing) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double odd : {nan, -1.0, 1e300, std::numeric_limits<double>::infinity()}) {
    manual_.change({.charge_to_percent = odd == -1 ? nan : odd,
                    .max_charge_current_a = odd,
                    .max_discharge_current_a = odd});
    EXPECT_EQ(charge_a(), 80) << odd;
    EXPECT_EQ(discharge_a(), 120) << odd;
  }
}

TEST_F(Manual, ChargesToAGoalAndAgainThreePercentBelow) {
  manual_.change({.charge_to_percent = 80});
  soc_percent_ = 79.9;
  EXPECT_EQ(charge_a(), 80);
  soc_percent_ = 80.3;
  EXPECT_EQ(charge_a(), 0);
  EXPECT_EQ(why_charge(), "charge to 80 %: reached (SoC 80.3 %)");
  EXPECT_FALSE(is_trouble(guard_.state().max_charge_current.reason));
  soc_percent_ = 77.1;
  EXPECT_EQ(charge_a(), 0);
  soc_percent_ = 76.9;
  EXPECT_EQ(charge_a(), 80);
  soc_percent_ = 79.9;
  EXPECT_EQ(charge_a(), 80);
}

TEST_F(Manual, AGoalOfAHundredPercentStopsNothing) {
  manual_.change({.charge_to_percent = 100});
  soc_percent_ = 100;
  EXPECT_EQ(charge_a(), 80);
  EXPECT_FALSE(manual_.take_soc_lack());
}

TEST_F(Manual, WithoutAStateOfChargeItDoesNotStopAnewAndSaysSoOnce) {
  manual_.change({.charge_to_percent = 80});
  soc_percent_.reset();
  EXPECT_EQ(charge_a(), 80);
  now_ += 50s;
  update();
  EXPECT_FALSE(manual_.take_soc_lack()) << "it may be on its way";
  now_ += 20s;
  update();
  EXPECT_TRUE(manual_.take_soc_lack());
  now_ += 100s;
  update();
  EXPECT_FALSE(manual_.take_soc_lack());
  soc_percent_ = 81;
  EXPECT_EQ(charge_a(), 0);
  soc_percent_.reset();
  EXPECT_EQ(charge_a(), 0) << "what is in force stays";
}

TEST_F(Manual, AFullChargeIsNotStoppedByAGoalButByASwitch) {
  manual_.change({.charge_to_percent = 80});
  soc_percent_ = 90;
  full_ = true;
  EXPECT_EQ(charge_a(), 80);
  full_ = false;
  EXPECT_EQ(charge_a(), 0);
  full_ = true;
  manual_.change({.stop_charge = true, .charge_to_percent = 80});
  EXPECT_EQ(charge_a(), 0);
}

TEST_F(Manual, MakesNoBmsOfABatteryWithoutLimits) {
  given_ = {};
  manual_.change({.stop_charge = true,
                  .stop_discharge = true,
                  .charge_to_percent = 50,
                  .max_charge_current_a = 1});
  const LimitState& state = update();
  EXPECT_FALSE(state.max_charge_current.exists);
  EXPECT_FALSE(state.max_discharge_current.exists);
  EXPECT_FALSE(state.max_charge_voltage.exists);
}

TEST_F(Manual, ADischargeLimitThatNobodyElseGivesEndsAsNoLimit) {
  given_.max_discharge_current_a.reset();
  EXPECT_FALSE(update().max_discharge_current.exists);
  manual_.change({.stop_discharge = true});
  EXPECT_EQ(discharge_a(), 0);
  manual_.change({});
  EXPECT_EQ(discharge_a(), kNoCurrentLimitA);
  EXPECT_EQ(guard_.state().max_discharge_current.cause, Cause::unlimited);
}

TEST_F(Manual, ALostDischargeLimitIsKeptAsTheBatteryGaveItLast) {
  update();
  manual_.change({.stop_discharge = true});
  EXPECT_EQ(discharge_a(), 0);
  given_.max_discharge_current_a.reset();
  EXPECT_EQ(discharge_a(), 0);
  manual_.change({});
  EXPECT_EQ(discharge_a(), 120);
  EXPECT_EQ(guard_.state().max_discharge_current.cause, Cause::kept);
}

TEST_F(Manual, ALostChargeVoltageLeavesNoDischargeLimitInvalidThatAPersonLowered) {
  update();
  manual_.change({.stop_discharge = true});
  update();
  given_ = {};
  given_.charge_current_named = true;
  for (int i = 0; i < 20; ++i) update();
  EXPECT_EQ(discharge_a(), 0);
  manual_.change({});
  EXPECT_EQ(discharge_a(), 120) << "as it was given last: an invalid one would stay 0 for ever";
}

TEST_F(Manual, AnAlarmIsToldBeforeASwitch) {
  given_.charge_blocked = true;
  manual_.change({.stop_charge = true});
  EXPECT_EQ(update().max_charge_current.cause, Cause::charge_blocked);
  EXPECT_TRUE(guard_.state().has(Cause::manual));
}

}  // namespace
}  // namespace dmb
