// SPDX-License-Identifier: MIT
// What holds for any members of an aggregate: docs/behaviour.md, "The bank as one battery".
#include "../support/bank_watch.h"
#include "dmb/bank/bank.h"
#include "dmb/bank/shunt_capacity.h"
#include "dmb/battery/quantity.h"
#include "dmb/device/aggregate_view.h"
#include "random_input.h"

#include <algorithm>
#include <cmath>

namespace dmb {
namespace {

using Members = std::vector<MemberSnapshot>;
using test::RandomInput;

constexpr unsigned kCases = 4000;

AggregateRules random_rules(RandomInput& random) {
  AggregateRules rules;
  rules.total_capacity_ah = random.maybe(2, 1, 2000);
  rules.time_to_go.recalculate_every = std::chrono::seconds(0);
  return rules;
}

bool nearly(const std::optional<double>& a, const std::optional<double>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return std::fabs(*a - *b) <= 1e-9 * std::max({1.0, std::fabs(*a), std::fabs(*b)});
}

void expect_same(const Aggregate& a, const Aggregate& b) {
  for (const MemberQuantity item : kAllMemberQuantities)
    EXPECT_TRUE(nearly(a.values[item], b.values[item])) << item.spec().path;
  EXPECT_TRUE(a.texts == b.texts);
  EXPECT_TRUE(nearly(a.capacity_ah, b.capacity_ah));
  EXPECT_EQ(a.time_to_go_s.has_value(), b.time_to_go_s.has_value());
  EXPECT_LE(std::abs(a.time_to_go_s.value_or(0) - b.time_to_go_s.value_or(0)), 1);
}

TEST(AnyAggregate, IsFiniteBetweenItsMembersOrTheirSum) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    const Members members = test::random_members(random, 6);
    const AggregateRules rules = random_rules(random);
    test::check_aggregate(members, rules, aggregate(members, rules));
  });
}

TEST(AnyAggregate, DoesNotDependOnTheOrderOfItsMembers) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    Members members = test::random_members(random, 6);
    const AggregateRules rules = random_rules(random);
    const Aggregate before = aggregate(members, rules);
    random.shuffle(members);
    expect_same(before, aggregate(members, rules));
  });
}

TEST(AnyAggregate, IsTheSameWithAMemberThatTellsNothing) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    Members members = test::random_members(random, 5);
    AggregateRules rules = random_rules(random);
    // The sum of the members' capacities is unknown as soon as one is.
    if (!rules.total_capacity_ah) rules.total_capacity_ah = 300;
    const Aggregate before = aggregate(members, rules);
    members.insert(
        members.begin() + static_cast<std::ptrdiff_t>(random.below(members.size() + 1)),
        MemberSnapshot{
            .capacity_ah = {}, .values = {}, .id = "mute", .service = "mute", .name = "mute"});
    expect_same(before, aggregate(members, rules));
  });
}

constexpr MemberQuantity kLowestCell = q("/System/MinCellVoltage");
constexpr MemberQuantity kHottest = q("/System/MaxCellTemperature");

TEST(AnyAggregate, NamesTheMemberOfEachExtreme) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    const Members members = test::random_members(random, 5);
    const Aggregate bank = aggregate(members, {});
    EXPECT_EQ(bank.values[kLowestCell].has_value(), !bank.texts.min_cell_id.empty());
    EXPECT_EQ(bank.values[kHottest].has_value(), !bank.texts.max_temperature_id.empty());
    for (const MemberSnapshot& member : members) {
      const auto& cell_v = member.values[kLowestCell];
      EXPECT_TRUE(!cell_v || *bank.values[kLowestCell] <= *cell_v);
      const bool is_named = bank.texts.min_cell_id.starts_with(member.name + " ");
      EXPECT_TRUE(!is_named || cell_v == bank.values[kLowestCell]);
      const auto& hot_c = member.values[kHottest];
      EXPECT_TRUE(!hot_c || *bank.values[kHottest] >= *hot_c);
    }
  });
}

TEST(AnyAggregate, HasNoCapacityWhileAMembersIsUnknownUnlessConfigured) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    const Members members = test::random_members(random, 4);
    const bool all_known =
        !members.empty() && std::all_of(members.begin(), members.end(),
                                        [](const auto& m) { return m.capacity_ah.has_value(); });
    EXPECT_EQ(bank_capacity_ah(members, {}).has_value(), all_known);
  });
}

TEST(AnyAggregate, GivesABiggerBatteryMoreWeightInTheStateOfCharge) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    Members members{test::random_member(random, "a"), test::random_member(random, "b")};
    constexpr MemberQuantity kSoc = q("/Soc");
    const double small_ah = random.between(1, 100);
    members[0].values[kSoc] = random.between(0, 100);
    members[1].values[kSoc] = random.between(0, 100);
    members[0].capacity_ah = small_ah;
    members[1].capacity_ah = small_ah * (2 + random.between(0, 8));
    const double big = *members[1].values[kSoc];
    const double small = *members[0].values[kSoc];
    const double soc = bank_soc_percent(members).value();
    EXPECT_LE(std::fabs(soc - big), std::fabs(soc - small) + 1e-9);
  });
}

