// SPDX-License-Identifier: MIT
#include "dmb/bank/composition.h"

#include "../support/shunt_samples.h"
#include "dmb/bank/bank.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace dmb {
namespace {

using Number = std::optional<double>;
using Parts = std::vector<MemberSnapshot>;
using Places = std::vector<MemberPlace>;
using Kind = BankHint::Kind;

MemberSnapshot pack(const std::string& id, std::optional<double> capacity_ah = 100) {
  MemberSnapshot member = shunt(id,
                                {{"/Dc/0/Voltage", 26},
                                 {"/Dc/0/Current", 10},
                                 {"/Dc/0/Power", 260},
                                 {"/Soc", 50},
                                 {"/ConsumedAmphours", -50},
                                 {"/Info/MaxChargeVoltage", 28},
                                 {"/Info/MaxChargeCurrent", 50},
                                 {"/Info/MaxDischargeCurrent", 80},
                                 {"/Io/AllowToCharge", 1},
                                 {"/System/MinCellVoltage", 3.2},
                                 {"/System/MaxCellVoltage", 3.3},
                                 {"/System/NrOfCellsPerBattery", 8},
                                 {"/Alarms/HighVoltage", 0}},
                                capacity_ah);
  member.texts = {.min_cell_id = "C1", .max_cell_id = "C8"};
  return member;
}

MemberSnapshot monitor(const std::string& id) {
  return shunt(id,
               {{"/Dc/0/Voltage", 26.5},
                {"/Dc/0/Current", 12},
                {"/Soc", 60},
                {"/ConsumedAmphours", -40},
                {"/TimeToGo", 7000},
                {"/Dc/0/Temperature", 21},
                {"/Alarms/HighVoltage", 2},
                {"/History/ChargeCycles", 7}},
               120);
}

const CompositionRules kPair{.pairs = {{"Pack1", "280"}}};
const MemberPlace kPairShunt{MemberRole::pair_shunt, 0, {}};
const MemberPlace kBankShunt{MemberRole::bank_shunt, 0, {}};
MemberPlace paired(std::uint16_t position = 0) {
  return {MemberRole::member, position, 0};
}
MemberPlace at(std::uint16_t position) {
  return {MemberRole::member, position, {}};
}

Parts composed(const CompositionRules& rules, const Parts& parts, const Places& places) {
  Composition composition(rules);
  composition.arrange(parts, places);
  return composition.members(parts);
}

std::vector<BankHint> hints(const CompositionRules& rules, const Parts& parts,
                            const Places& places) {
  Composition composition(rules);
  composition.arrange(parts, places);
  return composition.hints(parts);
}

TEST(Pair, IsMeasuredByItsShuntAndLimitedByItsBattery) {
  const Parts members = composed(kPair, {monitor("shunt"), pack("Pack1")}, {kPairShunt, paired()});
  ASSERT_EQ(members.size(), 1U);
  const MemberSnapshot& pair = members[0];
  EXPECT_EQ(pair.id, "Pack1");
  EXPECT_EQ(pair.values[q("/Dc/0/Voltage")], 26.5);
  EXPECT_EQ(pair.values[q("/Dc/0/Current")], 12);
  EXPECT_EQ(pair.values[q("/Dc/0/Power")], 26.5 * 12);
  EXPECT_EQ(pair.values[q("/Soc")], 60);
  EXPECT_EQ(pair.values[q("/ConsumedAmphours")], -40);
  EXPECT_EQ(pair.values[q("/TimeToGo")], 7000);
  EXPECT_EQ(pair.values[q("/Info/MaxChargeCurrent")], 50);
  EXPECT_EQ(pair.values[q("/System/MinCellVoltage")], 3.2);
  EXPECT_EQ(pair.values[q("/Alarms/HighVoltage")], 2) << "of either";
  EXPECT_EQ(pair.values[q("/Dc/0/Temperature")], 21) << "the battery tells none";
  EXPECT_EQ(pair.values[q("/History/ChargeCycles")], 7);
  EXPECT_EQ(pair.capacity_ah, 100);
  EXPECT_EQ(pair.texts.max_cell_id, "C8");
}

TEST(Pair, KeepsWhatTheBatteryTells) {
  MemberSnapshot battery = pack("Pack1", std::nullopt);
  battery.values[q("/Dc/0/Temperature")] = 15;
  battery.values[q("/Connected")] = 1;
  MemberSnapshot by = monitor("shunt");
  by.values[q("/Soc")].reset();
  const MemberSnapshot pair = composed(kPair, {by, battery}, {kPairShunt, paired()})[0];
  EXPECT_EQ(pair.values[q("/Dc/0/Temperature")], 15);
  EXPECT_EQ(pair.values[q("/Soc")], 50) << "the shunt is not synchronised";
  EXPECT_EQ(pair.values[q("/ConsumedAmphours")], -50) << "of the same source";
  EXPECT_EQ(pair.values[q("/Dc/0/Current")], 12);
  EXPECT_EQ(pair.capacity_ah, 120) << "the battery's is not known";
}

TEST(Pair, IsTheBatteryItselfWithoutItsShunt) {
  MemberSnapshot off = monitor("shunt");
  off.values[q("/Connected")] = 0;
  MemberSnapshot mute = monitor("shunt");
  mute.values[q("/Dc/0/Current")].reset();
  for (const MemberSnapshot& by : {off, mute}) {
    const Parts parts{by, pack("Pack1")};
    EXPECT_EQ(composed(kPair, parts, {kPairShunt, paired()})[0].values, pack("Pack1").values);
    const auto found = hints(kPair, parts, {kPairShunt, paired()});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].kind, Kind::pair_shunt_lost);
    EXPECT_EQ(found[0].who, "Pack1");
    EXPECT_EQ(found[0].other, "280");
  }
  EXPECT_EQ(composed(kPair, {pack("Pack1")}, {paired()})[0].values, pack("Pack1").values);
  EXPECT_EQ(hints(kPair, {pack("Pack1")}, {paired()})[0].kind, Kind::pair_shunt_lost);
}

