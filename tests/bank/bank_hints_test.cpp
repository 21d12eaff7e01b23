// SPDX-License-Identifier: MIT
#include "dmb/bank/bank_hints.h"

#include "../support/shunt_samples.h"
#include "dmb/bank/standing.h"

#include <gtest/gtest.h>

namespace dmb {
namespace {

using Kind = BankHint::Kind;
using std::chrono::minutes;

struct Member {
  double current_a = -10;
  std::optional<double> soc_percent = 60;
  std::optional<double> time_to_go_s = 3600;
  std::optional<double> charged_voltage_v = 55.2;
  std::optional<double> capacity_ah = 100;
};

class BankHintsTest : public testing::Test {
 protected:
  /// Members A, B, C … as seen after `at`.
  std::vector<BankHint> look(const std::vector<Member>& members, minutes at = minutes(0)) {
    std::vector<MemberSnapshot> snapshots;
    for (const Member& m : members) {
      const std::string id(1, static_cast<char>('A' + snapshots.size()));
      snapshots.push_back(
          shunt(id, {{"/Dc/0/Voltage", 52}, {"/Dc/0/Current", m.current_a}}, m.capacity_ah));
      snapshots.back().values[q("/Soc")] = m.soc_percent;
      snapshots.back().values[q("/TimeToGo")] = m.time_to_go_s;
    }
    std::vector<HintMember> views;
    for (std::size_t i = 0; i < members.size(); ++i)
      views.push_back({&snapshots[i], members[i].charged_voltage_v});
    view_.members = views;
    return hints_.look(view_, Instant() + at);
  }

  BankView view_;
  BankHints hints_;
};

using Hints = std::vector<BankHint>;

TEST_F(BankHintsTest, AreNoneOfABankAsItShouldBe) {
  view_.total_capacity_ah = 219;
  EXPECT_EQ(look({{}, {.current_a = -5, .soc_percent = 80, .time_to_go_s = 4500}}), Hints{});
  view_.total_capacity_ah.reset();
  EXPECT_EQ(look({}), Hints{});
  EXPECT_EQ(look({{}}), Hints{});
}

TEST_F(BankHintsTest, NameAMemberThatDoesNotTellAllThatABmsStopsFor) {
  MemberSnapshot member = shunt("Bow", {{"/Dc/0/Voltage", 52}, {"/Soc", 60}});
  const std::vector<HintMember> views{{&member, {}}};
  const auto missing = [&](bool bms) {
    const Hints hints = hints_.look({.members = views, .stops_for_alarms = bms}, Instant());
    return hints.empty() ? "" : hints.front().other;
  };
  for (const MemberQuantity alarm : kStopAlarms) member.values[alarm] = 0;
  EXPECT_EQ(missing(true), "");
  member.values[q("/Alarms/HighVoltage")].reset();
  member.values[q("/Alarms/LowTemperature")].reset();
  EXPECT_EQ(missing(false), "");
  EXPECT_EQ(missing(true), "/Alarms/HighVoltage, /Alarms/LowTemperature");
  member.values[q("/Settings/HasTemperature")] = 0;
  EXPECT_EQ(missing(true), "/Alarms/HighVoltage");
}

TEST_F(BankHintsTest, NameTwoMembersThatDiffer) {
  EXPECT_EQ(look({{}, {.soc_percent = 80.5}, {.soc_percent = 70}}),
            (Hints{{Kind::soc_differs, "B", "A", 80.5, 60}}));
  EXPECT_EQ(look({{}, {.time_to_go_s = 4600}}),
            (Hints{{Kind::time_to_go_differs, "B", "A", 4600, 3600}}));
  EXPECT_EQ(look({{}, {.charged_voltage_v = 56.4}}),
            (Hints{{Kind::charged_voltage_differs, "B", "A", 56.4, 55.2}}));
}

TEST_F(BankHintsTest, LeaveOutWhatIsNotKnown) {
  EXPECT_EQ(look({{}, {.time_to_go_s = std::nullopt}}), Hints{});
  EXPECT_EQ(look({{}, {.charged_voltage_v = std::nullopt}}), Hints{});
  EXPECT_EQ(look({{}, {.current_a = 0.2, .time_to_go_s = 864'000}}), Hints{}) << "at rest";
}

TEST_F(BankHintsTest, NameACapacityThatIsNotTheSumOfACompleteBank) {
  view_.total_capacity_ah = 225;
  EXPECT_EQ(look({{}, {}}), (Hints{{Kind::capacity_differs, "", "", 225, 200}}));
  EXPECT_EQ(look({{}, {.capacity_ah = std::nullopt}}), Hints{});
  view_.complete = false;
  EXPECT_EQ(look({{}, {}}), Hints{});
}

TEST_F(BankHintsTest, NameAMemberWhoseCurrentIsOppositeToAllOthersForTenMinutes) {
  const std::vector<Member> reversed{{}, {.current_a = 12}, {.current_a = -20}};
  EXPECT_EQ(look(reversed), Hints{});
  EXPECT_EQ(look(reversed, minutes(9)), Hints{});
  EXPECT_EQ(look(reversed, minutes(10)), (Hints{{Kind::current_opposite, "B", "", 12, -30}}));
  EXPECT_EQ(look({{}, {.current_a = 0.5}, {.current_a = -20}}, minutes(11)), Hints{});
  EXPECT_EQ(look(reversed, minutes(20)), Hints{}) << "the ten minutes begin again";
  EXPECT_EQ(look(reversed, minutes(30)).size(), 1U);
  // Of two, one cannot say which one is wrong, so the smaller is named.
  const std::vector<Member> two{{.current_a = -30}, {.current_a = 8}};
  look(two, minutes(40));
  EXPECT_EQ(look(two, minutes(50)), (Hints{{Kind::current_opposite, "B", "", 8, -30}}));
}

TEST_F(BankHintsTest, NameWhatIsNotSynchronisedNotCountedOrNotThere) {
  const std::vector<std::string> monitors{"BMV-712 Smart [4]"};
  const std::vector<std::string> entries{"Baot"};
  view_.around.other_monitors = monitors;
  view_.around.unmatched_entries = entries;
  EXPECT_EQ(look({{}, {.soc_percent = std::nullopt}}),
            (Hints{{Kind::not_synchronised, "B", "", {}, {}},
                   {Kind::monitor_not_counted, "BMV-712 Smart [4]", "", {}, {}},
                   {Kind::entry_matches_nothing, "Baot", "", {}, {}}}));
}

TEST_F(BankHintsTest, AreNewOnce) {
  look({{}, {.soc_percent = 90}});
  EXPECT_EQ(hints_.take_new().size(), 1U);
  look({{}, {.soc_percent = 91}});
  EXPECT_EQ(hints_.take_new(), Hints{}) << "the same with another number";
  look({{.soc_percent = 91}, {}});
  EXPECT_EQ(hints_.take_new().size(), 1U) << "the other way round";
}

}  // namespace
}  // namespace dmb
