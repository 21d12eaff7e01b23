// SPDX-License-Identifier: MIT
// What holds for the limits of a bank whatever its members tell: docs/behaviour.md, "A bank of any
// batteries".
#include "../support/shunt_samples.h"
#include "dmb/control/guard.h"
#include "dmb/control/member_limits.h"
#include "random_input.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace dmb {
namespace {

using namespace std::chrono_literals;
using test::RandomInput;
using test::rule;
using Members = std::vector<MemberSnapshot>;

constexpr unsigned kCases = 300;
constexpr double kRounding = 1e-6;

/// All capacities are known, for the shares that are worked out here.
MemberSnapshot random_pack(std::size_t number, RandomInput& random) {
  MemberSnapshot pack =
      shunt("Pack" + std::to_string(number), {{"/Dc/0/Voltage", 52}}, random.between(50, 400));
  pack.values[q("/Dc/0/Current")] = random.maybe(5, -100, 100);
  pack.values[q("/Info/MaxChargeVoltage")] = random.maybe(4, 50, 58);
  pack.values[q("/Info/MaxChargeCurrent")] = random.maybe(4, 1, 200);
  pack.values[q("/Info/MaxDischargeCurrent")] = random.maybe(4, 1, 200);
  if (random.one_in(5)) pack.values[q("/Info/MaxChargeCurrent")] = 0;
  if (random.one_in(5)) pack.values[q("/Io/AllowToDischarge")] = 0;
  if (random.one_in(3)) pack.texts.charge_mode = "Float";
  return pack;
}

struct Shown {
  double charge_voltage_v = kNoCurrentLimitA;
  double charge_a = kNoCurrentLimitA;
  double discharge_a = kNoCurrentLimitA;
};

Shown shown(const MemberLimits& limits) {
  const auto value = [&limits](Limit limit) {
    const Vote* vote = decide(limits.votes(), limit);
    return vote != nullptr ? vote->value : kNoCurrentLimitA;
  };
  return {value(Limit::charge_voltage), value(Limit::charge_current),
          value(Limit::discharge_current)};
}

void check_current(const Members& members, double value_a, MemberQuantity limit,
                   MemberQuantity allowed) {
  rule(std::isfinite(value_a) && value_a >= 0, "no limit");
  const auto carries = [&](const MemberSnapshot& member) {
    return member.values[limit] != 0.0 && member.values[allowed] != 0.0;
  };
  double sum_a = 0;
  double capacity_ah = 0;
  bool told = false;
  for (const MemberSnapshot& member : members) {
    told = told || member.values[limit];
    if (!carries(member)) continue;
    sum_a += member.values[limit].value_or(0);
    capacity_ah += *member.capacity_ah;
  }
  rule(!told || value_a <= sum_a + kRounding, "more than all members allow together");
  for (const MemberSnapshot& member : members) {
    if (!carries(member) || !member.values[limit]) continue;
    const double least_share = 0.5 * *member.capacity_ah / capacity_ah;
    rule(value_a <= *member.values[limit] / least_share + kRounding,
         "more than a member allows for its least share");
  }
}

void check(const Members& members, const Shown& now) {
  if (members.empty()) return;
  check_current(members, now.charge_a, q("/Info/MaxChargeCurrent"), q("/Io/AllowToCharge"));
  check_current(members, now.discharge_a, q("/Info/MaxDischargeCurrent"),
                q("/Io/AllowToDischarge"));
  for (const MemberSnapshot& member : members)
    if (member.texts.charge_mode.empty() && member.values[q("/Info/MaxChargeVoltage")])
      rule(now.charge_voltage_v <= *member.values[q("/Info/MaxChargeVoltage")],
           "a charge voltage above that of a member in bulk");
}

void check_no_rise(const Shown& before, const Shown& after) {
  rule(after.charge_voltage_v <= before.charge_voltage_v, "CVL rose by a loss");
  rule(after.charge_a <= before.charge_a + kRounding, "CCL rose by a loss");
  rule(after.discharge_a <= before.discharge_a + kRounding, "DCL rose by a loss");
}

void lose_or_block(Members& members, RandomInput& random) {
  const std::size_t index = random.below(members.size());
  if (random.one_in(2))
    members.erase(members.begin() + static_cast<std::ptrdiff_t>(index));
  else if (random.one_in(2))
    members[index].values[q("/Io/AllowToCharge")] = 0;
  else
    members[index].values[q("/Info/MaxDischargeCurrent")] = 0;
}

TEST(AnyMemberLimits, AreNeverAboveWhatTheMembersAllow) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    MemberLimits limits{MemberLimitRules{}};
    Members members;
    Instant now{};
    for (int step = 0; step < 40; ++step) {
      now += random.pause(40s);
      const std::size_t number = random.below(4);
      std::erase_if(members, [&](const auto& member) {
        return member.id == "Pack" + std::to_string(number);
      });
      if (members.empty() || !random.one_in(4)) members.push_back(random_pack(number, random));
      const BankMoment moment{random.maybe(4, -200, 200), false};
      limits.update(members, moment, now);
      const Shown before = shown(limits);
      check(members, before);
      if (random.one_in(2)) continue;
      lose_or_block(members, random);
      limits.update(members, moment, now);
      check(members, shown(limits));
      if (!members.empty()) check_no_rise(before, shown(limits));
    }
  });
}

TEST(AnyMemberLimits, DoNotDependOnTheOrderOfTheMembers) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    MemberLimits one{MemberLimitRules{}};
    MemberLimits other{MemberLimitRules{}};
    Instant now{};
    for (int step = 0; step < 10; ++step) {
      now += random.pause(40s);
      Members members;
      for (std::size_t i = 0; i < 4; ++i)
        if (!random.one_in(4)) members.push_back(random_pack(i, random));
      one.update(members, {10, false}, now);
      random.shuffle(members);
      other.update(members, {10, false}, now);
      rule(std::fabs(shown(one).charge_a - shown(other).charge_a) < kRounding, "another CCL");
      rule(std::fabs(shown(one).discharge_a - shown(other).discharge_a) < kRounding, "another DCL");
      rule(shown(one).charge_voltage_v == shown(other).charge_voltage_v, "another CVL");
    }
  });
}

}  // namespace
}  // namespace dmb