TEST(Pair, IsLostWithItsBattery) {
  EXPECT_TRUE(composed(kPair, {monitor("shunt")}, {kPairShunt}).empty());
  EXPECT_EQ(hints(kPair, {monitor("shunt")}, {kPairShunt})[0].kind, Kind::pair_battery_lost);
  MemberSnapshot silent = pack("Pack1");
  silent.values[q("/Dc/0/Voltage")].reset();
  const Parts members = composed(kPair, {monitor("shunt"), silent}, {kPairShunt, paired()});
  EXPECT_EQ(members[0].values[q("/Dc/0/Voltage")], std::nullopt) << "its limits are stale";
}

TEST(Pair, ThatSeveralClaimIsTheLeastIds) {
  const Parts parts{monitor("t"), monitor("s"), pack("b"), pack("a")};
  const Places places{kPairShunt, kPairShunt, paired(), paired()};
  Composition composition(kPair);
  composition.arrange(parts, places);
  const Parts members = composition.members(parts);
  ASSERT_EQ(members.size(), 2U);
  EXPECT_EQ(members[0].values[q("/Dc/0/Current")], 10) << "b";
  EXPECT_EQ(members[1].values[q("/Dc/0/Current")], 12) << "a";
  EXPECT_EQ(composition.member_of(0), std::nullopt);
  EXPECT_EQ(composition.member_of(1), 1);
  EXPECT_EQ(composition.member_of(2), 0);
  EXPECT_EQ(composition.member_of(3), 1);
}

