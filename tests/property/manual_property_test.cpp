// SPDX-License-Identifier: MIT
// Whatever a person switches, no limit is above what it would be without: docs/behaviour.md,
// "Switches".
#include "dmb/battery/quantity.h"
#include "dmb/control/guard.h"
#include "dmb/control/manual.h"
#include "dmb/control/told_limits.h"
#include "dmb/device/battery_device.h"
#include "random_input.h"

#include <cmath>
#include <limits>
#include <set>
#include <string>

namespace dmb {
namespace {

using namespace std::chrono_literals;
using test::RandomInput;
using test::rule;

constexpr unsigned kCases = 1000;

/// One battery, with or without somebody who switches.
struct Course {
  const LimitState& update(const GivenLimits& given, const GuardNews& news,
                           std::optional<double> soc_percent, Instant now) {
    votes.clear();
    told.vote(given, votes);
    manual.vote(soc_percent, false, now, votes);
    return guard.update(votes, news, now);
  }

  ToldLimits told;
  ManualLimits manual;
  Guard guard;
  std::vector<Vote> votes;
};

std::optional<double> odd_number(RandomInput& random, double high) {
  if (random.one_in(3)) return std::nullopt;
  if (random.one_in(12)) return std::numeric_limits<double>::quiet_NaN();
  if (random.one_in(12)) return -1;
  if (random.one_in(12)) return 1e300;
  return random.between(0, high);
}

ManualWishes random_wishes(RandomInput& random) {
  return {.stop_charge = random.one_in(3),
          .stop_discharge = random.one_in(3),
          .charge_to_percent = odd_number(random, 110),
          .max_charge_current_a = odd_number(random, 250),
          .max_discharge_current_a = odd_number(random, 250)};
}

void check_not_above(const char* what, const LimitItem& with, const LimitItem& without) {
  const auto ceiling = without.value.value_or(std::numeric_limits<double>::infinity());
  rule(!with.value || std::isfinite(*with.value), std::string(what) + " is no number");
  rule(!with.value || *with.value <= ceiling + 1e-9, std::string(what) + " is higher");
  rule(!without.value || with.value, std::string(what) + " has gone");
}

/// Votes that limit in the turn in which they are cast.
void check_obeyed(const ManualWishes& wishes, const LimitState& state) {
  if (!state.max_charge_current.exists) return;
  rule(!wishes.stop_charge || state.max_charge_current.value == 0, "CCL in spite of a stop");
  rule(!wishes.stop_discharge || state.max_discharge_current.value == 0, "DCL in spite of a stop");
  const auto obeys = [](const std::optional<double>& maximum_a, const LimitItem& item) {
    return !maximum_a || !(*maximum_a >= 0) || *item.value <= *maximum_a;
  };
  rule(obeys(wishes.max_charge_current_a, state.max_charge_current), "CCL above the slider");
  rule(obeys(wishes.max_discharge_current_a, state.max_discharge_current), "DCL above the slider");
}

TEST(AnySwitches, RaiseNoLimitAndStopInTheSameTurn) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    Course with;
    Course without;
    ManualWishes wishes;
    Instant now{};
    for (int i = 0; i < 80; ++i) {
      now += random.pause(8s);
      if (random.one_in(4)) with.manual.change(wishes = random_wishes(random));
      GivenLimits given{random.maybe(5, 50, 58), random.maybe(4, 0, 200), random.maybe(4, 0, 200)};
      if (random.one_in(5)) given.max_charge_current_a = 0;
      const GuardNews news{.voltage_v = random.maybe(6, 46, 58),
                           .current_a = random.maybe(4, -50, 50),
                           .capacity_ah = 200,
                           .current_is_news = !random.one_in(5),
                           .stop_discharge = random.one_in(9)};
      const auto soc_percent = random.maybe(5, 0, 100);
      const LimitState& lower = with.update(given, news, soc_percent, now);
      const LimitState& upper = without.update(given, news, soc_percent, now);
      check_not_above("CVL", lower.max_charge_voltage, upper.max_charge_voltage);
      check_not_above("CCL", lower.max_charge_current, upper.max_charge_current);
      check_not_above("DCL", lower.max_discharge_current, upper.max_discharge_current);
      check_obeyed(wishes, lower);
    }
  });
}

