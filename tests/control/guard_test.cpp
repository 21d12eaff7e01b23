// SPDX-License-Identifier: MIT
#include "dmb/control/guard.h"

#include "../support/told_guard.h"
#include "dmb/battery/charge_voltage.h"

#include <gtest/gtest.h>

namespace dmb {
namespace {

using namespace std::chrono_literals;
using test::ToldGuard;

constexpr bool kKeepDischarge = false;
constexpr bool kStopDischarge = true;

/// What of an item is seen on the bus.
using Shown = std::pair<bool, std::optional<double>>;
Shown shown(const LimitItem& item) {
  return {item.exists, item.value};
}

Instant at(std::chrono::milliseconds when) {
  return Instant(when);
}

TEST(Guard, ShowsNothingThatWasNeverGiven) {
  ToldGuard memory;
  EXPECT_EQ(memory.update({}, kKeepDischarge, at(1s)), LimitState{});
  EXPECT_EQ(memory.fail_safe(kStopDischarge, 52.0), LimitState{});
}

TEST(Guard, PassesOnWhatIsGiven) {
  ToldGuard memory;
  const LimitState state = memory.update({55.2, 80, 120}, kKeepDischarge, at(1s));
  EXPECT_EQ(shown(state.max_charge_voltage), (Shown{true, 55.2}));
  EXPECT_EQ(shown(state.max_charge_current), (Shown{true, 80}));
  EXPECT_EQ(shown(state.max_discharge_current), (Shown{true, 120}));
  EXPECT_EQ(state.causes, Causes().set(bit_of(Cause::given)));
}

TEST(Guard, ShowsNoLimitAsANumberBesideAVoltageLimitAndInventsNoDischargeLimit) {
  ToldGuard memory;
  const LimitState state = memory.update({55.2, {}, {}}, kKeepDischarge, at(1s));
  EXPECT_EQ(shown(state.max_charge_current), (Shown{true, kNoCurrentLimitA}));
  EXPECT_EQ(state.max_charge_current.cause, Cause::unlimited);
  EXPECT_FALSE(state.charge_stopped());
  EXPECT_FALSE(state.max_discharge_current.exists);
}

TEST(Guard, StopsWhenTheFirstCurrentLimitIsNotUsable) {
  ToldGuard memory;
  GivenLimits given{55.2, {}, {}};
  given.charge_current_named = given.discharge_current_unusable = true;
  const LimitState state = memory.update(given, kKeepDischarge, at(1s));
  EXPECT_EQ(shown(state.max_charge_current), (Shown{true, 0}));
  EXPECT_EQ(shown(state.max_discharge_current), (Shown{true, 0}));
  EXPECT_TRUE(state.charge_stopped() && state.discharge_stopped());
}

TEST(Guard, MakesNoCurrentLimitOfAnUnusableOneOfABatteryThatIsNoBms) {
  ToldGuard memory;
  GivenLimits given;
  given.charge_current_named = given.discharge_current_unusable = true;
  EXPECT_EQ(memory.update(given, kKeepDischarge, at(1s)), LimitState{});
}

TEST(Guard, StopsChargingThatTheBatteryBlocks) {
  ToldGuard memory;
  GivenLimits given{55.2, 80, {}};
  given.charge_blocked = true;
  const LimitState state = memory.update(given, kKeepDischarge, at(1s));
  EXPECT_EQ(shown(state.max_charge_voltage), (Shown{true, 55.2}));
  EXPECT_EQ(shown(state.max_charge_current), (Shown{true, 0}));
  EXPECT_EQ(state.max_charge_current.cause, Cause::charge_blocked);
}

TEST(Guard, IsNoBmsByAVoltageLimitThatCannotBeRight) {
  ToldGuard memory;
  GivenLimits given{{}, 80, {}};
  given.charge_voltage_refused = true;
  LimitState state = memory.update(given, kKeepDischarge, at(1s));
  EXPECT_FALSE(state.max_charge_voltage.exists);
  EXPECT_EQ(shown(state.max_charge_current), (Shown{true, 0}));
  memory.update({55.2, 80, {}}, kKeepDischarge, at(2s));
  state = memory.update(given, kKeepDischarge, at(3s));
  EXPECT_EQ(state.max_charge_voltage.value, 55.2) << "for ten seconds, beside the zero";
  EXPECT_EQ(state.max_charge_current.value, 0);
  state = memory.update(given, kKeepDischarge, at(13s));
  EXPECT_EQ(state.max_charge_voltage.value, std::nullopt);
}

TEST(ChargeVoltage, FitsFromALittleBelowToALittleAboveTheMeasuredOne) {
  struct Case {
    double charge_v;
    std::optional<double> measured_v;
    bool fits;
  };
  for (const Case& c : {Case{55.2, 52.7, true},
                        {0, 52.7, false},
                        {-1, std::nullopt, false},
                        {0, std::nullopt, false},
                        {55.2, std::nullopt, true},
                        {552, 52.7, false},
                        {5.52, 52.7, false},
                        {56.8, 13.2, false},
                        {14.4, 26.4, false},
                        {14.4, 13.2, true},
                        {56, 40, true},
                        {56.1, 40, false},
                        {42.5, 50, true},
                        {42.4, 50, false},
                        {55.2, 0, false}})
    EXPECT_EQ(charge_voltage_fits(c.charge_v, c.measured_v), c.fits) << c.charge_v;
}

TEST(ChargeVoltageFit, StaysRightWhileTheBatteryIsEmpty) {
  struct Step {
    double charge_v;
    std::optional<double> measured_v;
    bool fits;
  };
  const std::vector<std::pair<const char*, std::vector<Step>>> cases{
      {"never right before", {{14.4, 10.2, false}, {14.4, 10.2, false}}},
      {"right before",
       {{14.4, 13.2, true}, {14.4, 10.2, true}, {14.4, 8.3, true}, {14.4, 8.2, false}}},
      {"48 V", {{56.8, 52, true}, {56.8, 40, true}, {56.8, 32.4, false}}},
      {"near what was right",
       {{55.2, 52, true}, {56.8, 38, true}, {61, 38, true}, {68, 40, false}}},
      {"in another unit", {{14.4, 13.2, true}, {28.8, 18, false}, {144, 13.2, false}}},
      {"not measured", {{14.4, std::nullopt, true}, {14.4, 10.2, false}}},
      {"too low", {{14.4, 13.2, true}, {11, 13.2, false}}}};
  for (const auto& [what, steps] : cases) {
    ChargeVoltageFit fit;
    for (const Step& step : steps)
      EXPECT_EQ(fit.fits(step.charge_v, step.measured_v), step.fits)
          << what << ": " << step.charge_v << " V";
  }
}

TEST(ChargeVoltageFit, GoesOnAfterARestart) {
  ChargeVoltageFit before;
  EXPECT_TRUE(before.fits(14.4, 13.2));
  ChargeVoltageFit after(before.right_v());
  EXPECT_TRUE(after.fits(14.4, 10.2));
  EXPECT_FALSE(ChargeVoltageFit(std::nullopt).fits(14.4, 10.2));
}

TEST(Guard, StopsChargingWhenTheChargeCurrentLimitIsLost) {
  ToldGuard memory;
  memory.update({55.2, 80, 120}, kKeepDischarge, at(1s));
  const LimitState state = memory.update({55.2, {}, 120}, kKeepDischarge, at(2s));
  EXPECT_EQ(shown(state.max_charge_voltage), (Shown{true, 55.2}));
  EXPECT_EQ(shown(state.max_charge_current), (Shown{true, 0}));
  EXPECT_EQ(state.max_charge_current.cause, Cause::not_usable);
  EXPECT_EQ(shown(memory.update({55.2, 70, 120}, kKeepDischarge, at(3s)).max_charge_current),
            (Shown{true, 70}));
}

TEST(Guard, KeepsALostVoltageLimitBesideZeroForTenSecondsThenDropsIt) {
  ToldGuard memory;
  memory.update({55.2, 80, 120}, kKeepDischarge, at(1s));
  LimitState state = memory.update({{}, 80, 120}, kKeepDischarge, at(2s));
  EXPECT_EQ(shown(state.max_charge_voltage), (Shown{true, 55.2}));
  EXPECT_EQ(shown(state.max_charge_current), (Shown{true, 0}));
  EXPECT_EQ(memory.deadline(), at(12s));
  state = memory.update({{}, 80, 120}, kKeepDischarge, at(11999ms));
  EXPECT_EQ(state.max_charge_voltage.value, 55.2);
  state = memory.update({{}, 80, 120}, kKeepDischarge, at(12s));
  EXPECT_EQ(shown(state.max_charge_voltage), (Shown{true, std::nullopt}));
  EXPECT_EQ(shown(state.max_charge_current), (Shown{true, 0}));
  EXPECT_EQ(memory.deadline(), std::nullopt);
  state = memory.update({56, 80, 120}, kKeepDischarge, at(20s));
  EXPECT_EQ(shown(state.max_charge_voltage), (Shown{true, 56}));
  EXPECT_EQ(shown(state.max_charge_current), (Shown{true, 80}));
}

TEST(Guard, KeepsTheLastDischargeLimitWhereNoneWouldMeanUnlimited) {
  ToldGuard memory;
  memory.update({55.2, 80, 120}, kKeepDischarge, at(1s));
  LimitState state = memory.update({55.2, 80, {}}, kKeepDischarge, at(2s));
  EXPECT_EQ(shown(state.max_discharge_current), (Shown{true, 120}));
  EXPECT_EQ(state.max_discharge_current.cause, Cause::kept);
  state = memory.update({55.2, 80, {}}, kStopDischarge, at(2s));
  EXPECT_EQ(shown(state.max_discharge_current), (Shown{true, 0}));

  ToldGuard without_voltage;
  without_voltage.update({{}, {}, 120}, kKeepDischarge, at(1s));
  EXPECT_EQ(shown(without_voltage.update({}, kKeepDischarge, at(2s)).max_discharge_current),
            (Shown{true, std::nullopt}));
}

TEST(Guard, FailSafeLowersVoltageToTheLastZeroesChargeAndAsksAboutDischarge) {
  ToldGuard memory;
  memory.update({55.2, 80, 120}, kKeepDischarge, at(1s));
  const auto voltage_limit = [&](std::optional<double> last_voltage_v) {
    memory.update({55.2, 80, 120}, kKeepDischarge, at(1s));
    return shown(memory.fail_safe(kKeepDischarge, last_voltage_v).max_charge_voltage);
  };
  EXPECT_EQ(voltage_limit(52.7), (Shown{true, 52.7}));
  EXPECT_EQ(voltage_limit(55.9), (Shown{true, 55.2})) << "never higher";
  EXPECT_EQ(voltage_limit(std::nullopt), (Shown{true, 55.2}));
  EXPECT_EQ(voltage_limit(0), (Shown{true, 55.2})) << "0 V would go out to the chargers";
  voltage_limit(52.7);
  EXPECT_EQ(memory.update({{}, 80, 120}, kKeepDischarge, at(2s)).max_charge_voltage.value, 52.7)
      << "nor higher again before one is given";
  EXPECT_EQ(shown(memory.fail_safe(kKeepDischarge, 52.7).max_charge_current), (Shown{true, 0}));
  EXPECT_EQ(shown(memory.fail_safe(kKeepDischarge, 52.7).max_discharge_current),
            (Shown{true, 120}));
  EXPECT_EQ(shown(memory.fail_safe(kStopDischarge, 52.7).max_discharge_current), (Shown{true, 0}));
}

TEST(Guard, LetsChargingBeginAfterARefusedVoltageWithAnotherOneOnly) {
  ToldGuard memory;
  GivenLimits given{{}, 80, {}};
  given.charge_voltage_refused = true;
  EXPECT_EQ(memory.update(given, kKeepDischarge, at(1s)).max_charge_current.value, 0);
  given.charge_voltage_refused = false;  // it has grown too old
  EXPECT_EQ(memory.update(given, kKeepDischarge, at(2s)).max_charge_current.value, 0);
  given.max_charge_voltage_v = 55.2;
  EXPECT_EQ(memory.update(given, kKeepDischarge, at(3s)).max_charge_current.value, 80);
}

TEST(Guard, FailSafeCreatesNoLimitTheBatteryNeverHad) {
  ToldGuard memory;
  memory.update({{}, 80, {}}, kKeepDischarge, at(1s));
  const LimitState state = memory.fail_safe(kStopDischarge, 52.7);
  EXPECT_FALSE(state.max_charge_voltage.exists);
  EXPECT_EQ(shown(state.max_charge_current), (Shown{true, 0}));
  EXPECT_FALSE(state.max_discharge_current.exists);
}

TEST(Guard, DoesNotBringBackAVoltageLimitFromBeforeTheBatteryLeft) {
  ToldGuard memory;
  memory.update({55.2, 80, {}}, kKeepDischarge, at(1s));
  memory.battery_left();
  const LimitState state = memory.update({{}, 80, {}}, kKeepDischarge, at(500s));
  EXPECT_EQ(shown(state.max_charge_voltage), (Shown{true, std::nullopt}));
  EXPECT_EQ(shown(state.max_charge_current), (Shown{true, 0}));
}

TEST(Guard, NeverShowsAVoltageLimitWithoutAChargeLimitThatIsANumber) {
  // Every sequence of four steps, each limit given or not.
  for (int steps = 0; steps < 8 * 8 * 8 * 8; ++steps) {
    ToldGuard memory;
    bool named = false;
    for (int step = 0, bits = steps; step < 4; ++step, bits /= 8) {
      GivenLimits given;
      if (bits & 1) given.max_charge_voltage_v = 55;
      if (bits & 2) given.max_charge_current_a = 80;
      if (bits & 4) given.max_discharge_current_a = 120;
      named = named || given.max_charge_current_a;
      const LimitState state = memory.update(given, kKeepDischarge, at(4s * step));
      const auto charge = state.max_charge_current.value;
      const bool had_voltage = state.max_charge_voltage.exists;
      std::optional<double> expected;
      if (given.max_charge_voltage_v)
        expected = given.max_charge_current_a.value_or(named ? 0 : kNoCurrentLimitA);
      else if (had_voltage)
        expected = 0;
      else if (named)
        expected = given.max_charge_current_a.value_or(0);
      ASSERT_EQ(charge, expected) << steps;
    }
  }
}

}  // namespace
}  // namespace dmb
