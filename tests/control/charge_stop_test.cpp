// SPDX-License-Identifier: MIT
#include "dmb/control/charge_stop.h"

#include <gtest/gtest.h>

#include <chrono>

namespace dmb {
namespace {

using namespace std::chrono_literals;

Instant at(std::chrono::milliseconds when) {
  return Instant(1h + when);
}

/// A 16-cell pack of 280 Ah that is told to stop while 35 A go on flowing in.
ChargeStopInputs fed_in() {
  return {.stopped = true,
          .max_charge_voltage_v = 55.2,
          .voltage_v = 53.1,
          .current_a = 35,
          .capacity_ah = 280,
          .cells = 16};
}

ChargeStopInputs with_current(ChargeStopInputs inputs, std::optional<double> current_a) {
  inputs.current_a = current_a;
  return inputs;
}

ChargeStopInputs released(ChargeStopInputs inputs) {
  inputs.stopped = false;
  inputs.current_a = 0;
  return inputs;
}

/// Lowered to the present voltage five seconds after time 0.
ChargeStop lowered_stop() {
  ChargeStop stop;
  stop.update(fed_in(), at(0s));
  stop.update(fed_in(), at(5s));
  return stop;
}

TEST(ChargeStop, LeavesChargeVoltageAloneWithoutAStop) {
  ChargeStop stop;
  ChargeStopInputs inputs = fed_in();
  inputs.stopped = false;
  for (const auto when : {0s, 10s, 60s}) EXPECT_EQ(stop.update(inputs, at(when)), 55.2);
  EXPECT_FALSE(stop.lowered());
  EXPECT_FALSE(stop.next_change(at(60s)));
}

TEST(ChargeStop, WaitsFiveSecondsForTheCurrentToEnd) {
  ChargeStop stop;
  EXPECT_EQ(stop.update(fed_in(), at(0s)), 55.2);
  EXPECT_EQ(stop.next_change(at(1s)), at(5s));
  EXPECT_EQ(stop.update(fed_in(), at(4900ms)), 55.2);
  EXPECT_EQ(stop.update(fed_in(), at(5s)), 53.1);
  EXPECT_TRUE(stop.lowered());
}

TEST(ChargeStop, BeginsToWaitAnewWhenTheCurrentPaused) {
  ChargeStop stop;
  stop.update(fed_in(), at(0s));
  stop.update(with_current(fed_in(), 2.8), at(3s));  // 1 % of 280 Ah: that much may go on
  EXPECT_FALSE(stop.next_change(at(3s)));
  stop.update(fed_in(), at(4s));
  EXPECT_EQ(stop.update(fed_in(), at(8s)), 55.2);
  EXPECT_EQ(stop.update(fed_in(), at(9s)), 53.1);
}

TEST(ChargeStop, GoesDownFiveMillivoltsPerCellAndSecondUntilTheCurrentEnds) {
  ChargeStop stop = lowered_stop();
  EXPECT_EQ(stop.next_change(at(5s)), at(6s));
  EXPECT_EQ(stop.update(fed_in(), at(5500ms)), 53.1);  // not with every message
  EXPECT_NEAR(*stop.update(fed_in(), at(6s)), 53.02, 1e-9);
  EXPECT_NEAR(*stop.update(fed_in(), at(7s)), 52.94, 1e-9);
  EXPECT_NEAR(*stop.update(with_current(fed_in(), -3), at(8s)), 52.94, 1e-9);
  EXPECT_FALSE(stop.next_change(at(8s)));
  EXPECT_NEAR(*stop.update(with_current(fed_in(), -3), at(60s)), 52.94, 1e-9);
  stop.update(fed_in(), at(61s));  // goes on where it was, without another wait
  EXPECT_NEAR(*stop.update(fed_in(), at(62s)), 52.86, 1e-9);
}

TEST(ChargeStop, GoesDownSlowerTheLessCurrentThereIsStill) {
  const struct {
    double current_a;
    std::optional<double> capacity_ah;
    double fall_v;
  } rows[] = {{280, 280, 0.08}, {14, 280, 0.032}, {3.5, 280, 0.008}, {10, std::nullopt, 0.032}};
  for (const auto& row : rows) {
    ChargeStop stop;
    ChargeStopInputs inputs = with_current(fed_in(), row.current_a);
    inputs.capacity_ah = row.capacity_ah;
    for (const auto when : {0s, 5s, 6s}) stop.update(inputs, at(when));
    EXPECT_NEAR(*stop.update(inputs, at(7s)), 53.1 - 2 * row.fall_v, 1e-9) << row.current_a;
  }
}

TEST(ChargeStop, TakesOneStepForACurrentThatIsToldOnce) {
  ChargeStop stop;
  const auto update = [&](double current_a, std::chrono::seconds told, std::chrono::seconds when) {
    ChargeStopInputs inputs = with_current(fed_in(), current_a);
    inputs.current_at = at(told);
    return *stop.update(inputs, at(when));
  };
  update(105, 0s, 0s);
  EXPECT_EQ(update(105, 0s, 5s), 53.1);
  for (auto when = 6s; when < 10s; ++when) EXPECT_EQ(update(105, 0s, when), 53.1);
  EXPECT_FALSE(stop.next_change(at(9s)));
  EXPECT_NEAR(update(105, 10s, 10s), 53.1 - 0.4, 1e-9);  // for five seconds
  EXPECT_NEAR(update(105, 10s, 11s), 52.7, 1e-9);
  EXPECT_NEAR(update(28, 20s, 20s), 52.7 - 16 * 0.008, 1e-9);  // what it takes
  EXPECT_NEAR(update(1, 30s, 30s), 52.7 - 16 * 0.008, 1e-9);
}

TEST(ChargeStop, NeverGoesBelowThreeVoltsACell) {
  ChargeStop stop = lowered_stop();
  double shown_v = 0;
  for (auto when = 6s; when < 300s; ++when) shown_v = *stop.update(fed_in(), at(when));
  EXPECT_DOUBLE_EQ(shown_v, 48);
}

TEST(ChargeStop, NeverGoesBelowNineTenthsOfTheNominalVoltageWhereCellsAreUnknown) {
  const struct {
    double cvl_v, floor_v;
  } rows[] = {{14.2, 11.52}, {28.4, 23.04}, {42.6, 34.56}, {55.2, 46.08}, {58.4, 46.08}};
  for (const auto& row : rows) {
    ChargeStop stop;
    ChargeStopInputs inputs = fed_in();
    inputs.cells.reset();
    inputs.max_charge_voltage_v = row.cvl_v;
    inputs.voltage_v = row.cvl_v - 1;
    double shown_v = 0;
    for (auto when = 0s; when < 400s; ++when) shown_v = *stop.update(inputs, at(when));
    EXPECT_NEAR(shown_v, row.floor_v, 1e-9) << row.cvl_v;
  }
}

TEST(ChargeStop, DoesNotRaiseAChargeVoltageThatIsBelowTheFloor) {
  ChargeStop stop;
  ChargeStopInputs inputs = fed_in();
  inputs.max_charge_voltage_v = 47;
  inputs.voltage_v = 45;
  stop.update(inputs, at(0s));
  EXPECT_EQ(stop.update(inputs, at(5s)), 47);
  EXPECT_EQ(stop.update(inputs, at(9s)), 47);
}

TEST(ChargeStop, CountsTwoAmperesAsChargingWhereCapacityIsUnknown) {
  ChargeStopInputs inputs = fed_in();
  inputs.capacity_ah.reset();
  ChargeStop calm;
  ChargeStop busy;
  for (const auto when : {0s, 5s}) {
    calm.update(with_current(inputs, 2), at(when));
    busy.update(with_current(inputs, 2.1), at(when));
  }
  EXPECT_FALSE(calm.lowered());
  EXPECT_TRUE(busy.lowered());
}

/// 35 A went on into a battery whose last voltage, measured while charging, was the CVL told.
TEST(ChargeStop, LowersAtOnceToWhereChargersEndWhereNoCurrentIsKnown) {
  ChargeStop stop;
  const double told_v = *stop.update(with_current(fed_in(), std::nullopt), at(0s));
  constexpr double kChargersAboveV = 0.4;
  constexpr double kFallsOffV = 35 * 0.005;
  EXPECT_LT(told_v + kChargersAboveV, 53.1 - kFallsOffV);
  ChargeStopInputs sagging = with_current(fed_in(), std::nullopt);
  sagging.voltage_v = 51;
  EXPECT_EQ(stop.update(sagging, at(9s)), told_v);
  EXPECT_FALSE(stop.next_change(at(9s)));
}

TEST(BlindStopVoltage, IsBelowTheVoltageWhereThatIsOne) {
  EXPECT_NEAR(blind_stop_voltage_v(52.7), 51.246, 1e-9);
  EXPECT_NEAR(blind_stop_voltage_v(13.2), 12.536, 1e-9);
  EXPECT_EQ(blind_stop_voltage_v(0.2), 0.2);
}

TEST(ChargeStop, LeavesChargeVoltageWhereNeitherCurrentNorVoltageIsKnown) {
  ChargeStop stop;
  EXPECT_EQ(stop.update({.stopped = true, .max_charge_voltage_v = 55.2}, at(0s)), 55.2);
  EXPECT_FALSE(stop.lowered());
}

TEST(ChargeStop, RisesTenMillivoltsPerCellAndSecondAfterTheStop) {
  ChargeStop stop = lowered_stop();
  EXPECT_EQ(stop.update(released(fed_in()), at(10s)), 53.1 + 0.8);
  EXPECT_TRUE(stop.lowered());
  EXPECT_NEAR(*stop.update(released(fed_in()), at(11s)), 54.06, 1e-9);
  EXPECT_NEAR(*stop.update(released(fed_in()), at(13s)), 54.38, 1e-9);
  EXPECT_NEAR(*stop.update(released(fed_in()), at(17s)), 55.02, 1e-9);
  EXPECT_EQ(stop.update(released(fed_in()), at(19s)), 55.2);
  EXPECT_FALSE(stop.lowered());
  EXPECT_FALSE(stop.next_change(at(19s)));
}

TEST(ChargeStop, GoesDownAgainWhenAStopComesBackOnTheWayUp) {
  ChargeStop stop = lowered_stop();
  const double risen_v = *stop.update(released(fed_in()), at(7s));
  EXPECT_GT(risen_v, 53.1);
  EXPECT_LT(*stop.update(fed_in(), at(8s)), risen_v);
}

TEST(ChargeStop, NeverPublishesMoreThanIsGiven) {
  ChargeStop stop = lowered_stop();
  ChargeStopInputs inputs = fed_in();
  inputs.max_charge_voltage_v = 50;
  EXPECT_EQ(stop.update(inputs, at(6s)), 50);
  inputs.max_charge_voltage_v.reset();
  EXPECT_FALSE(stop.update(inputs, at(7s)));
  EXPECT_FALSE(stop.lowered());
}

TEST(ChargeStop, DoesNotJumpAfterAPauseOfOurOwn) {
  ChargeStop stop = lowered_stop();
  EXPECT_NEAR(*stop.update(fed_in(), at(10min)), 53.1 - 2 * 0.08, 1e-9);
}

}  // namespace
}  // namespace dmb
