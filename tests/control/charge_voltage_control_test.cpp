// SPDX-License-Identifier: MIT
#include "dmb/control/charge_voltage_control.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>

namespace dmb {
namespace {

using namespace std::chrono_literals;

Instant at(std::chrono::milliseconds when) {
  return Instant(1h + when);
}

/// 16 cells of 280 Ah on their way to 3.45 V.
ChargeVoltageInputs charging() {
  return {.cells = 16,
          .goal_v = 3.45,
          .floor_v = 2.9,
          .highest_v = 3.35,
          .voltage_v = 53.4,
          .sum_v = 53.4,
          .current_a = 60,
          .capacity_ah = 280};
}

ChargeVoltageInputs with_highest(double highest_v, double voltage_v) {
  ChargeVoltageInputs inputs = charging();
  inputs.highest_v = highest_v;
  inputs.voltage_v = inputs.sum_v = voltage_v;
  return inputs;
}

TEST(ChargeVoltageControl, IsTheGoalOfAllCellsWhileNoneIsThere) {
  ChargeVoltageControl control;
  for (const auto when : {0s, 1s, 100s})
    EXPECT_DOUBLE_EQ(control.update(charging(), at(when)), 55.2);
  EXPECT_FALSE(control.held_back());
  EXPECT_FALSE(control.next_change(at(100s)));
}

TEST(ChargeVoltageControl, FallsAtOnceToThePresentVoltageLessTheExcess) {
  ChargeVoltageControl control;
  control.update(charging(), at(0s));
  ChargeVoltageInputs inputs = with_highest(3.47, 54.4);
  inputs.current_a = 5.6;  // 4 mV of margin
  EXPECT_NEAR(control.update(inputs, at(1ms)), 54.376, 0.0081);
  EXPECT_TRUE(control.held_back());
}

TEST(ChargeVoltageControl, FallsAtRestToThePresentVoltageAndOnSlowly) {
  ChargeVoltageControl control;
  control.update(charging(), at(0s));
  ChargeVoltageInputs inputs = with_highest(3.47, 54.4);
  inputs.current_a = 0;
  EXPECT_NEAR(control.update(inputs, at(1ms)), 54.4, 0.0081);
  EXPECT_TRUE(control.next_change(at(1ms)));
  double cvl_v = 0;
  for (auto when = 1s; when < 6s; ++when) cvl_v = control.update(inputs, at(when));
  EXPECT_NEAR(cvl_v, 54.4 - 5 * 0.0016, 0.0081);
  for (auto when = 6s; when < 1000s; ++when) cvl_v = control.update(inputs, at(when));
  EXPECT_NEAR(cvl_v, 54.4 - 16 * 0.020, 0.0081);  // no further than the excess
  inputs.highest_v = 3.55;
  for (auto when = 1000s; when < 2000s; ++when) cvl_v = control.update(inputs, at(when));
  EXPECT_NEAR(cvl_v, 54.4 - 0.4, 0.0081);  // nor than chargers stand above it
  inputs.current_a = -2;
  inputs.voltage_v = inputs.sum_v = 53.9;
  EXPECT_EQ(control.update(inputs, at(2001s)), cvl_v);
}

TEST(ChargeVoltageControl, FallsToLessTheExcessWhereNoCurrentIsKnown) {
  ChargeVoltageControl control;
  control.update(charging(), at(0s));
  ChargeVoltageInputs inputs = with_highest(3.47, 54.4);
  inputs.current_a.reset();
  EXPECT_NEAR(control.update(inputs, at(1ms)), 54.38, 0.0081);
}

TEST(ChargeVoltageControl, HoldsACellThatIsAheadLowerWhileMuchCurrentFlows) {
  const struct {
    double voltage_v;  // with the highest cell at 3.44 V
    std::optional<double> current_a;
    std::optional<double> capacity_ah;
    double lower_by_v;
  } rows[] = {{54.40, 60, 280, 0.010},
              {54.40, 60, std::nullopt, 0.010},
              {54.40, 5.6, 280, 0},
              {54.40, -60, 280, 0},
              {54.40, std::nullopt, 280, 0},
              {55.00, 60, 280, 0},
              {54.80, 60, 280, 0.0200 * 0.5 - 0.010}};
  for (const auto& row : rows) {
    ChargeVoltageControl control;
    control.update(charging(), at(0s));
    ChargeVoltageInputs inputs = with_highest(3.44, row.voltage_v);
    inputs.current_a = row.current_a;
    inputs.capacity_ah = row.capacity_ah;
    const double expected_v = row.lower_by_v > 0 ? row.voltage_v - row.lower_by_v : 55.2;
    EXPECT_NEAR(control.update(inputs, at(1s)), expected_v, 0.0081) << row.voltage_v;
  }
}

TEST(ChargeVoltageControl, FallsOnByTheExcessAndTheCurrentThatStillFlowsIn) {
  const struct {
    double highest_v, voltage_v, current_a, fall_per_cell_v;
  } rows[] = {{3.50, 54.4, 60, 0.005},
              {3.50, 54.4, 14, 0.04 * 14 / 280},
              {3.50, 54.4, 5.6, 0.04 * 5.6 / 280},
              {3.46, 55.6, 280, 0.2 * 0.010}};
  for (const auto& row : rows) {
    ChargeVoltageControl control;
    control.update(charging(), at(0s));
    ChargeVoltageInputs inputs = with_highest(row.highest_v, row.voltage_v);
    inputs.current_a = row.current_a;
    const double first_v = control.update(inputs, at(1s));
    EXPECT_NEAR(control.update(inputs, at(1500ms)), first_v, 1e-9);
    EXPECT_NEAR(control.update(inputs, at(2s)), first_v - 16 * row.fall_per_cell_v, 0.0081);
    EXPECT_NEAR(control.update(inputs, at(3s)), first_v - 2 * 16 * row.fall_per_cell_v, 0.0081);
    // Not for the time in which we stood still.
    EXPECT_NEAR(control.update(inputs, at(10min)), first_v - 3 * 16 * row.fall_per_cell_v, 0.0081);
  }
}

TEST(ChargeVoltageControl, TakesOneStepDownForWhatIsToldOnce) {
  ChargeVoltageControl control;
  control.update(charging(), at(0s));
  ChargeVoltageInputs inputs = with_highest(3.50, 54.4);
  double before_v = 0;
  for (auto when = 1s; when < 100s; ++when) {
    inputs.told_at = at(when - when % 10);
    const double cvl_v = control.update(inputs, at(when));
    const bool is_new = when % 10 == 0s;
    if (when > 10s) {
      EXPECT_NEAR(cvl_v, before_v - (is_new ? 0.08 : 0), 0.0081);
    }
    before_v = cvl_v;
  }
}

TEST(ChargeVoltageControl, DoesNotDriveTheBatteryIntoTheGrid) {
  for (const double current_a : {-20.0, 0.0}) {
    ChargeVoltageControl control;
    control.update(charging(), at(0s));
    double voltage_v = 54.4;
    for (auto when = 1s; when < 60s; ++when) {
      ChargeVoltageInputs inputs = with_highest(3.60, voltage_v);
      inputs.current_a = current_a;
      const double cvl_v = control.update(inputs, at(when));
      EXPECT_GE(cvl_v, current_a < 0 ? 55.19 : 54.24);
    }
  }
}

TEST(ChargeVoltageControl, EndsAtItsFloor) {
  ChargeVoltageControl control;
  control.update(charging(), at(0s));
  double cvl_v = 0;
  for (auto when = 1s; when < 1000s; ++when)
    cvl_v = control.update(with_highest(3.7, 54.4), at(when));
  EXPECT_NEAR(cvl_v, 16 * 2.9, 1e-6);
}

TEST(ChargeVoltageControl, RisesAfterThirtySecondsByOneMillivoltPerCellAndSecond) {
  ChargeVoltageControl control;
  control.update(charging(), at(0s));
  const double low_v = control.update(with_highest(3.50, 54.4), at(1s));
  EXPECT_NEAR(control.update(with_highest(3.40, 54.0), at(2s)), low_v, 1e-9);
  EXPECT_EQ(control.next_change(at(2s)), at(32s));
  EXPECT_NEAR(control.update(with_highest(3.40, 54.0), at(31s)), low_v, 1e-9);
  EXPECT_NEAR(control.update(with_highest(3.40, 54.0), at(32s)), low_v + 0.016, 1e-6);
  EXPECT_NEAR(control.update(with_highest(3.40, 54.0), at(32500ms)), low_v + 0.016, 1e-6);
  EXPECT_NEAR(control.update(with_highest(3.40, 54.0), at(33s)), low_v + 0.032, 1e-6);
  double cvl_v = 0;
  for (auto when = 34s; when < 150s; ++when)
    cvl_v = control.update(with_highest(3.40, 54), at(when));
  EXPECT_DOUBLE_EQ(cvl_v, 55.2);
  EXPECT_FALSE(control.next_change(at(150s)));
}

TEST(ChargeVoltageControl, RestsWhileTheHighestCellIsWithinAFewMillivoltsOfItsGoal) {
  ChargeVoltageControl control;
  control.update(charging(), at(0s));
  ChargeVoltageInputs inputs = with_highest(3.46, 54.4);
  inputs.current_a = 0;
  const double held_v = control.update(inputs, at(1s));
  for (auto when = 2s; when < 200s; ++when) {
    inputs.highest_v = when.count() % 2 == 0 ? 3.446 : 3.4505;
    EXPECT_EQ(control.update(inputs, at(when)), held_v);
  }
  EXPECT_FALSE(control.next_change(at(200s)));
}

TEST(ChargeVoltageControl, StartsFromThePresentVoltageWhereACellIsNearItsGoal) {
  ChargeVoltageControl control;
  ChargeVoltageInputs inputs = with_highest(3.44, 54.0);
  inputs.current_a = 0;
  EXPECT_NEAR(control.update(inputs, at(0s)), 54.0, 0.0081);
}

TEST(ChargeVoltageControl, DoesNotRiseWhereNoCellIsKnownAnyMore) {
  ChargeVoltageControl control;
  control.update(charging(), at(0s));
  const double held_v = control.update(with_highest(3.50, 54.4), at(1s));
  ChargeVoltageInputs blind = charging();
  blind.highest_v.reset();
  for (auto when = 2s; when < 200s; ++when) EXPECT_EQ(control.update(blind, at(when)), held_v);
}

TEST(ChargeVoltageControl, FollowsAGoalThatFallsAndIsNeverAboveIt) {
  ChargeVoltageControl control;
  control.update(charging(), at(0s));
  ChargeVoltageInputs inputs = charging();
  inputs.goal_v = 3.375;
  EXPECT_DOUBLE_EQ(control.update(inputs, at(1s)), 54.0);
}

TEST(WireDrop, IsLearnedWhileChargingAndAddsToTheGoal) {
  ChargeVoltageControl control;
  ChargeVoltageInputs inputs = charging();
  inputs.charger_v = *inputs.sum_v + 0.3;
  double cvl_v = 0;
  for (auto when = 0s; when < 1000s; ++when) cvl_v = control.update(inputs, at(when));
  EXPECT_NEAR(control.drop().per_cell_v() * 16, 0.3, 0.001);
  EXPECT_NEAR(cvl_v, 55.5, 0.009);
}

TEST(WireDrop, FallsSoonWithTheCurrentThatMakesIt) {
  WireDrop drop;
  ChargeVoltageInputs inputs = charging();
  inputs.charger_v = *inputs.sum_v + 0.4;
  for (auto when = 0s; when < 1000s; ++when) drop.learn(inputs, at(when));
  inputs.charger_v = *inputs.sum_v + 0.1;
  for (auto when = 1000s; when < 1060s; ++when) drop.learn(inputs, at(when));
  EXPECT_NEAR(drop.per_cell_v() * 16, 0.1, 0.006);
}

TEST(WireDrop, IsBoundedAndNotLearnedFromWhatIsNoCharging) {
  const struct {
    std::optional<double> charger_v, sum_v, current_a;
    double drop_v;
  } rows[] = {{60, 53.4, 60, 0.5},         {50, 53.4, 60, 0},
              {53.7, 53.4, 10, 0},         {53.7, 53.4, std::nullopt, 0},
              {53.7, std::nullopt, 60, 0}, {std::nan(""), 53.4, 60, 0}};
  for (const auto& row : rows) {
    ChargeVoltageControl control;
    ChargeVoltageInputs inputs = charging();
    inputs.charger_v = row.charger_v;
    inputs.sum_v = row.sum_v;
    inputs.current_a = row.current_a;
    for (auto when = 0s; when < 1000s; ++when) control.update(inputs, at(when));
    EXPECT_NEAR(control.drop().per_cell_v() * 16, row.drop_v, 0.001);
  }
  WireDrop drop;
  for (const double absurd : {-1.0, 1.0, std::nan("")}) drop.resume(absurd);
  EXPECT_EQ(drop.per_cell_v(), 0);
}

TEST(ChargeVoltageControl, MakesNoNonsenseOfNonsense) {
  ChargeVoltageControl control;
  ChargeVoltageInputs inputs{.cells = 0, .goal_v = 3.45, .floor_v = 2.9};
  inputs.highest_v = inputs.voltage_v = inputs.sum_v = inputs.current_a = std::nan("");
  EXPECT_NEAR(control.update(inputs, at(0s)), 3.45, 1e-9);
}

}  // namespace
}  // namespace dmb
