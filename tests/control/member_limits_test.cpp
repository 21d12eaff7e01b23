// SPDX-License-Identifier: MIT
#include "dmb/control/member_limits.h"

#include "../support/shunt_samples.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dmb {
namespace {

using namespace std::chrono_literals;
using Members = std::vector<MemberSnapshot>;

MemberSnapshot pack(const std::string& id, double capacity_ah, double charge_a, double discharge_a,
                    double voltage_v = 56.8) {
  return shunt(id,
               {{"/Dc/0/Voltage", 52},
                {"/Info/MaxChargeVoltage", voltage_v},
                {"/Info/MaxChargeCurrent", charge_a},
                {"/Info/MaxDischargeCurrent", discharge_a}},
               capacity_ah);
}

MemberSnapshot without_limits(const std::string& id, double capacity_ah) {
  return shunt(id, {{"/Dc/0/Voltage", 52}}, capacity_ah);
}

void set(MemberSnapshot& member, const char* path, double value) {
  member.values[find_member_quantity(path).value()] = value;
}

class MemberLimitsTest : public testing::Test {
 protected:
  void update(const Members& members, std::optional<double> current_a = {}, bool lost = false) {
    limits.update(members, {current_a, lost}, now);
  }
  std::optional<double> of(Limit limit) const {
    const Vote* vote = decide(limits.votes(), limit);
    return vote != nullptr ? std::optional(vote->value) : std::nullopt;
  }
  std::optional<double> charge() const { return of(Limit::charge_current); }
  std::optional<double> discharge() const { return of(Limit::discharge_current); }
  std::string why(Limit limit = Limit::charge_current) const {
    const Vote* vote = decide(limits.votes(), limit);
    return vote != nullptr ? describe(vote->reason) : "";
  }

