// SPDX-License-Identifier: MIT
// What holds for the virtual BMS whatever its members do: docs/behaviour.md, "Virtual BMS".
#include "../support/bank_watch.h"
#include "../support/shown_bms.h"
#include "../support/value_rules.h"
#include "dmb/bank/standing.h"
#include "dmb/battery/quantity.h"
#include "dmb/control/virtual_bms.h"
#include "dmb/device/aggregate_view.h"
#include "random_input.h"

namespace dmb {
namespace {

using namespace std::chrono_literals;
using Members = std::vector<ShuntSnapshot>;
using test::RandomInput;
using test::rule;

constexpr unsigned kCases = 1500;

BmsRules random_rules(RandomInput& random) {
  return {.max_charge_voltage_v = 56.8,
          .max_charge_current_a = random.maybe(3, 1, 500),
          .max_discharge_current_a = random.maybe(3, 1, 500),
          .stop_discharge_when_all_lost = random.one_in(3)};
}

/// Members that come and go, with alarms and temperatures that cross their limits now and then.
class Bank {
 public:
  explicit Bank(RandomInput& random) : random_(random) {
    for (const auto* id : {"a", "b", "c"}) all_.push_back(test::random_member(random, id));
  }

  Members present() const {
    Members members;
    for (std::size_t i = 0; i < all_.size(); ++i)
      if (present_[i]) members.push_back(all_[i]);
    return members;
  }

  void change() {
    const std::size_t i = random_.below(all_.size());
    if (random_.one_in(10)) present_[i] = !present_[i];
    MemberValues& values = all_[i].values;
    for (const MemberQuantity alarm : kStopAlarms) {
      if (random_.one_in(3)) values[alarm] = random_.one_in(12) ? 1 + double(random_.below(2)) : 0;
      if (random_.one_in(20)) values[alarm].reset();
    }
    values[q("/Dc/0/Temperature")] =
        random_.one_in(8) ? random_.maybe(4, 0, 50) : random_.between(10, 40);
  }

 private:
  RandomInput& random_;
  Members all_;
  std::array<bool, 3> present_{true, true, true};
};

TEST(AnyBms, NeverRaisesALimitWhileSomethingStopsItNorWithinItsDelay) {
  int stops = 0;
  int releases = 0;
  test::for_each_seed(kCases, [&](RandomInput& random) {
    const BmsRules rules = random_rules(random);
    VirtualBms bms(rules);
    test::BmsWatch watch(rules);
    Bank bank(random);
    Instant now{};
    bool allowed = true;
    for (int i = 0; i < 60; ++i) {
      now += random.pause(random.one_in(10) ? 700s : 40s);
      bank.change();
      const Members members = bank.present();
      const BmsOutput output = bms.update(members, now);
      watch.look(members, now, output);
      stops += allowed && !output.charge.allowed;
      releases += !allowed && output.charge.allowed;
      allowed = output.charge.allowed;
    }
  });
  EXPECT_GT(stops, 500);
  EXPECT_GT(releases, 500);
}

TEST(AnyBms, ReleasesByItselfAtTheTimeItNames) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    const BmsRules rules = random_rules(random);
    VirtualBms bms(rules);
    Bank bank(random);
    Instant now{};
    for (int i = 0; i < 40; ++i) {
      now += random.pause(20s);
      bank.change();
      const Members members = bank.present();
      const BmsOutput output = bms.update(members, now);
      const auto due = bms.deadline();
      if (!due) continue;
      rule(*due > now, "a deadline in the past: the loop would spin");
      VirtualBms early = bms;
      rule(early.update(members, *due - 1ms) == output, "changed before the deadline");
      VirtualBms then = bms;
      // A share may come back behind a stop that goes on.
      rule(!(then.update(members, *due) == output) || then.deadline() != due,
           "nothing changed at the deadline");
    }
  });
}

TEST(AnyBms, GivesEverythingBackWithinTwentyCalmMinutes) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    BmsRules rules = random_rules(random);
    rules.max_charge_current_a = 100;
    VirtualBms bms(rules);
    Bank bank(random);
    Instant now{};
    for (int i = 0; i < 40; ++i) {
      bank.change();
      bms.update(bank.present(), now += random.pause(40s));
    }
    Members calm;
    for (const auto* id : {"a", "b", "c"}) {
      calm.push_back(test::random_member(random, id));
      for (const MemberQuantity alarm : kStopAlarms) calm.back().values[alarm] = 0;
      calm.back().values[q("/Dc/0/Temperature")] = 20;
      calm.back().values[q("/Settings/HasTemperature")] = 1;
    }
    const Instant calm_since = now;
    BmsOutput output = bms.update(calm, now);
    for (int i = 0; i < 10 && bms.deadline(); ++i) output = bms.update(calm, now = *bms.deadline());
    EXPECT_EQ(bms.deadline(), std::nullopt);
    EXPECT_LE(now - calm_since, 20min);
    EXPECT_EQ(output.charge, (BmsDirection{true, 100, ""}));
    EXPECT_TRUE(output.discharge.allowed);
  });
}

