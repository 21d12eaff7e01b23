// SPDX-License-Identifier: MIT
#include "dmb/control/virtual_bms.h"

#include "../support/shunt_samples.h"
#include "dmb/control/guard.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace dmb {
namespace {

using namespace std::chrono_literals;
using Members = std::vector<MemberSnapshot>;

/// One direction of current as a VirtualBms's votes decide it.
struct BmsDirection {
  bool allowed = true;
  double limit_a = 0;
  std::string reason;
  bool operator==(const BmsDirection&) const = default;
};

struct BmsOutput {
  double max_charge_voltage_v = 0;
  BmsDirection charge;
  BmsDirection discharge;
  bool member_lost = false;
  bool operator==(const BmsOutput&) const = default;
};

/// A VirtualBms whose update() says at once what comes of its votes.
class DecidedBms : public VirtualBms {
 public:
  using VirtualBms::VirtualBms;

  BmsOutput update(std::span<const MemberSnapshot> members, Instant now) {
    VirtualBms::update(members, now);
    return {decide(votes(), Limit::charge_voltage)->value, decided(Limit::charge_current),
            decided(Limit::discharge_current), known().lost() > 0};
  }

 private:
  BmsDirection decided(Limit limit) const {
    const Vote& vote = *decide(votes(), limit);
    return {vote.value > 0, vote.value, describe(vote.reason)};
  }
};

const BmsRules kRules{
    .max_charge_voltage_v = 56.8, .max_charge_current_a = 100, .max_discharge_current_a = 200};

Instant at(std::chrono::milliseconds when) {
  return Instant(when);
}

MemberSnapshot calm(const std::string& id, std::optional<double> capacity_ah = 100) {
  return shunt(id,
               {{"/Alarms/HighVoltage", 0},
                {"/Alarms/LowVoltage", 0},
                {"/Alarms/LowSoc", 0},
                {"/Alarms/HighTemperature", 0},
                {"/Alarms/LowTemperature", 0},
                {"/Dc/0/Temperature", 20}},
               capacity_ah);
}

MemberSnapshot with(const char* path, double value, const std::string& id = "House 2") {
  MemberSnapshot member = calm(id);
  member.values[find_member_quantity(path).value()] = value;
  return member;
}

MemberSnapshot without(const char* path, const std::string& id = "House 2") {
  MemberSnapshot member = calm(id);
  member.values[find_member_quantity(path).value()].reset();
  return member;
}

TEST(VirtualBms, AllowsEverythingWithinItsLimitsWhenAllIsCalm) {
  DecidedBms bms(kRules);
  const BmsOutput out = bms.update(Members{calm("a"), calm("b")}, at(1s));
  EXPECT_EQ(out, (BmsOutput{56.8, {true, 100, ""}, {true, 200, ""}, false}));
  EXPECT_EQ(bms.deadline(), std::nullopt);
}

TEST(VirtualBms, StopsWhatTheTableSays) {
  struct Case {
    const char* path;
    double value;
    bool charge, discharge;
    const char* reason;
  };
  const std::vector<Case> cases{
      {"/Alarms/HighVoltage", 2, false, true, "House 2: high voltage alarm"},
      {"/Alarms/HighVoltage", 1, false, true, "House 2: high voltage alarm"},
      {"/Alarms/HighTemperature", 2, false, false, "House 2: high temperature alarm"},
      {"/Alarms/LowTemperature", 2, false, true, "House 2: low temperature alarm"},
      {"/Alarms/LowVoltage", 2, true, false, "House 2: low voltage alarm"},
      {"/Alarms/LowSoc", 2, true, false, "House 2: low state-of-charge alarm"},
      {"/Dc/0/Temperature", 45.1, false, true, "House 2: too hot"},
      {"/Dc/0/Temperature", 4.9, false, true, "House 2: too cold"},
      {"/Dc/0/Temperature", 45, true, true, ""},
      {"/Dc/0/Temperature", 5, true, true, ""},
      {"/Alarms/MidVoltage", 2, true, true, ""},
  };
  for (const Case& c : cases) {
    DecidedBms bms(kRules);
    const BmsOutput out = bms.update(Members{calm("a"), with(c.path, c.value)}, at(1s));
    EXPECT_EQ(out.charge.allowed, c.charge) << c.path;
    EXPECT_EQ(out.charge.limit_a, c.charge ? 100 : 0) << c.path;
    EXPECT_EQ(out.discharge.allowed, c.discharge) << c.path;
    EXPECT_EQ(out.discharge.limit_a, c.discharge ? 200 : 0) << c.path;
    EXPECT_EQ(c.charge ? out.discharge.reason : out.charge.reason, c.reason) << c.path;
    EXPECT_EQ(out.max_charge_voltage_v, 56.8) << "CVL stays, else DVCC sees no BMS";
  }
}

TEST(VirtualBms, NamesEveryReason) {
  DecidedBms bms(kRules);
  const BmsOutput out = bms.update(
      Members{with("/Alarms/HighVoltage", 2, "a"), with("/Dc/0/Temperature", 50, "b")}, at(1s));
  EXPECT_EQ(out.charge.reason, "a: high voltage alarm; b: too hot");
}

TEST(VirtualBms, NeverTurnsANumberInvalidWhereNoLimitIsConfigured) {
  DecidedBms bms({.max_charge_voltage_v = 56.8});
  const BmsDirection free{true, kNoCurrentLimitA, ""};
  EXPECT_EQ(bms.update(Members{calm("a"), calm("b")}, at(1s)).charge, free);
  EXPECT_EQ(bms.update(Members{calm("a"), calm("b")}, at(1s)).discharge, free);
  EXPECT_EQ(bms.update(Members{with("/Alarms/HighVoltage", 2, "a"), calm("b")}, at(2s)).charge,
            (BmsDirection{false, 0, "a: high voltage alarm"}));
  bms.update(Members{calm("a"), calm("b")}, at(3s));
  EXPECT_EQ(bms.update(Members{calm("a"), calm("b")}, at(33s)).charge, free);
  EXPECT_EQ(bms.update(Members{calm("a")}, at(34s)).discharge,
            (BmsDirection{true, kNoCurrentLimitA, "1 of 2 shunts lost"}));
}

TEST(VirtualBms, ReleasesAfterThirtyCalmSecondsAndNotBefore) {
  DecidedBms bms(kRules);
  bms.update(Members{with("/Alarms/HighVoltage", 2)}, at(100s));
  EXPECT_EQ(bms.update(Members{calm("House 2")}, at(110s)).charge.limit_a, 0);
  EXPECT_EQ(bms.deadline(), at(140s));
  EXPECT_EQ(bms.update(Members{calm("House 2")}, at(139999ms)).charge.limit_a, 0);
  EXPECT_EQ(bms.update(Members{calm("House 2")}, at(140s)).charge, (BmsDirection{true, 100, ""}));
  EXPECT_EQ(bms.deadline(), std::nullopt);
}

TEST(VirtualBms, StartsTheDelayAnewWithEveryNewAlarm) {
  DecidedBms bms(kRules);
  bms.update(Members{with("/Alarms/HighVoltage", 2)}, at(100s));
  bms.update(Members{calm("House 2")}, at(110s));
  bms.update(Members{with("/Alarms/HighVoltage", 2)}, at(139s));
  EXPECT_EQ(bms.deadline(), std::nullopt);
  bms.update(Members{calm("House 2")}, at(141s));
  EXPECT_FALSE(bms.update(Members{calm("House 2")}, at(170s)).charge.allowed);
  EXPECT_TRUE(bms.update(Members{calm("House 2")}, at(171s)).charge.allowed);
}

TEST(VirtualBms, NeedsTwoDegreesBackToRelease) {
  DecidedBms bms(kRules);
  bms.update(Members{with("/Dc/0/Temperature", 46)}, at(1s));
  bms.update(Members{with("/Dc/0/Temperature", 43.1)}, at(2s));
  EXPECT_EQ(bms.deadline(), std::nullopt) << "still counts as hot";
  bms.update(Members{with("/Dc/0/Temperature", 43)}, at(3s));
  EXPECT_EQ(bms.deadline(), at(33s));

  DecidedBms cold(kRules);
  cold.update(Members{with("/Dc/0/Temperature", 4)}, at(1s));
  cold.update(Members{with("/Dc/0/Temperature", 6.9)}, at(2s));
  EXPECT_EQ(cold.deadline(), std::nullopt);
  cold.update(Members{with("/Dc/0/Temperature", 7)}, at(3s));
  EXPECT_EQ(cold.deadline(), at(33s));
}

TEST(VirtualBms, StopsAColdAndAHotMemberAtOnce) {
  DecidedBms bms(kRules);
  const BmsOutput out = bms.update(
      Members{with("/Dc/0/Temperature", -20, "a"), with("/Dc/0/Temperature", 46, "b")}, at(1s));
  EXPECT_EQ(out.charge.reason, "a: too cold; b: too hot");
  EXPECT_TRUE(out.discharge.allowed) << "LiFePO4 may be discharged in the cold";
}

TEST(VirtualBms, ShrinksToTheShareOfCapacityStillSeen) {
  DecidedBms bms(kRules);
  bms.update(Members{calm("a", 100), calm("b", 300)}, at(1s));
  BmsOutput out = bms.update(Members{calm("b", 300)}, at(2s));
  EXPECT_TRUE(out.member_lost);
  EXPECT_EQ(out.charge, (BmsDirection{true, 75, "1 of 2 shunts lost: limited to 75 %"}));
  EXPECT_EQ(out.discharge.limit_a, 150);
  out = bms.update(Members{calm("a", 100), calm("b", 300)}, at(3s));
  EXPECT_FALSE(out.member_lost);
  EXPECT_EQ(
      out.charge,
      (BmsDirection{true, 75, "shunts are back, their share follows after 30 s: limited to 75 %"}));
  EXPECT_EQ(bms.deadline(), at(33s));
  out = bms.update(Members{calm("a", 100), calm("b", 300)}, at(33s));
  EXPECT_EQ(out.charge, (BmsDirection{true, 100, ""}));
  EXPECT_EQ(bms.deadline(), std::nullopt);
}

TEST(VirtualBms, StopsChargingWhenAllAreLostAndLetsThemDischarge) {
  DecidedBms bms(kRules);
  bms.update(Members{calm("a")}, at(1s));
  BmsOutput out = bms.update(Members{}, at(2s));
  EXPECT_EQ(out.charge, (BmsDirection{false, 0, "no shunt is heard any more"}));
  EXPECT_EQ(out.discharge.limit_a, 200);
  out = bms.update(Members{calm("a")}, at(3s));
  EXPECT_EQ(out.charge.limit_a, 0) << "a shunt that flaps must not switch the chargers";
  EXPECT_EQ(out.discharge, (BmsDirection{true, 200, ""}));
  EXPECT_EQ(bms.update(Members{calm("a")}, at(33s)).charge, (BmsDirection{true, 100, ""}));

  BmsRules both = kRules;
  both.stop_discharge_when_all_lost = true;
  DecidedBms strict(both);
  strict.update(Members{calm("a")}, at(1s));
  EXPECT_EQ(strict.update(Members{}, at(2s)).discharge.limit_a, 0);
}

TEST(VirtualBms, HuntsSlowerEachTimeTheAlarmClearsBecauseChargingStopped) {
  DecidedBms bms(kRules);
  auto now = at(0s);
  std::vector<std::chrono::seconds> stopped_for;
  for (int round = 0; round < 7; ++round) {
    EXPECT_FALSE(bms.update(Members{with("/Alarms/HighVoltage", 2)}, now += 1s).charge.allowed);
    const auto cleared = now += 1s;
    EXPECT_FALSE(bms.update(Members{calm("House 2")}, cleared).charge.allowed);
    now = bms.deadline().value();
    EXPECT_FALSE(bms.update(Members{calm("House 2")}, now - 1ms).charge.allowed);
    EXPECT_TRUE(bms.update(Members{calm("House 2")}, now).charge.allowed);
    stopped_for.push_back(std::chrono::duration_cast<std::chrono::seconds>(now - cleared));
  }
  EXPECT_EQ(stopped_for,
            (std::vector<std::chrono::seconds>{30s, 60s, 120s, 240s, 480s, 600s, 600s}));
}

TEST(VirtualBms, LeavesADisconnectedBatterysShareOut) {
  DecidedBms bms(kRules);
  Members members{calm("a", 100), calm("b", 300)};
  members[0].standing = Standing::disconnected;
  const BmsOutput out = bms.update(members, at(1s));
  EXPECT_EQ(out.charge, (BmsDirection{true, 75, "a: disconnected: limited to 75 %"}));
  EXPECT_FALSE(out.member_lost);
}

TEST(VirtualBms, EndsTooColdWhenTheShuntHasNoTemperatureSensorAnyMore) {
  DecidedBms bms(kRules);
  EXPECT_FALSE(bms.update(Members{with("/Dc/0/Temperature", -3)}, at(1s)).charge.allowed);
  MemberSnapshot without_sensor = with("/Dc/0/Temperature", -3);
  without_sensor.values[q("/Settings/HasTemperature")] = 0;
  bms.update(Members{without_sensor}, at(2s));
  EXPECT_TRUE(bms.update(Members{without_sensor}, at(32s)).charge.allowed);
}

TEST(VirtualBms, KeepsItsStopsAndDelaysWhenItsRulesChange) {
  DecidedBms bms(kRules);
  bms.update(Members{with("/Alarms/HighVoltage", 2, "a"), calm("b")}, at(1s));
  bms.update(Members{calm("b")}, at(2s));
  BmsRules other = kRules;
  other.max_discharge_current_a = 300;
  bms.change_rules(other);
  const BmsOutput out = bms.update(Members{calm("b")}, at(3s));
  EXPECT_EQ(out.charge.limit_a, 0);
  EXPECT_EQ(out.discharge.limit_a, 150);
  EXPECT_TRUE(out.member_lost);
}

TEST(VirtualBms, CountsHeadsWhereACapacityIsUnknown) {
  DecidedBms bms(kRules);
  bms.update(Members{calm("a", 100), calm("b", {}), calm("c", 300)}, at(1s));
  const BmsOutput out = bms.update(Members{calm("a", 100)}, at(2s));
  EXPECT_NEAR(out.charge.limit_a, 100.0 / 3, 1e-9);
}

TEST(VirtualBms, KeepsTheStopOfAMemberThatFallsSilent) {
  DecidedBms bms(kRules);
  bms.update(Members{calm("a"), with("/Alarms/HighVoltage", 2)}, at(1s));
  BmsOutput out = bms.update(Members{calm("a")}, at(500s));
  EXPECT_EQ(out.charge.limit_a, 0);
  EXPECT_EQ(out.charge.reason, "House 2: high voltage alarm (not heard since)");
  out = bms.update(Members{calm("a"), without("/Alarms/HighVoltage")}, at(600s));
  EXPECT_EQ(out.charge.limit_a, 0) << "an invalid value is no all-clear";
  bms.update(Members{calm("a"), calm("House 2")}, at(700s));
  EXPECT_TRUE(bms.update(Members{calm("a"), calm("House 2")}, at(730s)).charge.allowed);
}

TEST(VirtualBms, KeepsTheStopOfALostMemberWhileStrangersFloodIt) {
  DecidedBms bms(kRules);
  BmsOutput out = bms.update(Members{with("/Alarms/HighVoltage", 2, "a house")}, at(1s));
  for (std::size_t i = 0; i < kMaxMembersSeen + 100; ++i)
    out = bms.update(Members{calm("stranger " + std::to_string(i))}, at(60s));
  EXPECT_EQ(out.charge.limit_a, 0);
  EXPECT_EQ(out.charge.reason, "a house: high voltage alarm (not heard since)");
}

TEST(VirtualBms, NeverRaisesALimitWhileAnythingHoldsItAndNeverReleasesEarly) {
  std::mt19937 random(20261121);
  for (int run = 0; run < 300; ++run) {
    DecidedBms bms(kRules);
    auto now = at(1s);
    std::optional<Instant> last_alarm;
    for (int step = 0; step < 60; ++step) {
      now += std::chrono::seconds(random() % 20);
      const bool alarm = random() % 4 == 0;
      const bool second_there = random() % 5 != 0;
      Members members{alarm ? with("/Alarms/HighVoltage", 2, "a") : calm("a")};
      if (second_there) members.push_back(calm("b"));
      const BmsOutput out = bms.update(members, now);
      if (alarm) last_alarm = now;
      ASSERT_TRUE(!alarm || out.charge.limit_a == 0);
      ASSERT_EQ(out.charge.allowed, out.charge.limit_a != 0);
      ASSERT_LE(out.charge.limit_a, 100);
      if (out.charge.allowed && last_alarm) {
        ASSERT_GE(now - *last_alarm, 30s);
      }
    }
  }
}

/// What a restart must not change: a second one that goes on from what the first remembered.
TEST(VirtualBms, GoesOnAfterARestart) {
  DecidedBms first(kRules);
  first.update(Members{calm("a", 100), calm("b", 300), with("/Alarms/LowVoltage", 2, "c")}, at(1s));
  first.update(Members{calm("a", 100)}, at(2s));
  const BankMemory memory = first.memory(at(3s));
  EXPECT_EQ(memory.heard_together, 3U);
  EXPECT_EQ(memory.shunts.size(), 3U);

  DecidedBms second(kRules);
  second.resume(memory, at(5s));
  const BmsOutput out = second.update(Members{calm("a", 100)}, at(6s));
  EXPECT_TRUE(out.member_lost);
  EXPECT_EQ(out.charge, (BmsDirection{true, 20, "2 of 3 shunts lost: limited to 20 %"}));
  EXPECT_EQ(out.discharge.reason, "c: low voltage alarm (not heard since)");
  EXPECT_EQ(out.discharge.limit_a, 0);
}

TEST(VirtualBms, WaitsForTheWholeDelayAfterARestart) {
  DecidedBms first(kRules);
  for (int i = 0; i < 2; ++i) {  // the second stop within ten minutes: 60 s
    first.update(Members{with("/Alarms/HighVoltage", 2)}, at(100s * i));
    first.update(Members{calm("House 2")}, at(100s * i + 1s));
    if (i == 0) first.update(Members{calm("House 2")}, at(31s));
  }
  DecidedBms second(kRules);
  second.resume(first.memory(at(150s)), at(5s));
  EXPECT_FALSE(second.update(Members{calm("House 2")}, at(6s)).charge.allowed);
  EXPECT_EQ(second.deadline(), at(66s));
  EXPECT_TRUE(second.update(Members{calm("House 2")}, at(66s)).charge.allowed);
}

TEST(VirtualBms, SaysThatAStopIsOfEarlierWhereNobodyKnowsWhoseItWas) {
  BankMemory memory;
  memory.charge.stop = BankMemory::Stop{true, 30s, {}};
  DecidedBms bms(kRules);
  bms.resume(memory, at(1s));
  EXPECT_EQ(bms.update(Members{calm("a")}, at(2s)).charge,
            (BmsDirection{false, 0,
                          "stopped before the program started (cleared, released 30 s later)"}));
}

TEST(VirtualBms, TellsWhenItsVotesChange) {
  VirtualBms bms(kRules);
  EXPECT_TRUE(bms.update(Members{calm("a"), calm("b")}, at(1s)));
  EXPECT_FALSE(bms.update(Members{calm("a"), calm("b")}, at(2s)));
  EXPECT_TRUE(bms.update(Members{calm("a")}, at(3s)));
  EXPECT_FALSE(bms.update(Members{calm("a")}, at(4s)));
  EXPECT_TRUE(bms.update(Members{calm("a"), calm("b")}, at(5s)));
}

TEST(VirtualBms, RemembersNothingOfWhatIsAtRest) {
  DecidedBms bms(kRules);
  bms.update(Members{calm("a")}, at(1s));
  EXPECT_EQ(bms.memory(at(2s)).charge, BankMemory::Direction{});
  EXPECT_EQ(bms.memory(at(2s)).discharge, BankMemory::Direction{});
}

}  // namespace
}  // namespace dmb