  MemberLimits limits{MemberLimitRules{}};
  Instant now{1h};
};

TEST_F(MemberLimitsTest, TheLeastOfLimitByShareDecides) {
  update({pack("Pack1", 100, 50, 100), pack("Pack2", 300, 200, 200, 56)});
  EXPECT_EQ(charge(), 200) << "Pack1 has a quarter of the capacity";
  EXPECT_DOUBLE_EQ(*discharge(), 200 / 0.75);
  EXPECT_EQ(of(Limit::charge_voltage), 56);
  EXPECT_EQ(why(), "Pack1 allows no more");
  EXPECT_TRUE(limits.gives_voltage());
}

TEST_F(MemberLimitsTest, OfTwoThatAllowTheSameItIsTheFirstByNameWhateverTheirIds) {
  MemberSnapshot first = pack("id2", 100, 50, 100);
  MemberSnapshot second = pack("id1", 100, 50, 100);
  first.name = "Pack1";
  second.name = "Pack2";
  update({first, second, pack("Pack3", 100, 500, 500)});
  EXPECT_EQ(why(), "Pack1 allows no more");
}

TEST_F(MemberLimitsTest, NeverMoreThanTheSum) {
  auto first = pack("Pack1", 100, 100, 100);
  auto second = pack("Pack2", 900, 300, 100);
  set(first, "/Dc/0/Current", 60);
  set(second, "/Dc/0/Current", 40);
  for (int i = 0; i < 600; ++i, now += 1s) update({first, second}, 100);
  EXPECT_EQ(charge(), 400) << "Pack1 counts as carrying 20 %, Pack2 as carrying 45 %";
}

TEST_F(MemberLimitsTest, OneThatBlocksCarriesNothingAndIsNamed) {
  auto cold = pack("Pack2", 100, 0, 100);
  set(cold, "/Alarms/LowTemperature", 2);
  update({pack("Pack1", 100, 50, 100), cold});
  EXPECT_EQ(charge(), 50);
  EXPECT_EQ(discharge(), 200);
  EXPECT_EQ(why(), "Pack2 does not charge: too cold; Pack1 allows no more");
  EXPECT_EQ(limits.blocking_charge(), 1U);
  EXPECT_EQ(limits.blocking_discharge(), 0U);
}

TEST_F(MemberLimitsTest, WhatHoldsALimitBackAfterItIsOverSaysSo) {
  update({pack("Pack1", 100, 50, 100), pack("Pack2", 100, 50, 100)});
  EXPECT_EQ(charge(), 100);
  now += 1s;
  update({pack("Pack1", 100, 50, 100), pack("Pack2", 100, 0, 100)});
  EXPECT_EQ(why(), "Pack2 does not charge: its BMS does not allow it; Pack1 allows no more");
  now += 1s;
  update({pack("Pack1", 100, 50, 100), pack("Pack2", 100, 50, 100)});
  EXPECT_EQ(charge(), 50);
  EXPECT_EQ(why(),
            "Pack2 does not charge: its BMS does not allow it; Pack1 allows no more (over, the "
            "limit rises 30 s later)");
  now += 30s;
  update({pack("Pack1", 100, 50, 100), pack("Pack2", 100, 50, 100)});
  EXPECT_EQ(charge(), 100);
  EXPECT_EQ(why(), "Pack1 allows no more");
}

TEST_F(MemberLimitsTest, AllBlock) {
  auto one = pack("Pack1", 100, 50, 0);
  set(one, "/Io/AllowToCharge", 0);
  one.texts.charge_limitation = "Full";
  update({one});
  EXPECT_EQ(charge(), 0);
  EXPECT_EQ(discharge(), 0);
  EXPECT_EQ(why(), "Pack1 does not charge: Full");
}

TEST_F(MemberLimitsTest, CurrentIntoOneThatBlocksStopsAfterFiveSeconds) {
  auto cold = pack("Pack2", 100, 0, 100);
  set(cold, "/Dc/0/Current", 3);
  const Members members{pack("Pack1", 100, 50, 100), cold};
  update(members, 20);
  EXPECT_EQ(charge(), 50);
  EXPECT_EQ(limits.deadline(now), now + 5s);
  now += 5s;
  update(members, 20);
  EXPECT_EQ(charge(), 0);
}

TEST_F(MemberLimitsTest, NothingRisesAtOnce) {
  update({pack("Pack1", 100, 50, 100)});
  now += 1s;
  update({pack("Pack1", 100, 80, 100, 58)});
  EXPECT_EQ(charge(), 50);
  EXPECT_EQ(of(Limit::charge_voltage), 56.8);
  EXPECT_EQ(limits.deadline(now), now + 30s);
  now += 30s;
  update({pack("Pack1", 100, 80, 100, 58)});
  EXPECT_EQ(charge(), 80);
  EXPECT_EQ(of(Limit::charge_voltage), 58);
}

TEST_F(MemberLimitsTest, IsNotDueForARiseWhileNobodyIsThere) {
  update({pack("Pack1", 100, 20, 20)});
  now += 1s;
  update({pack("Pack1", 100, 80, 80)});
  ASSERT_TRUE(limits.deadline(now));
  now += 1s;
  update({});
  now += 5min;
  update({});
  const auto due = limits.deadline(now);
  EXPECT_TRUE(!due || *due > now) << "again and again";
  update({pack("Pack1", 100, 80, 80)});
  EXPECT_EQ(charge(), 80);
}

TEST_F(MemberLimitsTest, ALostOneRestrictsForTenMinutesAndNeverAdds) {
  const auto stays = pack("Pack1", 100, 100, 100);
  update({stays, pack("Pack2", 100, 20, 100, 55)});
  EXPECT_EQ(charge(), 40);
  now += 1s;
  update({stays}, {}, true);
  EXPECT_EQ(charge(), 40);
  EXPECT_EQ(discharge(), 100) << "the sum of those that are there";
  EXPECT_EQ(of(Limit::charge_voltage), 55);
  EXPECT_EQ(why(), "Pack2 is lost, what it allowed last still counts; Pack2 allows no more");
  now += 10min;
  update({stays}, {}, true);
  EXPECT_EQ(charge(), 40) << "and then it rises as ever";
  now += 30s;
  update({stays}, {}, true);
  EXPECT_EQ(charge(), 100);
  EXPECT_EQ(of(Limit::charge_voltage), 56.8);
}

TEST_F(MemberLimitsTest, OneThatBlockedWhenItWasLostHasNoVote) {
  update({pack("Pack1", 100, 50, 100), pack("Pack2", 100, 0, 100)});
  now += 1s;
  update({pack("Pack1", 100, 50, 100)}, {}, true);
  EXPECT_EQ(charge(), 50);
}

TEST_F(MemberLimitsTest, StopsWhileOneIsLostWhereSoConfigured) {
  limits.change_rules({.stop_when_lost = true});
  update({pack("Pack1", 100, 50, 100)}, {}, true);
  EXPECT_EQ(charge(), 0);
  EXPECT_EQ(discharge(), 0);
  EXPECT_EQ(why(), "stopped while a battery is lost");
}

TEST_F(MemberLimitsTest, KeepsALostOneForAWhile) {
  limits.change_rules({.keep_lost = 60s});
  update({pack("Pack1", 100, 50, 100), pack("Pack2", 100, 50, 100)});
  now += 1s;
  update({pack("Pack1", 100, 50, 100)}, {}, true);
  EXPECT_EQ(charge(), 100);
  EXPECT_EQ(limits.deadline(now), now + 60s);
  now += 60s;
  update({pack("Pack1", 100, 50, 100)}, {}, true);
  EXPECT_EQ(charge(), 50);
}

TEST_F(MemberLimitsTest, OneWithoutLimitsGetsItsPartOfWhatIsConfigured) {
  limits.change_rules({.max_charge_current_a = 80});
  update({pack("Pack1", 100, 100, 100), without_limits("Pack2", 100)});
  EXPECT_EQ(charge(), 80);
  EXPECT_EQ(discharge(), 100) << "nothing is configured: it adds nothing";
}

TEST_F(MemberLimitsTest, NobodyWhoCarriesTheCurrentTellsALimit) {
  update({pack("Pack1", 100, 0, 100), without_limits("Pack2", 100)});
  EXPECT_EQ(charge(), 0);
  EXPECT_EQ(why(),
            "Pack1 does not charge: its BMS does not allow it; no battery that is there says "
            "how much it may charge: set max_charge_current");
}

TEST_F(MemberLimitsTest, NobodyEverToldALimit) {
  update({without_limits("Pack1", 100), without_limits("Pack2", 0)});
  EXPECT_TRUE(limits.votes().empty());
  EXPECT_FALSE(limits.gives_voltage());
}

TEST_F(MemberLimitsTest, HalfOfTheLimits) {
  auto voltage_only = without_limits("Pack1", 100);
  set(voltage_only, "/Info/MaxChargeVoltage", 56);
  auto current_only = without_limits("Pack2", 100);
  set(current_only, "/Info/MaxChargeCurrent", 30);
  update({voltage_only, current_only});
  EXPECT_EQ(of(Limit::charge_voltage), 56);
  EXPECT_EQ(charge(), 30);
  EXPECT_EQ(discharge(), std::nullopt);
}

TEST_F(MemberLimitsTest, OneOfUnknownCapacityCountsAsTheMean) {
  auto unknown = pack("Pack3", 0, 10, 100);
  unknown.capacity_ah.reset();
  update({pack("Pack1", 100, 50, 100), pack("Pack2", 100, 50, 100), unknown});
  EXPECT_NEAR(*charge(), 30, 1e-9);
}

TEST_F(MemberLimitsTest, ACapacityOfZeroMakesNoNumberThatIsNone) {
  limits.change_rules({.max_charge_current_a = 80});
  update({pack("Pack1", 0, 50, 100), without_limits("Pack2", 0)});
  EXPECT_EQ(charge(), 80);
}

TEST_F(MemberLimitsTest, ARestartForgetsNeitherWhatIsHeldNorWhoIsLost) {
  const auto stays = pack("Pack1", 100, 100, 100);
  update({stays, pack("Pack2", 100, 20, 0, 55)});
  now += 1s;
  update({stays}, {}, true);
  BankMemory memory;
  limits.remember(memory);
  ASSERT_EQ(memory.last_limits.size(), 1U);
  EXPECT_EQ(memory.last_limits[0].discharge_a, std::nullopt) << "it blocked";

  limits = MemberLimits({.keep_lost = 60s});
  limits.resume(memory, now);
  update({stays}, {}, true);
  EXPECT_EQ(charge(), 40) << "as kept before the restart, it does not add anything after it";
  EXPECT_EQ(of(Limit::charge_voltage), 55);
  now += 10min;
  update({stays}, {}, true);
  now += 30s;
  update({stays}, {}, true);
  EXPECT_EQ(charge(), 100);
  EXPECT_EQ(of(Limit::charge_voltage), 56.8);
}

TEST_F(MemberLimitsTest, WhatIsHeldIsHeldAfterARestart) {
  update({pack("Pack1", 100, 10, 100)});
  now += 1s;
  update({pack("Pack1", 100, 90, 100)});
  BankMemory memory;
  limits.remember(memory);
  EXPECT_EQ(memory.charge.held, (BankMemory::Held{10, 30s}));
  EXPECT_EQ(memory.discharge.held, std::nullopt);
  limits = MemberLimits({});
  limits.resume(memory, now);
  update({pack("Pack1", 100, 90, 100)});
  EXPECT_EQ(charge(), 10);
  now += 30s;
  update({pack("Pack1", 100, 90, 100)});
  EXPECT_EQ(charge(), 90);
}

}  // namespace
}  // namespace dmb
