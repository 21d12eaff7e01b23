// SPDX-License-Identifier: MIT
#include "dmb/bank/known_members.h"

#include "../support/shunt_samples.h"

#include <gtest/gtest.h>

#include <vector>

namespace dmb {
namespace {

using namespace std::chrono_literals;
using Members = std::vector<MemberSnapshot>;

Instant at(std::chrono::seconds when) {
  return Instant(when);
}

MemberSnapshot of(const std::string& id, std::optional<double> capacity_ah = 100) {
  return shunt(id, {}, capacity_ah);
}

TEST(KnownMembers, MissesAsManyAsWereHeardTogether) {
  KnownMembers known;
  known.look(Members{of("a")}, at(1s));
  EXPECT_EQ(known.lost(), 0U);
  known.look(Members{of("a"), of("b"), of("c")}, at(2s));
  known.look(Members{of("c")}, at(3s));
  EXPECT_EQ(known.lost(), 2U);
  EXPECT_EQ(known.expected(), 3U);
  known.look(Members{of("a"), of("b"), of("c")}, at(4s));
  EXPECT_EQ(known.lost(), 0U);
}

TEST(KnownMembers, DoesNotMissOneThatWasExchanged) {
  KnownMembers known;
  known.look(Members{of("a"), of("b")}, at(1s));
  known.look(Members{of("a")}, at(2s));
  EXPECT_EQ(known.lost(), 1U);
  known.look(Members{of("a"), of("new")}, at(3s));
  EXPECT_EQ(known.lost(), 0U);
  EXPECT_EQ(known.share_present(), 1);
}

TEST(KnownMembers, MissesWhatTheConfigSaysThereIs) {
  KnownMembers known;
  known.expect(3);
  known.look(Members{of("a"), of("b")}, at(1s));
  EXPECT_EQ(known.lost(), 1U);
  EXPECT_DOUBLE_EQ(known.share_present(), 2.0 / 3) << "a third one like those that are there";
  known.expect(2);
  EXPECT_EQ(known.lost(), 0U);
  known.expect(1);
  EXPECT_EQ(known.lost(), 0U);
  EXPECT_EQ(known.share_present(), 1);
}

TEST(KnownMembers, MissesOneThatIsThereAndTellsNothing) {
  KnownMembers known;
  known.set_mute(1);
  known.look(Members{of("a")}, at(1s));
  EXPECT_EQ(known.lost(), 1U);
  EXPECT_EQ(known.share_present(), 0.5);
}

TEST(KnownMembers, TakesTheBiggestForTheOnesThatAreLost) {
  KnownMembers known;
  known.look(Members{of("a", 100), of("b", 300)}, at(1s));
  known.look(Members{of("a", 100)}, at(2s));
  EXPECT_EQ(known.share_present(), 0.25);
  known.look(Members{of("c", 100)}, at(3s));
  EXPECT_EQ(known.share_present(), 0.25) << "a or b: b";
}

TEST(KnownMembers, CountsADisconnectedBatteryAsThereAndItsShareAsMissing) {
  KnownMembers known;
  Members members{of("a", 100), of("b", 300)};
  members[0].standing = Standing::disconnected;
  known.look(members, at(1s));
  EXPECT_EQ(known.lost(), 0U);
  EXPECT_EQ(known.share_present(), 0.75);
}

TEST(KnownMembers, ForgetsAShuntAfterSevenDays) {
  KnownMembers known;
  known.look(Members{of("a"), of("b")}, at(0s));
  EXPECT_EQ(known.deadline(), std::nullopt);
  known.look(Members{of("a")}, at(1s));
  EXPECT_EQ(known.deadline(), at(7 * 24h + 1s));
  known.let_pass(at(7 * 24h));
  EXPECT_EQ(known.lost(), 1U);
  known.let_pass(at(7 * 24h + 1s));
  EXPECT_EQ(known.lost(), 0U);
  EXPECT_EQ(known.all().size(), 1U);
  EXPECT_EQ(known.deadline(), std::nullopt);
}

TEST(KnownMembers, CountsTheDaysOfEarlierRuns) {
  KnownMembers known;
  known.resume(
      {.heard_together = 2,
       .shunts = {{.id = "a", .name = "a", .capacity_ah = 100, .causes = {}},
                  {.id = "b", .name = "b", .capacity_ah = 100, .causes = {}, .away = 160h}},
       .charge = {},
       .discharge = {}},
      at(10s));
  known.look(Members{of("a")}, at(10s));
  EXPECT_EQ(known.lost(), 1U);
  EXPECT_EQ(known.deadline(), at(8h + 10s));
  EXPECT_EQ(known.memory(at(1h + 10s)).shunts[1].away, 161h);
  known.look(Members{of("a"), of("b")}, at(20s));
  EXPECT_EQ(known.memory(at(1h)).shunts[1].away, 0h);
  known.look(Members{of("a")}, at(30s));
  EXPECT_EQ(known.deadline(), at(168h + 30s)) << "it was there meanwhile";
}

TEST(KnownMembers, ForgetsOneThatIsGoneByNameOrId) {
  KnownMembers known;
  Members members{of("a"), of("b")};
  members[1].name = "Bow";
  known.look(members, at(1s));
  EXPECT_EQ(known.forget("Bow"), Forgetting::present);
  known.look(Members{of("a")}, at(2s));
  EXPECT_EQ(known.missing(), std::vector<std::string>{"Bow (b)"});
  for (const char* name : {"", "Stern", "Bo", "bb"})
    EXPECT_EQ(known.forget(name), Forgetting::unknown) << name;
  EXPECT_EQ(known.lost(), 1U);
  EXPECT_EQ(known.forget("bow"), Forgetting::forgotten);
  EXPECT_EQ(known.lost(), 0U);
  EXPECT_EQ(known.heard_together(), 1U);
  EXPECT_TRUE(known.missing().empty());
}

TEST(KnownMembers, AsksWhichOneIsMeantWhenSeveralThatAreGoneHaveOneName) {
  KnownMembers known;
  Members members{of("a"), of("b"), of("c")};
  for (MemberSnapshot& member : members) member.name = "House";
  known.look(members, at(1s));
  known.look(Members{members[0]}, at(2s));
  EXPECT_EQ(known.forget("House"), Forgetting::several);
  EXPECT_EQ(known.lost(), 2U);
  EXPECT_EQ(known.forget("c"), Forgetting::forgotten);
  EXPECT_EQ(known.forget("House"), Forgetting::forgotten) << "the one that is there is not meant";
  EXPECT_EQ(known.lost(), 0U);
}

TEST(KnownMembers, KeepsTheNumberWhenOneThatWasExchangedIsForgotten) {
  KnownMembers known;
  known.look(Members{of("a"), of("b")}, at(1s));
  known.look(Members{of("a"), of("new")}, at(2s));
  EXPECT_EQ(known.forget("b"), Forgetting::forgotten);
  known.look(Members{of("a")}, at(3s));
  EXPECT_EQ(known.lost(), 1U);
}

TEST(KnownMembers, NeverMissesOneThatTurnsOutToBeExcluded) {
  KnownMembers known;
  known.look(Members{of("a"), of("b")}, at(1s));
  known.drop("b");
  known.drop("nobody");
  EXPECT_EQ(known.lost(), 0U);
  known.look(Members{of("a")}, at(1s));
  EXPECT_EQ(known.lost(), 0U);
  EXPECT_EQ(known.share_present(), 1);
}

TEST(KnownMembers, RemembersNoMoreThanItsBound) {
  KnownMembers known;
  for (std::size_t i = 0; i < kMaxMembersSeen + 100; ++i)
    known.look(Members{of("house"), of("stranger " + std::to_string(i))}, at(1s));
  EXPECT_EQ(known.all().size(), kMaxMembersSeen);
  EXPECT_TRUE(known.all().contains("house"));
  const BankMemory memory = known.memory(at(2s));
  EXPECT_EQ(memory.shunts.size(), kMaxShuntsRemembered);
  EXPECT_EQ(memory.shunts.front().id, "house");
}

}  // namespace
}  // namespace dmb