TEST(AnyBms, DoesNotDependOnTheOrderOfItsMembers) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    const BmsRules rules = random_rules(random);
    VirtualBms first(rules);
    VirtualBms second(rules);
    Bank bank(random);
    Instant now{};
    for (int i = 0; i < 20; ++i) {
      now += random.pause(20s);
      bank.change();
      Members members = bank.present();
      const BmsOutput output = first.update(members, now);
      random.shuffle(members);
      EXPECT_EQ(second.update(members, now), output);
    }
  });
}

TEST(AnyBms, ShrinksToTheShareThatIsStillSeen) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    VirtualBms bms({.max_charge_voltage_v = 56.8,
                    .max_charge_current_a = 100,
                    .max_discharge_current_a = 200});
    Members members;
    double all_ah = 0;
    for (const auto* id : {"a", "b", "c", "d"}) {
      ShuntSnapshot member{.capacity_ah = random.between(10, 500),
                           .values = {},
                           .id = id,
                           .service = id,
                           .name = id};
      all_ah += *member.capacity_ah;
      members.push_back(member);
    }
    EXPECT_EQ(bms.update(members, Instant{}).charge.limit_a, 100);
    members.erase(members.begin() + static_cast<std::ptrdiff_t>(random.below(members.size())));
    double seen_ah = 0;
    for (const ShuntSnapshot& member : members) seen_ah += *member.capacity_ah;
    const BmsOutput output = bms.update(members, Instant(1s));
    EXPECT_TRUE(output.member_lost);
    EXPECT_NEAR(output.charge.limit_a, 100 * seen_ah / all_ah, 1e-9);
    EXPECT_NEAR(output.discharge.limit_a, 200 * seen_ah / all_ah, 1e-9);
  });
}

TEST(AnyBms, IsShownAsItIsWhateverWasShownBefore) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    VirtualBms bms(random_rules(random));
    ItemValues kept;
    create_aggregate_items(kept);
    test::ShownBms shown;
    for (int step = 0; step < 4; ++step) {
      Bank bank(random);
      const Instant now = Instant{} + step * 20s;
      if (random.one_in(3)) shown.show_silence(55, random.one_in(2), now, kept);
      const BmsOutput output = bms.update(bank.present(), now);
      shown.show(bms, now, kept);
      EXPECT_EQ(kept.number(q("/Info/MaxChargeVoltage")), output.max_charge_voltage_v);
      EXPECT_EQ(kept.number(q("/Info/MaxChargeCurrent")), output.charge.limit_a);
      EXPECT_EQ(kept.number(q("/Info/MaxDischargeCurrent")), output.discharge.limit_a);
      EXPECT_EQ(kept.number(q("/Io/AllowToCharge")), output.charge.allowed ? 1 : 0);
      EXPECT_EQ(kept.number(q("/Io/AllowToDischarge")), output.discharge.allowed ? 1 : 0);
      EXPECT_EQ(kept[q("/Info/ChargeLimitation")].value, OptValue(output.charge.reason));
      EXPECT_EQ(kept.number(q("/Alarms/BmsCable")), output.member_lost ? 1 : 0);
    }
  });
}

TEST(AnyBms, ShowsItsLimitsAsDecidedAndAZeroWhenTheLastShuntIsLost) {
  test::for_each_seed(kCases, [&](RandomInput& random) {
    VirtualBms bms(random_rules(random));
    Bank bank(random);
    ItemValues values;
    create_aggregate_items(values);
    const BmsOutput output = bms.update(bank.present(), Instant{});
    test::ShownBms shown;
    shown.show(bms, Instant{}, values);
    test::check_values(values, quantity_specs());
    EXPECT_EQ(values.number(q("/Info/MaxChargeVoltage")), output.max_charge_voltage_v);
    EXPECT_EQ(values.number(q("/Info/MaxChargeCurrent")), output.charge.limit_a);
    EXPECT_EQ(values.number(q("/Info/MaxDischargeCurrent")), output.discharge.limit_a);
    EXPECT_EQ(values.number(q("/Io/AllowToCharge")), output.charge.allowed ? 1 : 0);
    EXPECT_EQ(values.number(q("/Io/AllowToDischarge")), output.discharge.allowed ? 1 : 0);
    EXPECT_EQ(values.number(q("/Alarms/BmsCable")), 0);

    const bool stop_discharge = random.one_in(2);
    shown.show_silence(output.max_charge_voltage_v, stop_discharge, Instant{}, values);
    test::check_values(values, quantity_specs());
    EXPECT_EQ(values.number(q("/Info/MaxChargeVoltage")), output.max_charge_voltage_v);
    EXPECT_EQ(values.number(q("/Info/MaxChargeCurrent")), 0);
    EXPECT_EQ(values.number(q("/Io/AllowToCharge")), 0);
    EXPECT_EQ(values.number(q("/Info/MaxDischargeCurrent")),
              stop_discharge ? 0 : output.discharge.limit_a);
    EXPECT_EQ(values.number(q("/Alarms/BmsCable")), 2);
    EXPECT_EQ(values.number(q("/Soc")), std::nullopt);
  });
}

}  // namespace
}  // namespace dmb
