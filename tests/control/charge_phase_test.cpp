// SPDX-License-Identifier: MIT
#include "dmb/control/charge_phase.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>

namespace dmb {
namespace {

using namespace std::chrono_literals;

/// A battery of 280 Ah, told of once a second.
class ChargeCycleTest : public testing::Test {
 protected:
  ChargeCycleTest() {
    rules_.max_charge_current_a = 100;
    inputs_ = {.highest_v = 3.35,
               .lowest_v = 3.34,
               .mean_v = 3.345,
               .current_a = 60,
               .capacity_ah = 280,
               .soc_percent = 60,
               .full_v = 3.45};
  }

  /// Whether it was full for long enough meanwhile.
  bool pass(std::chrono::seconds time) {
    bool completed = false;
    for (const Instant end = now_ + time; now_ < end;) {
      now_ += 1s;
      completed = cycle_.update(inputs_, rules_, now_) || completed;
    }
    return completed;
  }
  void be_full() {
    inputs_.highest_v = 3.445;
    inputs_.lowest_v = 3.35;
    inputs_.mean_v = 3.37;
    inputs_.current_a = 3;
    inputs_.soc_percent = 99;
  }
  void reach_float() {
    be_full();
    pass(20min);
    inputs_.highest_v = 3.375;
    inputs_.lowest_v = 3.355;
    inputs_.current_a = 0;
    pass(30min);
  }