/// What a battery tells at random, of sixteen cells that may be anywhere.
Reading random_message(RandomInput& random) {
  Reading reading;
  double sum_v = 0;
  for (int cell = 1; cell <= 16; ++cell) {
    const double cell_v = random.between(3.2, random.one_in(10) ? 3.65 : 3.4);
    reading.set(cell_voltage(cell), cell_v);
    sum_v += cell_v;
  }
  reading.set(q("/Dc/0/Voltage"), sum_v);
  reading.set(q("/Dc/0/Current"), random.between(-50, 50));
  reading.set(q("/Dc/0/Temperature"), random.between(-5, 50));
  if (!random.one_in(4)) reading.set(q("/Soc"), random.between(30, 100));
  if (random.one_in(2)) reading.set(q("/Info/MaxChargeCurrent"), random.between(0, 150));
  if (random.one_in(2)) reading.set(q("/Info/MaxDischargeCurrent"), random.between(0, 150));
  return reading;
}

TEST(AnySwitches, RaiseNoLimitOfABatteryWithAChargeControlEither) {
  ChargeRules charge(Chemistry::lfp);
  charge.max_charge_current_a = 100;
  charge.max_discharge_current_a = 150;
  const std::set<std::string> nobody;
  test::for_each_seed(60, [&](RandomInput& random) {
    const BatteryDeviceRules rules{
        .battery = {.timeout = 60s, .required = {q("/Dc/0/Voltage")}, .charge = charge},
        .topic = "a"};
    BatteryDevice with(rules);
    BatteryDevice without(rules);
    Instant now{1h};
    for (int i = 0; i < 60; ++i) {
      now += random.one_in(20) ? 65s : random.pause(8s);
      if (random.one_in(4)) with.handle(event::Wishes{random_wishes(random), nobody}, now);
      const Reading message = random_message(random);
      for (BatteryDevice* device : {&with, &without}) {
        if (i % 7 != 6) device->handle(event::Message{"a", false, message}, now);
        device->view(now);
      }
      const LimitState& lower = with.model().limits();
      const LimitState& upper = without.model().limits();
      check_not_above("CVL", lower.max_charge_voltage, upper.max_charge_voltage);
      check_not_above("CCL", lower.max_charge_current, upper.max_charge_current);
      check_not_above("DCL", lower.max_discharge_current, upper.max_discharge_current);
    }
  });
}

TEST(AnySwitches, LeaveNothingBehindOnceAllAreBack) {
  test::for_each_seed(kCases / 4, [](RandomInput& random) {
    Course with;
    Course without;
    Instant now{};
    const GuardNews news{.voltage_v = 53, .current_a = 10, .capacity_ah = 200};
    const GivenLimits given{55, random.maybe(3, 1, 200), random.maybe(3, 1, 200)};
    for (int i = 0; i < 40; ++i) {
      now += random.pause(8s);
      with.manual.change(random_wishes(random));
      with.update(given, news, 50, now);
      without.update(given, news, 50, now);
    }
    with.manual.change({});
    for (int i = 0; i < 400; ++i) {
      now += 1s;
      with.update(given, news, 50, now);
      without.update(given, news, 50, now);
    }
    const auto value = [](const LimitItem& item) { return item.value.value_or(kNoCurrentLimitA); };
    const LimitState& left = with.guard.state();
    const LimitState& never = without.guard.state();
    rule(left.max_charge_voltage.value == never.max_charge_voltage.value, "CVL stays lowered");
    rule(value(left.max_charge_current) == value(never.max_charge_current), "CCL stays lowered");
    rule(value(left.max_discharge_current) == value(never.max_discharge_current),
         "DCL stays lowered");
  });
}

}  // namespace
}  // namespace dmb
