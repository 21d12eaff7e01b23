// SPDX-License-Identifier: MIT
#include "dmb/bank/standing.h"

#include "../support/shunt_samples.h"
#include "dmb/bank/bank.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace dmb {
namespace {

using Number = std::optional<double>;
using Members = std::vector<MemberSnapshot>;
constexpr auto kCounted = Standing::counted;
constexpr auto kCutOff = Standing::disconnected;
constexpr auto kOther = Standing::other_bank;

struct Battery {
  Number voltage_v;
  Number current_a = 0;
  Number capacity_ah = {};
};

Members bank_of(const std::vector<Battery>& batteries) {
  Members members;
  for (const Battery& battery : batteries) {
    members.push_back(shunt("s" + std::to_string(members.size()), {{"/Alarms/LowVoltage", 0}},
                            battery.capacity_ah));
    members.back().values[q("/Dc/0/Voltage")] = battery.voltage_v;
    members.back().values[q("/Dc/0/Current")] = battery.current_a;
  }
  return members;
}

std::vector<Standing> judged(Members members, const StandingRules& rules = {}) {
  judge(members, rules);
  std::vector<Standing> standings;
  for (const MemberSnapshot& member : members) standings.push_back(member.standing);
  return standings;
}

TEST(Standing, OfOneThatSaysTooLittleIsNotHeard) {
  struct Case {
    const char* what;
    MemberSnapshot member;
    bool bms;
    Standing want;
  };
  const std::vector<Case> cases{
      {"all there", shunt("a", {{"/Dc/0/Voltage", 13}, {"/Alarms/LowSoc", 0}}), true, kCounted},
      {"says connected", shunt("a", {{"/Dc/0/Voltage", 13}, {"/Connected", 1}}), false, kCounted},
      {"no alarm at all", shunt("a", {{"/Dc/0/Voltage", 13}}), true, Standing::no_alarms},
      {"an old frame with the summary only",
       shunt("a", {{"/Dc/0/Voltage", 13}, {"/Alarms/Alarm", 0}}), true, kCounted},
      {"a monitor needs none", shunt("a", {{"/Dc/0/Voltage", 13}}), false, kCounted},
      {"no voltage", shunt("a", {{"/Soc", 50}, {"/Alarms/LowSoc", 0}}), true, Standing::no_voltage},
      {"not connected",
       shunt("a", {{"/Dc/0/Voltage", 13}, {"/Alarms/LowSoc", 0}, {"/Connected", 0}}), true,
       Standing::not_connected},
      {"nothing", shunt("a", {}), true, Standing::no_voltage},
  };
  for (const Case& c : cases) {
    const StandingRules rules{.alarms_needed = c.bms, .max_charge_voltage_v = {}};
    EXPECT_EQ(judged({c.member}, rules).front(), c.want) << c.what;
    EXPECT_EQ(describe(c.want).empty(), c.want == kCounted) << c.what;
  }
}

TEST(Standing, TellsABatteryThatIsDisconnectedOrOfAnotherBank) {
  struct Case {
    const char* what;
    std::vector<Battery> batteries;
    std::vector<Standing> want;
  };
  const std::vector<Case> cases{
      {"none", {}, {}},
      {"one", {{13.2}}, {kCounted}},
      {"two alike", {{13.2}, {13.3}}, {kCounted, kCounted}},
      {"wires explain 4 %", {{13.0, 0}, {13.5, 40}}, {kCounted, kCounted}},
      {"one has opened, the other is charged", {{10.8, 0}, {14.2, 20}}, {kCutOff, kCounted}},
      {"one has opened, a trickle", {{10.8, 0.1}, {14.2, 20}}, {kCutOff, kCounted}},
      {"one does not tell its current", {{10.8, {}}, {14.2, 20}}, {kCutOff, kCounted}},
      {"both carry current", {{12.2, -30}, {13.4, 30}}, {kCounted, kCounted}},
      {"nobody carries current: chargers need the higher", {{10.8}, {14.2}}, {kCutOff, kCounted}},
      {"the one with the load", {{12.0, -20}, {14.2, 0}}, {kCounted, kCutOff}},
      {"of three", {{14.2, 9}, {11.5, 0}, {14.1, 9}}, {kCounted, kCutOff, kCounted}},
      {"12 V beside two of 24 V", {{26.4}, {13.2}, {26.5}}, {kCounted, kOther, kCounted}},
      {"12 V with current", {{26.4}, {13.2, 30}, {26.5}}, {kCounted, kOther, kCounted}},
      {"48 V beside two of 12 V", {{13.2}, {52.8}, {13.1}}, {kCounted, kOther, kCounted}},
      {"one of each: the higher", {{13.2}, {26.4}}, {kOther, kCounted}},
      {"one of each: the bigger", {{13.2, 0, 300}, {26.4, 0, 100}}, {kCounted, kOther}},
      {"two of each",
       {{13.2, 1, 9}, {26.4, 1, 8}, {13.1, 1, 9}, {26.5, 1, 8}},
       {kCounted, kOther, kCounted, kOther}},
      {"one without a voltage", {{13.2}, {{}}}, {kCounted, Standing::no_voltage}},
      {"a dead sense wire", {{0.0}, {52.8}, {52.9}}, {kOther, kCounted, kCounted}},
  };
  for (const Case& c : cases) EXPECT_EQ(judged(bank_of(c.batteries)), c.want) << c.what;
}

TEST(Standing, OfTwoBanksTheChargeVoltageTellsWhichIsMeant) {
  const Members members = bank_of({{13.2, 0, 100}, {26.4, 0, 900}});
  const auto standings = [&members](double max_charge_voltage_v) {
    return judged(members, {.alarms_needed = true, .max_charge_voltage_v = max_charge_voltage_v});
  };
  EXPECT_EQ(standings(14.2), (std::vector{kCounted, kOther}));
  EXPECT_EQ(standings(28.4), (std::vector{kOther, kCounted}));
  EXPECT_EQ(standings(56.8), (std::vector{kOther, kCounted})) << "neither: the bigger one";
}

TEST(Bank, SumsOnlyThoseThatAreHeard) {
  Bank bank({}, {.alarms_needed = true, .max_charge_voltage_v = {}});
  Members members = bank_of({{26.4, 5}, {26.3, 7}, {13.2, 11}, {{}, 13}});
  bank.replace(members, Instant());
  EXPECT_EQ(bank.members().size(), 2U);
  EXPECT_EQ(bank.aggregate(Instant()).values[q("/Dc/0/Current")], 12);
  EXPECT_TRUE(bank.take_news().all);

  members[3].values[q("/Dc/0/Voltage")] = 26.4;
  bank.set(3, members[3].values, {}, {}, Instant());
  EXPECT_EQ(bank.aggregate(Instant()).values[q("/Dc/0/Current")], 25);
  EXPECT_TRUE(bank.take_news().all) << "one more is heard";

  members[3].values[q("/Dc/0/Current")] = 14;
  bank.set(3, members[3].values, {}, {}, Instant());
  const BankNews news = bank.take_news();
  EXPECT_FALSE(news.all);
  EXPECT_EQ(news.changed, std::vector<std::size_t>{2}) << "the third of those that are heard";

  members[2].values[q("/Dc/0/Current")] = 500;
  bank.set(2, members[2].values, {}, {}, Instant());
  EXPECT_TRUE(bank.take_news().changed.empty());
  EXPECT_EQ(bank.aggregate(Instant()).values[q("/Dc/0/Current")], 26);
}

TEST(Bank, IsEmptyWhenNobodyTellsAnything) {
  Bank bank({}, {.alarms_needed = true, .max_charge_voltage_v = {}});
  bank.replace({shunt("a", {}), shunt("b", {{"/Dc/0/Voltage", 13}})}, Instant());
  EXPECT_TRUE(bank.empty());
  EXPECT_EQ(bank.all().size(), 2U);
}

}  // namespace
}  // namespace dmb