  ChargeRules rules_;
  PhaseInputs inputs_;
  ChargeCycle cycle_;
  Instant now_{1h};
};

TEST_F(ChargeCycleTest, ChargesInBulkUntilTheHighestCellIsAtItsGoal) {
  pass(10s);
  EXPECT_EQ(describe(cycle_), "Bulk");
  EXPECT_EQ(cycle_.goal_v(), 3.45);
  inputs_.highest_v = 3.441;
  pass(2min);
  EXPECT_EQ(describe(cycle_), "Absorption");
  EXPECT_FALSE(cycle_.left());
}

TEST_F(ChargeCycleTest, StaysInAbsorptionWhereACellFallsBackALittle) {
  inputs_.highest_v = 3.442;
  pass(1s);
  inputs_.highest_v = 3.425;
  pass(1s);
  EXPECT_EQ(describe(cycle_), "Absorption");
  inputs_.highest_v = 3.415;
  pass(1s);
  EXPECT_EQ(describe(cycle_), "Bulk");
  inputs_.highest_v = 3.425;
  pass(1s);
  EXPECT_EQ(describe(cycle_), "Bulk");
}

TEST_F(ChargeCycleTest, IsFullAfterAMinuteByTheHighestCellAndTheTailCurrent) {
  be_full();
  inputs_.current_a = 5.7;  // 2 % of 280 Ah is 5.6
  pass(2min);
  EXPECT_FALSE(cycle_.left());
  inputs_.current_a = 5.5;
  pass(60s);
  EXPECT_FALSE(cycle_.left());
  EXPECT_TRUE(cycle_.next_change(now_));
  pass(1s);
  EXPECT_EQ(describe(cycle_), "Absorption, 15 min left");
  pass(3min);
  EXPECT_EQ(describe(cycle_), "Absorption, 12 min left");
}

TEST_F(ChargeCycleTest, IsFullByTheSumWhateverTheCurrent) {
  inputs_.highest_v = 3.46;
  inputs_.mean_v = 3.45;
  inputs_.current_a.reset();
  EXPECT_TRUE(pass(61s + 15min));
  EXPECT_EQ(describe(cycle_), "Float Transition");
}

TEST_F(ChargeCycleTest, NeedsNoSumThatOneHighCellMakesUnreachable) {
  be_full();
  inputs_.soc_percent = 40;  // and a wrong state of charge does not forbid it
  EXPECT_TRUE(pass(61s + 15min));
}

TEST_F(ChargeCycleTest, CountsFullnessInPieces) {
  be_full();
  pass(10min);
  inputs_.current_a = -60;  // a load, and a cloud
  inputs_.highest_v = 3.36;
  pass(4min);
  EXPECT_EQ(describe(cycle_), "Absorption");
  be_full();
  EXPECT_TRUE(pass(8min));
}

TEST_F(ChargeCycleTest, BeginsAnewAfterFiveMinutesBelowFloat) {
  be_full();
  pass(14min);
  inputs_.highest_v = 3.33;
  pass(6min);
  EXPECT_EQ(describe(cycle_), "Bulk");
  be_full();
  EXPECT_FALSE(pass(14min));
}

TEST_F(ChargeCycleTest, GoesDownToFloatByAMillivoltPerSecondAtFortyEightVolts) {
  be_full();
  pass(61s + 15min);
  const double begin_v = cycle_.goal_v();
  pass(100s);
  EXPECT_NEAR((begin_v - cycle_.goal_v()) * 16, 0.1, 1e-6);
  EXPECT_TRUE(cycle_.next_change(now_));
  pass(20min);
  EXPECT_EQ(describe(cycle_), "Float");
  EXPECT_EQ(cycle_.goal_v(), 3.375);
}

TEST_F(ChargeCycleTest, StaysInFloatWhenOnlyTheStateOfChargeSaysOtherwise) {
  reach_float();
  inputs_.soc_percent = 50;
  pass(1h);
  EXPECT_EQ(describe(cycle_), "Float");
  inputs_.highest_v = 3.30;  // a load pulls it down, but little has flowed out
  inputs_.current_a = -20;
  pass(1h);
  EXPECT_EQ(describe(cycle_), "Float");
}

TEST_F(ChargeCycleTest, ReturnsToBulkWhenWhatFlowedOutConfirmsTheStateOfCharge) {
  reach_float();
  inputs_.highest_v = 3.29;
  inputs_.current_a = -28;  // a tenth of the capacity per hour
  inputs_.soc_percent = 79;
  pass(59min);
  EXPECT_EQ(describe(cycle_), "Float");
  pass(2min);
  EXPECT_EQ(describe(cycle_), "Bulk");
  EXPECT_EQ(cycle_.goal_v(), 3.45);
}

TEST_F(ChargeCycleTest, ReturnsToBulkWhateverTheStateOfChargeSays) {
  for (const bool counted : {true, false}) {
    cycle_ = {};
    reach_float();
    inputs_.soc_percent = 100;
    inputs_.highest_v = counted ? 3.29 : 3.19;
    inputs_.current_a = -28;
    if (!counted) inputs_.current_a.reset();
    pass(counted ? 149min : 9min);
    EXPECT_EQ(describe(cycle_), "Float");
    pass(2min);
    EXPECT_EQ(describe(cycle_), "Bulk");
    inputs_.current_a = 0;
  }
}

TEST_F(ChargeCycleTest, ReturnsToBulkWhenCellsDriftApartAtRest) {
  reach_float();
  inputs_.lowest_v = 3.29;  // 85 mV, under load
  inputs_.current_a = -20;
  pass(10min);
  EXPECT_EQ(describe(cycle_), "Float");
  inputs_.current_a = 1;
  pass(5min + 30s);
  EXPECT_EQ(describe(cycle_), "Float");
  pass(2min);
  EXPECT_EQ(describe(cycle_), "Bulk");
}

TEST_F(ChargeCycleTest, StaysInFloatWhereTheSpreadHoversAboutWhatMeansBulk) {
  be_full();
  pass(20min);
  inputs_.current_a = 0;
  inputs_.highest_v = 3.375;
  for (int minute = 0; minute < 60; ++minute) {
    inputs_.lowest_v = minute % 4 == 0 ? 3.297 : 3.293;  // 78 mV, 82 mV
    pass(1min);
  }
  EXPECT_EQ(describe(cycle_), "Float");
}

TEST_F(ChargeCycleTest, DoesNotCircleWhenCellsWereApartAllTheTime) {
  be_full();
  pass(20min);
  inputs_.highest_v = 3.40;
  inputs_.lowest_v = 3.30;
  inputs_.current_a = 0;
  pass(10h);
  EXPECT_EQ(describe(cycle_), "Float");
}

TEST_F(ChargeCycleTest, ReturnsToBulkWhenBalancingIsDue) {
  reach_float();
  inputs_.balance_due = true;
  inputs_.full_v = 3.55;
  pass(2s);
  EXPECT_EQ(describe(cycle_), "Bulk");
  EXPECT_EQ(cycle_.goal_v(), 3.55);
}

TEST_F(ChargeCycleTest, GoesOnAfterARestart) {
  be_full();
  pass(10min);
  ChargeCycle after;
  after.resume(cycle_.memory());
  cycle_ = after;
  EXPECT_TRUE(pass(8min));
  after = {};
  after.resume(cycle_.memory());
  cycle_ = after;
  pass(1s);
  EXPECT_EQ(describe(cycle_), "Float Transition");
  EXPECT_GT(cycle_.goal_v(), 3.40);
  reach_float();
  after = {};
  after.resume(cycle_.memory());
  cycle_ = after;
  pass(1s);
  EXPECT_EQ(describe(cycle_), "Float");
}

TEST_F(ChargeCycleTest, MakesNothingOfAMemoryThatCannotBe) {
  for (const double absurd : {-1.0, 1e9, std::nan("")}) {
    cycle_ = {};
    cycle_.resume({ChargePhase::at_float, std::chrono::minutes(-5), absurd, absurd});
    pass(1s);
    EXPECT_LE(cycle_.goal_v(), rules_.cell_never_above_v);
    EXPECT_GE(cycle_.goal_v(), rules_.cell_float_v);
  }
}

TEST_F(ChargeCycleTest, ChangesNothingWhereNothingIsKnown) {
  reach_float();
  inputs_ = {.full_v = 3.45};
  inputs_.highest_v = inputs_.current_a = std::nan("");
  pass(1h);
  EXPECT_EQ(describe(cycle_), "Float");
}

}  // namespace
}  // namespace dmb
