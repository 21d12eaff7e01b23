// SPDX-License-Identifier: MIT
// Which messages belong to one moment, and what does not wait for its end.
#include "map_player.h"

#include <gtest/gtest.h>

#include <string>

namespace dmb {
namespace {

using namespace test;
using namespace std::chrono_literals;

constexpr const char* kBattery =
    "Soc = b/soc\nDc/0/Voltage = b/u\nDc/0/Current = b/i\nDc/0/Power = b/p\n"
    "Info/MaxChargeCurrent = b/ccl\nAlarms/HighVoltage = b/hv\n";

TEST(IntakeMoment, OfValuesThatComeTogetherIsOne) {
  MapPlayer player(kBattery);
  EXPECT_TRUE(player.live("b/u", "52").empty());
  EXPECT_EQ(player.intake().due(), player.now() + kBurst);
  EXPECT_TRUE(player.after(100ms).empty());
  EXPECT_TRUE(player.live("b/i", "-4").empty());
  EXPECT_TRUE(player.live("b/p", "-208").empty());
  EXPECT_TRUE(player.after(149ms).empty());
  const Outs outs = player.after(1ms);
  ASSERT_EQ(outs.size(), 1U);
  EXPECT_EQ(outs[0].reading.fields().size(), 3U);
  EXPECT_EQ(player.intake().due(), std::nullopt);
}

TEST(IntakeMoment, IsOverWhenItsTimeIsAlthoughNobodyLooked) {
  MapPlayer player(kBattery);
  player.live("b/u", "52");
  player.live("b/i", "1");
  player.intake().receive("b/u", "53", false, player.now() + 300ms);
  const Outs outs = player.intake().take(player.now() + 300ms);
  ASSERT_EQ(outs.size(), 1U);
  EXPECT_EQ(number(outs[0], q("/Dc/0/Voltage")), 52) << "the later value is of another moment";
}

TEST(IntakeMoment, OfFortyTopicsIsOverAtTheLastOfThemFromTheSecondOn) {
  MapPlayer player("Soc = b/soc\nDc/0/Voltage = b/u\nVoltages/Cell{n} = b/c{n}");
  const auto burst = [&player] {
    Outs outs;
    const auto hear = [&](const std::string& topic, const char* payload) {
      EXPECT_TRUE(outs.empty()) << "before " << topic;
      outs = player.live(topic, payload);
    };
    for (int n = 1; n <= 38; ++n) hear("b/c" + std::to_string(n), "3.3");
    hear("b/u", "52");
    hear("b/soc", "50");
    return outs;
  };
  EXPECT_TRUE(burst().empty()) << "nobody knows yet how many come";
  EXPECT_EQ(player.end().size(), 1U);
  for (int round = 0; round < 3; ++round) {
    player.after(1s);
    const Outs outs = burst();
    ASSERT_EQ(outs.size(), 1U);
    EXPECT_EQ(outs[0].reading.fields().size(), 40U);
    EXPECT_TRUE(player.end().empty());
  }
}

TEST(IntakeMoment, GoesByTheTopicsOfTwoBurstsBecauseOneMayLackSome) {
  MapPlayer player(kBattery);
  const auto u_and_i = [&player] {
    const std::size_t early = player.live("b/u", "52").size();
    return early + player.live("b/i", "1").size();
  };
  EXPECT_EQ(u_and_i(), 0U);
  player.end();
  player.alone("b/i", "2");
  EXPECT_TRUE(player.live("b/i", "3").empty()) << "the voltage may follow";
  ASSERT_EQ(player.live("b/u", "52").size(), 1U);
  player.alone("b/i", "2");
  player.alone("b/i", "2");
  EXPECT_EQ(player.live("b/i", "2").size(), 1U) << "nobody waits for what came no more";
}

TEST(IntakeMoment, OfAPublisherThatSendsOnlyChangesIsOverByTimeAlone) {
  MapPlayer player(std::string(kBattery) + "only_changes = yes");
  player.alone("b/i", "1");
  EXPECT_TRUE(player.live("b/i", "2").empty());
  EXPECT_TRUE(player.live("b/p", "104").empty());
  const Outs outs = player.end();
  ASSERT_EQ(outs.size(), 1U);
  EXPECT_EQ(outs[0].reading.fields().size(), 2U) << "current and power are of one moment";
}

TEST(IntakeMoment, LastsAsLongAsTheRulesSay) {
  MapPlayer player(kBattery, {.burst = 100ms});
  player.live("b/u", "52");
  EXPECT_EQ(player.after(100ms).size(), 1U);
}

TEST(IntakeMoment, KeepsTheLastOfSeveralValues) {
  MapPlayer player(kBattery);
  player.live("b/u", "52");
  player.live("b/u", "53");
  EXPECT_EQ(number(player.end().at(0), q("/Dc/0/Voltage")), 53);
}

TEST(IntakeMoment, OfRetainedMessagesIsApartAndFirst) {
  MapPlayer player(kBattery);
  player.live("b/u", "52");
  player.retained("b/soc", "50");
  const Outs outs = player.end();
  ASSERT_EQ(outs.size(), 2U);
  EXPECT_TRUE(outs[0].retained);
  EXPECT_EQ(number(outs[0], q("/Soc")), 50);
  EXPECT_FALSE(outs[1].retained);
  EXPECT_EQ(outs[1].reading.fields().size(), 1U);
}

TEST(IntakeMoment, IsNotWaitedForByLimitsAndAlarmsThatChanged) {
  MapPlayer player(kBattery);
  player.live("b/ccl", "100");
  player.live("b/hv", "0");
  player.live("b/p", "0");
  player.end();
  EXPECT_TRUE(player.live("b/ccl", "100").empty()) << "no news";
  EXPECT_TRUE(player.live("b/u", "55").empty());
  const Outs alarm = player.live("b/hv", "2");
  ASSERT_EQ(alarm.size(), 1U);
  EXPECT_EQ(alarm[0].reading.fields().size(), 1U);
  EXPECT_EQ(number(alarm[0], q("/Alarms/HighVoltage")), 2);
  EXPECT_FALSE(alarm[0].is_life);
  const Outs rest = player.end();
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_EQ(rest[0].reading.fields().size(), 3U) << "told again with its moment, which is life";
  EXPECT_TRUE(rest[0].is_life);
}

TEST(IntakeMoment, LetsALimitThatBecomesUnusableOutAtOnce) {
  MapPlayer player(kBattery);
  player.live("b/p", "0");
  player.alone("b/ccl", "100");
  const Outs unknown = player.live("b/ccl", "unavailable");
  ASSERT_EQ(unknown.size(), 1U);
  ASSERT_NE(field(unknown[0], q("/Info/MaxChargeCurrent")), nullptr);
  EXPECT_FALSE(value(unknown[0], q("/Info/MaxChargeCurrent")));
  const Outs bad = player.live("b/ccl", "-7");
  ASSERT_EQ(bad.size(), 1U);
  EXPECT_TRUE(field(bad[0], q("/Info/MaxChargeCurrent"))->bad);
  EXPECT_TRUE(player.live("b/ccl", "-7").empty());
  EXPECT_EQ(player.end().at(0).reading.complaints().size(), 1U) << "said once";
}

TEST(IntakeMoment, GathersUrgentNewsUntilSomebodyTakesThem) {
  MapPlayer player(kBattery);
  player.intake().receive("b/ccl", "50", false, player.now());
  player.intake().receive("b/hv", "1", false, player.now());
  player.intake().receive("b/ccl", "40", false, player.now());
  EXPECT_EQ(player.intake().due(), player.now());
  const Outs outs = player.after(0ms);
  ASSERT_EQ(outs.size(), 1U);
  EXPECT_EQ(number(outs[0], q("/Info/MaxChargeCurrent")), 40);
  EXPECT_EQ(number(outs[0], q("/Alarms/HighVoltage")), 1);
}

TEST(IntakeMoment, ComesAlthoughNobodyTakesWhatIsWrong) {
  MapPlayer player("Soc = b#/soc");
  for (int i = 0; i < 1000; ++i) player.intake().receive("b", "{", false, player.now());
  player.intake().receive("b", "{\"soc\":50}", false, player.now());
  const Outs outs = player.end();
  EXPECT_LT(outs.size(), 100U);
  EXPECT_EQ(number(outs.back(), q("/Soc")), 50);
}

}  // namespace
}  // namespace dmb