TEST(String, HasTheRuleOfEachQuantity) {
  MemberSnapshot a = pack("a", 100);
  MemberSnapshot b = pack("b", 80);
  const auto both = [&](MemberQuantity item, Number of_a, Number of_b) {
    a.values[item] = of_a;
    b.values[item] = of_b;
  };
  both(q("/Dc/0/Voltage"), 26, 27);
  both(q("/Dc/0/Current"), 10, 12);
  both(q("/Dc/0/Power"), 260, {});
  both(q("/Soc"), 40, 76);
  both(q("/ConsumedAmphours"), -50, -30);
  both(q("/Info/MaxChargeVoltage"), 28, 27.5);
  both(q("/Info/MaxChargeCurrent"), 50, 20);
  both(q("/Info/MaxDischargeCurrent"), {}, 80);
  both(q("/Io/AllowToCharge"), 1, 0);
  both(q("/Alarms/HighVoltage"), 0, 1);
  both(q("/Alarms/BmsCable"), 0, 2);
  both(q("/Voltages/Sum"), 25.5, {});
  both(q("/System/MaxCellVoltage"), 3.3, 3.4);
  both(q("/Dc/0/MidVoltage"), 13, 13);
  both(q("/History/TotalAhDrawn"), -1000, -2000);
  both(q("/History/ChargedEnergy"), 5, 6);
  const Parts members = composed({.series = 2}, {b, a}, {at(1), at(0)});
  ASSERT_EQ(members.size(), 1U);
  const MemberValues& values = members[0].values;
  EXPECT_EQ(values[q("/Dc/0/Voltage")], 53);
  EXPECT_EQ(values[q("/Dc/0/Current")], 11);
  EXPECT_EQ(values[q("/Dc/0/Power")], 260 + 27 * 12);
  EXPECT_NEAR(values[q("/Soc")].value(), (40 * 100 + 76 * 80) / 180.0, 1e-9);
  EXPECT_EQ(values[q("/ConsumedAmphours")], -40);
  EXPECT_EQ(members[0].capacity_ah, 80);
  EXPECT_EQ(values[q("/Info/MaxChargeVoltage")], 55.5);
  EXPECT_EQ(values[q("/Info/MaxChargeCurrent")], 20);
  EXPECT_EQ(values[q("/Info/MaxDischargeCurrent")], 80);
  EXPECT_EQ(values[q("/Io/AllowToCharge")], 0);
  EXPECT_EQ(values[q("/Alarms/HighVoltage")], 1);
  EXPECT_EQ(values[q("/Alarms/BmsCable")], 2);
  EXPECT_EQ(values[q("/Voltages/Sum")], std::nullopt) << "one is not known";
  EXPECT_EQ(values[q("/System/NrOfCellsPerBattery")], 16);
  EXPECT_EQ(values[q("/System/MaxCellVoltage")], 3.4);
  EXPECT_EQ(values[q("/Dc/0/MidVoltage")], std::nullopt);
  EXPECT_EQ(values[q("/History/TotalAhDrawn")], -1500);
  EXPECT_EQ(values[q("/History/ChargedEnergy")], 11);
  EXPECT_EQ(members[0].id, "a+b");
  EXPECT_EQ(members[0].texts.max_cell_id, "b C8");
  EXPECT_EQ(aggregate(members, {}).texts.max_cell_id, "b C8");
}

TEST(String, IsNotHeardWhileOneOfItIsNot) {
  MemberSnapshot silent = pack("b");
  silent.values[q("/Dc/0/Voltage")].reset();
  silent.values[q("/Info/MaxChargeVoltage")].reset();
  const Parts members = composed({.series = 2}, {pack("a"), silent}, {at(0), at(1)});
  EXPECT_EQ(members[0].values[q("/Dc/0/Voltage")], std::nullopt);
  EXPECT_EQ(members[0].values[q("/Info/MaxChargeVoltage")], std::nullopt);
  EXPECT_EQ(composed({.series = 2}, {pack("a", 5), pack("b", {})}, {at(0), at(1)})[0].capacity_ah,
            std::nullopt);
}

TEST(String, IsLostAsAWholeWithoutOneOfIt) {
  const CompositionRules rules{.series = 2};
  const Parts parts{pack("a"), pack("c"), pack("d")};
  const Places places{at(0), at(2), at(3)};
  const Parts members = composed(rules, parts, places);
  ASSERT_EQ(members.size(), 2U);
  EXPECT_EQ(members[0].name, "a+?");
  EXPECT_EQ(members[0].values, MemberValues());
  EXPECT_EQ(members[1].name, "c+d");
  EXPECT_EQ(members[1].values[q("/Dc/0/Voltage")], 52);
  ASSERT_EQ(hints(rules, parts, places).size(), 1U);
  EXPECT_EQ(hints(rules, parts, places)[0].kind, Kind::string_torn);
  // Two at one position: nobody knows which of them stands in the string.
  EXPECT_EQ(composed(rules, {pack("a"), pack("b")}, {at(0), at(0)})[0].values, MemberValues());
  EXPECT_EQ(composed(rules, {pack("a"), pack("b"), pack("c")}, {at(0), at(1), at(1)})[0].values,
            MemberValues());
}

