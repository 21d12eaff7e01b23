// SPDX-License-Identifier: MIT
#include "dmb/bank/aggregate.h"

#include "../support/shunt_samples.h"
#include "dmb/battery/quantity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace dmb {
namespace {

using Number = std::optional<double>;
using Members = std::vector<MemberSnapshot>;

/// Members that differ in one quantity only; nullopt is an invalid value.
Members with(MemberQuantity quantity, const std::vector<Number>& values) {
  Members members;
  for (std::size_t i = 0; i < values.size(); ++i) {
    members.push_back(shunt("s" + std::to_string(i), {}));
    members.back().values[quantity] = values[i];
  }
  return members;
}

TEST(Aggregate, FollowsTheRuleOfEachRow) {
  const std::vector<std::vector<Number>> inputs{{},     {{}},    {4},      {4, 4},
                                                {4, 1}, {{}, 3}, {{}, {}}, {-2, 5, {}}};
  for (const MemberQuantity row : kAllMemberQuantities) {
    if (row.rule() == MergeRule::own || row.rule() == MergeRule::about) continue;
    for (const auto& input : inputs) {
      std::vector<double> known;
      for (const Number& value : input)
        if (value) known.push_back(*value);
      Number want;
      if (!known.empty()) {
        double sum = 0;
        for (const double value : known) sum += value;
        want = row.rule() == MergeRule::sum ? sum
               : row.rule() == MergeRule::mean || row.rule() == MergeRule::weighted
                   ? sum / static_cast<double>(known.size())
               : row.rule() == MergeRule::lowest ? *std::min_element(known.begin(), known.end())
                                                 : *std::max_element(known.begin(), known.end());
      }
      const Aggregate bank = aggregate(with(row, input), {});
      EXPECT_EQ(bank.values[row], want) << row.spec().path;
    }
  }
}

TEST(Aggregate, HasTheRuleOfEachQuantity) {
  struct Case {
    const char* path;
    MergeRule rule;
  };
  const std::vector<Case> cases{{"/Dc/0/Current", MergeRule::sum},
                                {"/ConsumedAmphours", MergeRule::sum},
                                {"/Dc/0/MidVoltage", MergeRule::mean},
                                {"/Alarms/HighStarterVoltage", MergeRule::highest},
                                {"/History/ChargeCycles", MergeRule::highest},
                                {"/History/TimeSinceLastFullCharge", MergeRule::highest},
                                {"/History/DeepestDischarge", MergeRule::sum},
                                {"/History/TotalAhDrawn", MergeRule::sum},
                                {"/History/LowVoltageAlarms", MergeRule::sum},
                                {"/History/MinimumVoltage", MergeRule::lowest},
                                {"/History/MaximumVoltage", MergeRule::highest}};
  for (const Case& c : cases) EXPECT_EQ(find_member_quantity(c.path)->rule(), c.rule) << c.path;
}

TEST(Aggregate, PassesAllNineAlarmsThrough) {
  int alarms = 0;
  for (const MemberQuantity row : kAllMemberQuantities)
    alarms += row.spec().path.starts_with("/Alarms/") && !has(row.spec().traits, Trait::pack);
  EXPECT_EQ(alarms, 9);
}

TEST(Aggregate, InventsNothingFromNothing) {
  for (const Members& members : {Members{}, Members{shunt("a", {}), shunt("b", {})}}) {
    const Aggregate bank = aggregate(members, {});
    for (const MemberQuantity item : kAllMemberQuantities)
      EXPECT_EQ(bank.values[item], std::nullopt) << item.spec().path;
    EXPECT_EQ(bank.capacity_ah, std::nullopt);
    EXPECT_EQ(bank.time_to_go_s, std::nullopt);
  }
}

TEST(BankVoltage, IsTheMeanUntilAnAlarmNamesTheExtreme) {
  struct Case {
    const char* what;
    std::vector<Number> volts;
    std::vector<double> low, high;  // alarms, by member
    Number want;
  };
  const std::vector<Case> cases{
      {"no member", {}, {}, {}, {}},
      {"no value", {{}}, {1}, {0}, {}},
      {"one", {53.5}, {0}, {0}, 53.5},
      {"two equal", {26.6, 26.6}, {0, 0}, {0, 0}, 26.6},
      {"two different", {13.0, 13.5}, {0, 0}, {0, 0}, 13.25},
      {"one absent", {{}, 13.5}, {0, 0}, {0, 0}, 13.5},
      {"low alarm", {11.0, 13.0}, {2, 0}, {0, 0}, 11.0},
      {"low alarm of the other one", {11.0, 13.0}, {0, 1}, {0, 0}, 11.0},
      {"high alarm", {13.0, 15.0}, {0, 0}, {0, 1}, 15.0},
      {"both, low is further, 12 V", {10.0, 14.6}, {1, 0}, {0, 1}, 10.0},
      {"both, high is further, 12 V", {12.0, 15.0}, {1, 0}, {0, 1}, 15.0},
      {"both, low is further, 24 V", {21.0, 28.0}, {1, 0}, {0, 1}, 21.0},
      {"both, high is further, 24 V", {24.0, 30.0}, {1, 0}, {0, 1}, 30.0},
      {"both, low is further, 48 V", {44.0, 57.0}, {1, 0}, {0, 1}, 44.0},
      {"both, high is further, 48 V", {47.0, 58.0}, {1, 0}, {0, 1}, 58.0},
  };
  for (const Case& c : cases) {
    Members members = with(q("/Dc/0/Voltage"), c.volts);
    for (std::size_t i = 0; i < members.size(); ++i) {
      members[i].values[q("/Alarms/LowVoltage")] = c.low[i];
      members[i].values[q("/Alarms/HighVoltage")] = c.high[i];
    }
    EXPECT_EQ(bank_voltage_v(members), c.want) << c.what;
  }
}

/// systemcalc hands the bank's voltage to all chargers as what they regulate by.
TEST(BankVoltage, IsNeverBelowThatOfABatteryBeingCharged) {
  struct Case {
    const char* what;
    std::vector<Number> volts, amps;
    std::vector<double> low, high;  // alarms, by member
    Number want;
  };
  const std::vector<Case> cases{
      {"charging: mean", {14.0, 14.2}, {10, 10}, {0, 0}, {0, 0}, 14.1},
      {"charging: a low alarm pulls nothing down", {14.0, 14.2}, {10, 10}, {2, 0}, {0, 0}, 14.1},
      {"charging: a high alarm shows the highest", {14.0, 14.6}, {10, 10}, {0, 0}, {0, 1}, 14.6},
      {"one charges the other", {13.0, 13.4}, {-9, 8}, {2, 0}, {0, 0}, 13.4},
      {"one charged, one discharged", {13.8, 14.2}, {-5, 20}, {0, 0}, {0, 0}, 14.2},
      {"discharging: the low alarm's", {11.8, 12.2}, {-9, -9}, {2, 0}, {0, 0}, 11.8},
  };
  for (const Case& c : cases) {
    Members members = with(q("/Dc/0/Voltage"), c.volts);
    for (std::size_t i = 0; i < members.size(); ++i) {
      members[i].values[q("/Dc/0/Current")] = c.amps[i];
      members[i].values[q("/Alarms/LowVoltage")] = c.low[i];
      members[i].values[q("/Alarms/HighVoltage")] = c.high[i];
    }
    EXPECT_NEAR(bank_voltage_v(members).value(), *c.want, 1e-9) << c.what;
  }
}

TEST(BankVoltage, LeavesOutADisconnectedBatteryAndItsAlarm) {
  Members members{shunt("a", {{"/Dc/0/Voltage", 10.8}, {"/Alarms/LowVoltage", 2}}),
                  shunt("b", {{"/Dc/0/Voltage", 14.2}})};
  members[0].standing = Standing::disconnected;
  EXPECT_EQ(bank_voltage_v(members), 14.2);
}

TEST(BankTemperature, IsNotThatOfASensorThatIsNotThere) {
  const Members members{shunt("a", {{"/Dc/0/Temperature", -10}, {"/Settings/HasTemperature", 0}}),
                        shunt("b", {{"/Dc/0/Temperature", 20}, {"/Settings/HasTemperature", 1}})};
  EXPECT_EQ(bank_temperature_c(members, {}), 20);
  EXPECT_EQ(bank_temperature_c(std::span(members).first(1), {}), std::nullopt);
  EXPECT_EQ(aggregate(members, {}).values[q("/Dc/0/Temperature")], 20);
}

TEST(BankStarterVoltage, IsTheLowestOfThoseThatHaveAStarterBattery) {
  const Members members{shunt("a", {{"/Dc/1/Voltage", 12.8},
                                    {"/History/MinimumStarterVoltage", 11},
                                    {"/History/MaximumStarterVoltage", 14}}),
                        shunt("b", {{"/Dc/1/Voltage", 0.01},
                                    {"/History/MinimumStarterVoltage", 0},
                                    {"/History/MaximumStarterVoltage", 15}}),
                        shunt("c", {{"/Dc/1/Voltage", 12.4}}),
                        shunt("d", {{"/History/MinimumStarterVoltage", 10},
                                    {"/History/MaximumStarterVoltage", 14.5}})};
  const Aggregate bank = aggregate(members, {});
  EXPECT_EQ(bank.values[q("/Dc/1/Voltage")], 12.4);
  EXPECT_EQ(bank.values[q("/History/MinimumStarterVoltage")], 10);
  EXPECT_EQ(bank.values[q("/History/MaximumStarterVoltage")], 14.5);
  EXPECT_EQ(bank_starter_voltage_v(std::span(members).subspan(1, 1)), std::nullopt);
}

TEST(BankPower, FallsBackToVoltageTimesCurrentPerMember) {
  const Members members{
      shunt("a", {{"/Dc/0/Power", 100}, {"/Dc/0/Voltage", 50}, {"/Dc/0/Current", 3}}),
      shunt("b", {{"/Dc/0/Voltage", 50}, {"/Dc/0/Current", -4}}),
      shunt("c", {{"/Dc/0/Voltage", 50}}),
  };
  EXPECT_EQ(bank_power_w(members), -100);
  EXPECT_EQ(bank_power_w(std::span(members).subspan(2)), std::nullopt);
}

TEST(BankSoc, IsWeightedByCapacity) {
  const auto at = [](double soc, Number ah) { return shunt("s", {{"/Soc", soc}}, ah); };
  struct Case {
    const char* what;
    Members members;
    Number want;
  };
  const std::vector<Case> cases{
      {"none", {}, {}},
      {"one", {at(54.8, 290)}, 54.8},
      {"one of unknown capacity", {at(54.8, {})}, 54.8},
      {"two different", {at(90, 100), at(50, 300)}, 60},
      {"no capacity known", {at(90, {}), at(50, {})}, 70},
      {"one unknown counts as the mean of the known",
       {at(90, 100), at(50, 300), at(20, {})},
       140.0 / 3},
      {"one without SoC", {at(90, 100), shunt("x", {}, 300)}, 90},
      {"empty and full", {at(0, 100), at(100, 100)}, 50},
  };
  for (const Case& c : cases) {
    const Number soc = bank_soc_percent(c.members);
    ASSERT_EQ(soc.has_value(), c.want.has_value()) << c.what;
    if (soc) {
      EXPECT_NEAR(*soc, *c.want, 1e-9) << c.what;
    }
  }
}

TEST(BankTemperature, ShowsTheOneInDanger) {
  struct Case {
    std::vector<Number> celsius;
    Number want;
  };
  const std::vector<Case> cases{
      {{}, {}},         {{{}, {}}, {}}, {{20}, 20},       {{20, 30}, 25},
      {{{}, 30}, 30},   {{5, 45}, 25},  {{4.9, 20}, 4.9}, {{20, 45.1}, 45.1},
      {{-20, 46}, -20}, {{4, 60}, 60},  {{-5, 44}, -5},   {{0, 50}, 50},
  };
  for (const Case& c : cases)
    EXPECT_EQ(bank_temperature_c(with(q("/Dc/0/Temperature"), c.celsius), {}), c.want);
}

TEST(BankCapacity, IsKnownOnlyWhenEveryMembersIs) {
  const AggregateRules configured{.total_capacity_ah = 500};
  const Members known{shunt("a", {}, 100), shunt("b", {}, 300)};
  const Members one_unknown{shunt("a", {}, 100), shunt("b", {})};
  EXPECT_EQ(bank_capacity_ah(known, {}), 400);
  EXPECT_EQ(bank_capacity_ah(one_unknown, {}), std::nullopt);
  EXPECT_EQ(bank_capacity_ah({}, {}), std::nullopt);
  EXPECT_EQ(bank_capacity_ah(known, configured), 500);
  EXPECT_EQ(bank_capacity_ah(one_unknown, configured), 500);
}

TEST(Aggregate, KnowsWhatIsLeftAndForHowLong) {
  const auto bank = [](double current_a, Number floor_percent = {}) {
    Members members{shunt("a", {{"/Soc", 90}, {"/Dc/0/Current", current_a}}, 100),
                    shunt("b", {{"/Soc", 50}, {"/Dc/0/Current", 0}}, 300)};
    members[1].discharge_floor_percent = floor_percent;
    return aggregate(members, {});
  };
  EXPECT_EQ(bank(-24).values[q("/InstalledCapacity")], 400);
  EXPECT_EQ(bank(-24).capacity_ah, 240);
  EXPECT_EQ(bank(-20).time_to_go_s, 36000) << "60 % of 400 Ah down to 10 %, as the config says";
  EXPECT_EQ(bank(-20, 20).time_to_go_s, 28800) << "to the shunts' own floor";
  EXPECT_EQ(bank(-20, 0).time_to_go_s, 43200);
  EXPECT_EQ(bank(-20, 70).time_to_go_s, 0);
  EXPECT_EQ(bank(-0.001).time_to_go_s, 864000);
  EXPECT_EQ(bank(0).time_to_go_s, 864000);
  EXPECT_EQ(bank(16).time_to_go_s, 36000) << "to full";
}

TEST(Aggregate, LeavesOutAMemberThatIsLost) {
  Members members{shunt("a", {{"/Soc", 90}, {"/Dc/0/Current", 5}}, 100),
                  shunt("b", {{"/Soc", 50}, {"/Dc/0/Current", 7}}, 300)};
  members.pop_back();
  const Aggregate bank = aggregate(members, {});
  EXPECT_EQ(bank.values[q("/Dc/0/Current")], 5);
  EXPECT_EQ(bank.values[q("/Soc")], 90);
  EXPECT_EQ(bank.values[q("/InstalledCapacity")], 100);
}

TEST(Aggregate, DoesNotMindTheOrderOfItsMembers) {
  Members members{shunt("a", {{"/Soc", 90}, {"/Dc/0/Voltage", 13}, {"/Dc/0/Current", 5}}, 100),
                  shunt("b", {{"/Soc", 50}, {"/Dc/0/Voltage", 12}, {"/Alarms/LowVoltage", 2}}, 300),
                  shunt("c", {{"/Dc/0/Temperature", 50}})};
  const Aggregate first = aggregate(members, {});
  std::reverse(members.begin(), members.end());
  EXPECT_EQ(aggregate(members, {}).values, first.values);
}

}  // namespace
}  // namespace dmb