TEST(AnyAggregate, ShowsTheVoltageThatTheAlarmIsAboutUnlessSomethingIsCharged) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    Members members = test::random_members(random, 5);
    for (MemberSnapshot& member : members) {
      auto& current_a = member.values[q("/Dc/0/Current")];
      if (current_a) current_a = -std::fabs(*current_a);
    }
    constexpr MemberQuantity kVoltage = q("/Dc/0/Voltage");
    bool low = false;
    bool high = false;
    for (const MemberSnapshot& member : members) {
      if (!member.values[kVoltage]) continue;
      low = low || member.values[q("/Alarms/LowVoltage")].value_or(0) != 0;
      high = high || member.values[q("/Alarms/HighVoltage")].value_or(0) != 0;
    }
    const auto shown = bank_voltage_v(members);
    if (!shown) return;
    for (const MemberSnapshot& member : members) {
      if (!member.values[kVoltage]) continue;
      EXPECT_TRUE(!low || high || *shown <= *member.values[kVoltage]);
      EXPECT_TRUE(!high || low || *shown >= *member.values[kVoltage]);
    }
  });
}

TEST(AnyBank, CountsWhoTellsWhatItNeedsAndIsOfOneBank) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    const bool alarms_needed = random.one_in(2);
    Members members = test::random_members(random, 7);
    const double bank_v = random.between(10, 55);
    for (MemberSnapshot& member : members) {
      auto& voltage_v = member.values[q("/Dc/0/Voltage")];
      if (voltage_v && !random.one_in(4)) voltage_v = bank_v * random.between(0.9, 1.1);
      if (random.one_in(2)) member.values[q("/Dc/0/Current")] = 0;
      if (!random.one_in(8)) member.values[q("/Connected")] = 1;
    }
    judge(members, {.alarms_needed = alarms_needed, .max_charge_voltage_v = {}});
    test::check_standings(members, alarms_needed);
    const Members judged = members;
    random.shuffle(members);
    judge(members, {.alarms_needed = alarms_needed, .max_charge_voltage_v = {}});
    for (const MemberSnapshot& member : members)
      for (const MemberSnapshot& before : judged)
        EXPECT_TRUE(before.id != member.id || before.standing == member.standing);
  });
}

TEST(AnyAggregate, IsShownAsItIsWhateverWasShownBefore) {
  test::for_each_seed(kCases / 4, [](RandomInput& random) {
    const AggregateRules rules = random_rules(random);
    ItemValues kept;
    create_aggregate_items(random.one_in(2) ? BankOf::shunts : BankOf::batteries, kept);
    const ItemValues empty = kept;
    for (int step = 0; step < 6; ++step) {
      const Members members = test::random_members(random, 4);
      const std::size_t offline = random.below(3);
      if (random.one_in(4)) show_nobody(kept);
      ItemValues fresh = empty;
      for (ItemValues* values : {&kept, &fresh}) {
        show_members({members.size(), offline}, "x", *values);
        show_aggregate(aggregate(members, rules), *values);
      }
      for (const Quantity id : fresh.existing()) EXPECT_EQ(kept[id], fresh[id]) << id.spec().path;
    }
  });
}

TEST(AnyBank, IsAlwaysWhatItsMembersGiveWhenComputedFromNothing) {
  test::for_each_seed(kCases / 4, [](RandomInput& random) {
    const AggregateRules rules = random_rules(random);
    Bank bank(rules);
    for (int step = 0; step < 20; ++step) {
      if (bank.all().empty() || random.one_in(6)) {
        bank.replace(test::random_members(random, 8), Instant());
      } else {
        const std::size_t index = random.below(bank.all().size());
        const Members other = test::random_members(random, 1);
        MemberValues values = bank.all()[index].values;
        const auto row = MemberQuantity::at(random.below(kMemberQuantities));
        if (!other.empty()) values[row] = other.front().values[row];
        bank.set(index, values,
                 random.one_in(3) ? random.maybe(3, 10, 500) : bank.all()[index].capacity_ah,
                 random.maybe(2, 0, 90), Instant());
        if (!other.empty()) bank.set_texts(index, other.front().texts);
      }
      if (random.one_in(2)) continue;  // several changes may come before it is asked
      const Aggregate fresh = aggregate(bank.members(), rules);
      const Aggregate& kept = bank.aggregate(Instant());
      EXPECT_EQ(kept.values, fresh.values);
      EXPECT_EQ(kept.texts, fresh.texts);
      EXPECT_EQ(kept.capacity_ah, fresh.capacity_ah);
      EXPECT_EQ(kept.time_to_go_s, fresh.time_to_go_s);
    }
  });
}

TEST(AnyMemberCapacity, IsNeverInventedAndStaysOnceItWasEstimated) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    MemberCapacity capacity;
    bool usable = false;
    for (int i = 0; i < 20; ++i) {
      const auto consumed_ah = random.maybe(4, -500, 0);
      const auto soc_percent = random.maybe(4, 0, 100);
      capacity.learn(consumed_ah, soc_percent);
      usable = usable || (consumed_ah && soc_percent && *consumed_ah != 0 && *soc_percent >= 10 &&
                          *soc_percent <= 90);
      const auto estimate = capacity.capacity_ah({}, CapacityMode::soc);
      EXPECT_EQ(estimate.has_value(), usable);
      EXPECT_TRUE(!estimate || (std::isfinite(*estimate) && *estimate > 0));
      EXPECT_EQ(
          capacity.capacity_ah({.register_ah = 290, .installed_ah = 5}, CapacityMode::registers),
          290);
    }
  });
}

}  // namespace
}  // namespace dmb