TEST(String, MayHaveAShuntForOneOfItsBatteries) {
  CompositionRules rules = kPair;
  rules.series = 2;
  const Parts members =
      composed(rules, {pack("a"), pack("b"), monitor("shunt")}, {paired(0), at(1), kPairShunt});
  ASSERT_EQ(members.size(), 1U);
  EXPECT_EQ(members[0].values[q("/Dc/0/Voltage")], 26.5 + 26);
  EXPECT_EQ(members[0].values[q("/Dc/0/Current")], 11);
}

TEST(String, TellsAChargeModeThatAllOfItAreIn) {
  MemberSnapshot a = pack("a");
  MemberSnapshot b = pack("b");
  a.texts.charge_mode = "Float";
  b.texts.charge_limitation = "cold";
  const CompositionRules rules{.series = 2};
  EXPECT_EQ(composed(rules, {a, b}, {at(0), at(1)})[0].texts.charge_mode, "");
  EXPECT_EQ(composed(rules, {a, b}, {at(0), at(1)})[0].texts.charge_limitation, "b: cold");
  b.texts.charge_mode = "Float";
  EXPECT_EQ(composed(rules, {a, b}, {at(0), at(1)})[0].texts.charge_mode, "Float");
}

const CompositionRules kShunt{.bank_shunt = "279"};

BankMeasurement measurement(const Parts& parts, const Places& places) {
  Composition composition(kShunt);
  composition.arrange(parts, places);
  return composition.measurement(parts);
}

TEST(BankShunt, MeasuresAndIsNoMember) {
  const Parts parts{monitor("shunt"), pack("a")};
  EXPECT_EQ(composed(kShunt, parts, {kBankShunt, at(0)}).size(), 1U);
  EXPECT_EQ(measurement(parts, {kBankShunt, at(0)}),
            (BankMeasurement{.current_a = 12, .soc_percent = 60, .consumed_ah = -40}));
  EXPECT_TRUE(hints(kShunt, parts, {kBankShunt, at(0)}).empty());
}

TEST(BankShunt, ThatIsLostLeavesItToTheMembers) {
  Parts parts{monitor("shunt"), pack("a")};
  parts[0].values[q("/Connected")] = 0;
  EXPECT_EQ(measurement(parts, {kBankShunt, at(0)}), BankMeasurement());
  EXPECT_EQ(hints(kShunt, parts, {kBankShunt, at(0)})[0].kind, Kind::bank_shunt_lost);
  EXPECT_EQ(hints(kShunt, {pack("a")}, {at(0)})[0].who, "279");
}

TEST(BankShunt, ThatKnowsNoSocMeasuresTheCurrentOnly) {
  Parts parts{monitor("shunt"), pack("a")};
  parts[0].values[q("/Soc")].reset();
  EXPECT_EQ(measurement(parts, {kBankShunt, at(0)}), BankMeasurement{.current_a = 12});
  EXPECT_EQ(hints(kShunt, parts, {kBankShunt, at(0)})[0].kind, Kind::not_synchronised);
}

TEST(BankShunt, DecidesTheBanksCurrentAndChargeAndNothingElse) {
  Bank bank(AggregateRules{});
  bank.replace({pack("a"), pack("b")}, Instant());
  bank.set_measurement({.current_a = 12, .soc_percent = 60, .consumed_ah = -40});
  const Aggregate& shown = bank.aggregate(Instant());
  EXPECT_EQ(shown.values[q("/Dc/0/Voltage")], 26);
  EXPECT_EQ(shown.values[q("/Dc/0/Current")], 12);
  EXPECT_EQ(shown.values[q("/Dc/0/Power")], 26 * 12);
  EXPECT_EQ(shown.values[q("/Soc")], 60);
  EXPECT_EQ(shown.values[q("/ConsumedAmphours")], -40);
  EXPECT_EQ(shown.capacity_ah, 120);
  EXPECT_EQ(bank.members()[0].values[q("/Dc/0/Current")], 10);
  bank.set_measurement({.current_a = 14});
  EXPECT_EQ(bank.aggregate(Instant()).values[q("/Soc")], 50);
  EXPECT_EQ(bank.aggregate(Instant()).values[q("/Dc/0/Current")], 14);
  bank.set_measurement({});
  EXPECT_EQ(bank.aggregate(Instant()).values, aggregate(bank.members(), {}).values);
  EXPECT_EQ(bank.aggregate(Instant()).capacity_ah, 100);
}

}  // namespace
}  // namespace dmb
