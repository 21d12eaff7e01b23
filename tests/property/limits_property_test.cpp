// SPDX-License-Identifier: MIT
// What holds for limits, signals and time to go whatever comes: docs/behaviour.md, "Limits",
// "Publishing", "Time to go".
#include "../support/told_guard.h"
#include "dmb/battery/life.h"
#include "dmb/battery/quantity.h"
#include "dmb/battery/time_to_go.h"
#include "dmb/device/change.h"
#include "random_input.h"

#include <algorithm>
#include <cmath>

namespace dmb {
namespace {

using namespace std::chrono_literals;
using test::RandomInput;
using test::rule;
using test::ToldGuard;

constexpr unsigned kCases = 3000;

/// The rules of guard.h, seen from outside.
void check_limits(const LimitState& state, const GivenLimits& given, bool ccl_given,
                  bool stop_discharge) {
  const LimitItem& cvl = state.max_charge_voltage;
  const LimitItem& ccl = state.max_charge_current;
  const LimitItem& dcl = state.max_discharge_current;
  rule(ccl.exists == (ccl_given || cvl.exists) && ccl.exists == ccl.value.has_value(),
       "CCL was given, or stands beside a CVL, and is invalid");
  rule(!given.max_charge_voltage_v || cvl.value == given.max_charge_voltage_v, "another CVL");
  const bool charge_may_flow = ccl.value.value_or(0) > 0;
  const auto allowed_a = ccl_given ? given.max_charge_current_a : kNoCurrentLimitA;
  rule(!charge_may_flow || (ccl.value == allowed_a && given.max_charge_voltage_v) || !cvl.exists,
       "CCL above 0 that nobody gives, or beside a lost CVL");
  rule(!given.max_discharge_current_a || dcl.value == given.max_discharge_current_a, "another DCL");
  rule(!dcl.exists || dcl.value || !cvl.value, "DCL was given and is invalid beside a CVL");
  rule(!stop_discharge || given.max_discharge_current_a || !dcl.exists || dcl.value == 0,
       "a lost DCL is not 0");
}

TEST(AnyLimits, AreNeverUnlimitedOnceGiven) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    ToldGuard memory;
    const bool stop_discharge = random.one_in(2);
    bool ccl_given = false;
    Instant now{};
    for (int i = 0; i < 60; ++i) {
      now += random.pause(8s);
      const GivenLimits given{random.maybe(3, 10, 60), random.maybe(3, 0, 200),
                              random.maybe(3, 0, 200)};
      ccl_given = ccl_given || given.max_charge_current_a;
      check_limits(memory.update(given, stop_discharge, now), given, ccl_given, stop_discharge);
      const auto due = memory.deadline();
      rule(!due || (*due > now && *due <= now + kFailSafeHold), "a deadline that cannot be right");
    }
  });
}

TEST(AnyLimits, KeepALostChargeVoltageForTenSecondsBesideZeroCurrent) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    ToldGuard memory;
    const double voltage_v = random.between(10, 60);
    memory.update({voltage_v, 50.0, random.maybe(2, 0, 100)}, false, Instant{});
    const Instant lost = Instant{} + random.pause(60s);
    memory.update({std::nullopt, random.maybe(2, 0, 200), std::nullopt}, false, lost);
    const Instant now = lost + random.pause(20s);
    const LimitState state =
        memory.update({std::nullopt, random.maybe(2, 0, 200), std::nullopt}, false, now);
    EXPECT_EQ(state.max_charge_current.value, 0);
    if (now < lost + kFailSafeHold)
      EXPECT_EQ(state.max_charge_voltage.value, voltage_v);
    else
      EXPECT_EQ(state.max_charge_voltage.value, std::nullopt);
  });
}

TEST(AnyFailSafe, ShowsNoHigherLimitThanBefore) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    ToldGuard memory;
    const bool stop_discharge = random.one_in(2);
    LimitState before;
    Instant now{};
    for (std::size_t i = 1 + random.below(10); i > 0; --i) {
      now += random.pause(8s);
      before =
          memory.update({random.maybe(3, 10, 60), random.maybe(3, 0, 200), random.maybe(3, 0, 200)},
                        stop_discharge, now);
    }
    const double last_v = random.between(40, 60);
    const LimitState after = memory.fail_safe(stop_discharge, last_v);
    auto lowered = before.max_charge_voltage;
    if (lowered.value) lowered.value = std::min(*lowered.value, last_v);
    EXPECT_EQ(after.max_charge_voltage.exists, lowered.exists);
    EXPECT_EQ(after.max_charge_voltage.value, lowered.value);
    EXPECT_EQ(after.max_charge_current.exists, before.max_charge_current.exists);
    EXPECT_EQ(after.max_charge_current.value.value_or(0), 0);
    const auto& dcl = after.max_discharge_current.value;
    EXPECT_TRUE(!before.max_discharge_current.value ||
                (dcl && *dcl <= *before.max_discharge_current.value));
    EXPECT_TRUE(!stop_discharge || dcl.value_or(0) == 0);
    memory.battery_left();
    EXPECT_EQ(memory.fail_safe(stop_discharge, last_v).max_charge_voltage.value, std::nullopt);
  });
}

