// SPDX-License-Identifier: MIT
#include "dmb/domain/limits.h"

#include <gtest/gtest.h>

namespace dmb {
namespace {

using namespace std::chrono_literals;

constexpr bool kKeepDischarge = false;
constexpr bool kStopDischarge = true;

Instant at(std::chrono::milliseconds when) {
  return Instant(when);
}

TEST(LimitMemory, ShowsNothingThatWasNeverGiven) {
  LimitMemory memory;
  EXPECT_EQ(memory.update({}, kKeepDischarge, at(1s)), LimitState{});
  EXPECT_EQ(memory.fail_safe(kStopDischarge), LimitState{});
}

TEST(LimitMemory, PassesOnWhatIsGiven) {
  LimitMemory memory;
  const LimitState state = memory.update({55.2, 80, 120}, kKeepDischarge, at(1s));
  EXPECT_EQ(state.max_charge_voltage, (LimitItem{true, 55.2}));
  EXPECT_EQ(state.max_charge_current, (LimitItem{true, 80}));
  EXPECT_EQ(state.max_discharge_current, (LimitItem{true, 120}));
  EXPECT_FALSE(state.voltage_lost || state.charge_stopped || state.discharge_kept);
}

TEST(LimitMemory, DoesNotInventACurrentLimitBesideAVoltageLimit) {
  LimitMemory memory;
  const LimitState state = memory.update({55.2, {}, {}}, kKeepDischarge, at(1s));
  EXPECT_FALSE(state.max_charge_current.exists);
  EXPECT_FALSE(state.max_discharge_current.exists);
}

TEST(LimitMemory, StopsChargingWhenTheChargeCurrentLimitIsLost) {
  LimitMemory memory;
  memory.update({55.2, 80, 120}, kKeepDischarge, at(1s));
  const LimitState state = memory.update({55.2, {}, 120}, kKeepDischarge, at(2s));
  EXPECT_EQ(state.max_charge_voltage, (LimitItem{true, 55.2}));
  EXPECT_EQ(state.max_charge_current, (LimitItem{true, 0}));
  EXPECT_TRUE(state.charge_stopped);
  EXPECT_EQ(memory.update({55.2, 70, 120}, kKeepDischarge, at(3s)).max_charge_current,
            (LimitItem{true, 70}));
}

TEST(LimitMemory, KeepsALostVoltageLimitBesideZeroForTenSecondsThenDropsIt) {
  LimitMemory memory;
  memory.update({55.2, 80, 120}, kKeepDischarge, at(1s));
  LimitState state = memory.update({{}, 80, 120}, kKeepDischarge, at(2s));
  EXPECT_EQ(state.max_charge_voltage, (LimitItem{true, 55.2}));
  EXPECT_EQ(state.max_charge_current, (LimitItem{true, 0}));
  EXPECT_EQ(memory.deadline(), at(12s));
  state = memory.update({{}, 80, 120}, kKeepDischarge, at(11999ms));
  EXPECT_EQ(state.max_charge_voltage.value, 55.2);
  state = memory.update({{}, 80, 120}, kKeepDischarge, at(12s));
  EXPECT_EQ(state.max_charge_voltage, (LimitItem{true, std::nullopt}));
  EXPECT_EQ(state.max_charge_current, (LimitItem{true, 0}));
  EXPECT_EQ(memory.deadline(), std::nullopt);
  state = memory.update({56, 80, 120}, kKeepDischarge, at(20s));
  EXPECT_EQ(state.max_charge_voltage, (LimitItem{true, 56}));
  EXPECT_EQ(state.max_charge_current, (LimitItem{true, 80}));
}

TEST(LimitMemory, KeepsTheLastDischargeLimitWhereNoneWouldMeanUnlimited) {
  LimitMemory memory;
  memory.update({55.2, 80, 120}, kKeepDischarge, at(1s));
  LimitState state = memory.update({55.2, 80, {}}, kKeepDischarge, at(2s));
  EXPECT_EQ(state.max_discharge_current, (LimitItem{true, 120}));
  EXPECT_TRUE(state.discharge_kept);
  state = memory.update({55.2, 80, {}}, kStopDischarge, at(2s));
  EXPECT_EQ(state.max_discharge_current, (LimitItem{true, 0}));

  LimitMemory without_voltage;
  without_voltage.update({{}, {}, 120}, kKeepDischarge, at(1s));
  EXPECT_EQ(without_voltage.update({}, kKeepDischarge, at(2s)).max_discharge_current,
            (LimitItem{true, std::nullopt}));
}

TEST(LimitMemory, FailSafeKeepsVoltageZeroesChargeAndAsksAboutDischarge) {
  LimitMemory memory;
  memory.update({55.2, 80, 120}, kKeepDischarge, at(1s));
  EXPECT_EQ(memory.fail_safe(kKeepDischarge).max_charge_voltage, (LimitItem{true, 55.2}));
  EXPECT_EQ(memory.fail_safe(kKeepDischarge).max_charge_current, (LimitItem{true, 0}));
  EXPECT_EQ(memory.fail_safe(kKeepDischarge).max_discharge_current, (LimitItem{true, 120}));
  EXPECT_EQ(memory.fail_safe(kStopDischarge).max_discharge_current, (LimitItem{true, 0}));
}

TEST(LimitMemory, FailSafeCreatesNoLimitTheBatteryNeverHad) {
  LimitMemory memory;
  memory.update({{}, 80, {}}, kKeepDischarge, at(1s));
  const LimitState state = memory.fail_safe(kStopDischarge);
  EXPECT_FALSE(state.max_charge_voltage.exists);
  EXPECT_EQ(state.max_charge_current, (LimitItem{true, 0}));
  EXPECT_FALSE(state.max_discharge_current.exists);
}

TEST(LimitMemory, DoesNotBringBackAVoltageLimitFromBeforeTheBatteryLeft) {
  LimitMemory memory;
  memory.update({55.2, 80, {}}, kKeepDischarge, at(1s));
  memory.battery_left();
  const LimitState state = memory.update({{}, 80, {}}, kKeepDischarge, at(500s));
  EXPECT_EQ(state.max_charge_voltage, (LimitItem{true, std::nullopt}));
  EXPECT_EQ(state.max_charge_current, (LimitItem{true, 0}));
}

TEST(LimitMemory, NeverShowsAVoltageLimitWithAnInvalidChargeLimitOnceGiven) {
  // Every sequence of four steps, each limit given or not.
  for (int steps = 0; steps < 8 * 8 * 8 * 8; ++steps) {
    LimitMemory memory;
    bool charge_given = false;
    for (int step = 0, bits = steps; step < 4; ++step, bits /= 8) {
      GivenLimits given;
      if (bits & 1) given.max_charge_voltage_v = 55;
      if (bits & 2) given.max_charge_current_a = 80;
      if (bits & 4) given.max_discharge_current_a = 120;
      charge_given = charge_given || given.max_charge_current_a;
      const LimitState state = memory.update(given, kKeepDischarge, at(4s * step));
      ASSERT_TRUE(!charge_given || state.max_charge_current.value) << steps;
      if (!given.max_charge_voltage_v || !given.max_charge_current_a) {
        const auto charge = state.max_charge_current.value;
        const bool had_voltage = state.max_charge_voltage.exists;
        ASSERT_TRUE(!charge || charge == 0 || (!had_voltage && given.max_charge_current_a))
            << steps;
      }
    }
  }
}

}  // namespace
}  // namespace dmb