bool is_alarm_or_limit(std::string_view path) {
  return path.starts_with("/Alarms/") || path == "/Info/MaxChargeVoltage" ||
         path == "/Info/MaxChargeCurrent" || path == "/Info/MaxDischargeCurrent";
}

TEST(AnyChange, OfAnAlarmOrLimitGoesOutAtOnceAndTheRestWithinTheInterval) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    const auto items = quantity_specs();
    const std::chrono::milliseconds interval(random.below(1000));
    SignalGate gate(interval);
    ItemValues shown(items.size());
    Instant now(1h);
    std::optional<Instant> last;
    for (int i = 0; i < 20; ++i) {
      now += random.pause(300ms);
      ItemValues wanted = shown;
      const auto id = Quantity::at(random.below(items.size()));
      wanted.set(id, std::nullopt);
      if (id.spec().kind == Kind::measure)
        wanted.set(id, random.between(id.spec().min, id.spec().max));
      ChangeFinder finder(items);
      const Changes& changes = finder.find(shown, wanted);
      if (changes.items.empty()) continue;
      const Instant due = gate.due(changes.urgent, now);
      rule(!is_alarm_or_limit(id.spec().path) || due == now, "an alarm or a limit was delayed");
      rule(last || due == now, "the first change was delayed");
      rule(due >= now && due <= std::max(now, last.value_or(now) + interval), "delayed too long");
      rule(due == now || due == *last + interval, "not gathered into the next signal");
      if (due > now) continue;
      gate.sent(now);
      last = now;
      shown = wanted;
    }
  });
}

TEST(AnyTimeToGo, IsWithinTenDaysAndAgreesWithItsInputs) {
  test::for_each_seed(4 * kCases, [](RandomInput& random) {
    TimeToGoConfig config;
    config.soc_floor_percent = random.between(0, 100);
    if (random.one_in(2)) config.while_charging = TimeToGoConfig::WhileCharging::none;
    const TimeToGoInputs inputs{random.one_in(4) ? std::optional(random.between(-1e-300, 1e-300))
                                                 : random.maybe(8, -500, 500),
                                random.maybe(8, 0, 100), random.maybe(3, 0.001, 1e6),
                                random.maybe(3, 0, 1e6)};
    const auto seconds = time_to_go(inputs, config);
    const bool known =
        inputs.current_a && inputs.soc_percent &&
        (inputs.installed_capacity_ah || (inputs.capacity_ah && *inputs.soc_percent > 0));
    rule(known || !seconds, "a time to go from nowhere");
    if (!seconds) return;
    rule(*seconds >= 0 && *seconds <= kTimeToGoCap, "a time to go out of range");
    rule(*inputs.current_a != 0 || *seconds == kTimeToGoCap, "an end without current");
    rule(*inputs.current_a >= 0 || *inputs.soc_percent > config.soc_floor_percent || *seconds == 0,
         "time left at the floor");
    rule(*inputs.current_a <= 0 || config.while_charging == TimeToGoConfig::WhileCharging::full,
         "a time while charging");
  });
}

TEST(AnyTimeToGo, IsRecalculatedNoMoreOftenThanConfiguredUnlessTheSignChanges) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    TimeToGoConfig config;
    config.soc_floor_percent = 0;
    TimeToGoClock clock;
    Instant now(1h);
    std::optional<std::int32_t> shown;
    std::optional<Instant> changed;
    bool charging = false;
    for (int i = 0; i < 30; ++i) {
      now += random.pause(100s);
      const double current_a = random.one_in(4) ? 20 : -random.between(1, 100);
      const auto seconds =
          clock.update({current_a, random.between(5, 95), 100.0, 50.0}, config, now);
      const bool turned = charging != (current_a > 0);
      charging = current_a > 0;
      rule(!turned || seconds, "no time to go when the current turns");
      if (seconds == shown) continue;
      rule(!changed || turned || now - *changed >= config.recalculate_every,
           "recalculated too soon");
      shown = seconds;
      changed = now;
    }
  });
}

}  // namespace
}  // namespace dmb
