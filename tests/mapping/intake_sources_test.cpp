// SPDX-License-Identifier: MIT
// Several sources of one item, several batteries behind a "+", topics that name the item, and what
// the status shows of it all.
#include "map_player.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace dmb {
namespace {

using namespace test;
using namespace std::chrono_literals;

std::optional<double> last(const Outs& outs, Quantity id) {
  return outs.empty() ? std::nullopt : number(outs.back(), id);
}

constexpr Quantity kAlarm = q("/Alarms/HighVoltage");

TEST(IntakeSources, OfAnAlarmTheHighestCounts) {
  MapPlayer player("Alarms/HighVoltage = b/alarm * 2, b/warn");
  EXPECT_EQ(last(player.alone("b/alarm", "0"), kAlarm), 0);
  EXPECT_EQ(last(player.alone("b/warn", "1"), kAlarm), 1);
  EXPECT_EQ(last(player.alone("b/alarm", "1"), kAlarm), 2);
  EXPECT_EQ(last(player.alone("b/warn", "0"), kAlarm), 2);
  EXPECT_EQ(last(player.alone("b/alarm", "0"), kAlarm), 0);
}

TEST(IntakeSources, OfWhatLimitsTheLowestCounts) {
  const Quantity ccl = q("/Info/MaxChargeCurrent");
  MapPlayer player("Info/MaxChargeCurrent = b/x, b/y\nIo/AllowToCharge = b/fet1, b/fet2");
  player.alone("b/x", "100");
  EXPECT_EQ(last(player.alone("b/y", "50"), ccl), 50);
  EXPECT_EQ(last(player.alone("b/x", "20"), ccl), 20);
  player.alone("b/fet1", "1");
  EXPECT_EQ(last(player.alone("b/fet2", "0"), q("/Io/AllowToCharge")), 0);
}

TEST(IntakeSources, ThatAreNotKnownDoNotCountUntilNoneIs) {
  MapPlayer player("Alarms/HighVoltage = b/x, b/y");
  player.alone("b/x", "2");
  EXPECT_EQ(last(player.alone("b/y", "unknown"), kAlarm), 2);
  EXPECT_EQ(last(player.alone("b/y", "1"), kAlarm), 2);
  EXPECT_EQ(last(player.alone("b/x", "unavailable"), kAlarm), 1);
  const Outs none = player.alone("b/y", "nan");
  ASSERT_NE(field(none.back(), kAlarm), nullptr);
  EXPECT_FALSE(value(none.back(), kAlarm));
}

TEST(IntakeSources, ThatCannotBeUsedCostALimitAndAreSaidOfAnAlarm) {
  const Quantity ccl = q("/Info/MaxChargeCurrent");
  MapPlayer player("Info/MaxChargeCurrent = b/x, b/y\nAlarms/HighVoltage = b/a, b/b");
  player.alone("b/x", "100");
  const Outs limit = player.alone("b/y", "-5");
  EXPECT_TRUE(field(limit.back(), ccl)->bad) << "nobody knows whether it was the lowest";
  player.alone("b/a", "1");
  const Outs alarm = player.alone("b/b", "7");
  EXPECT_EQ(last(alarm, kAlarm), 1);
  EXPECT_EQ(alarm.back().reading.complaints().size(), 1U);
}

TEST(IntakeSources, ThatFellSilentCountNoMore) {
  MapPlayer player("Alarms/HighVoltage = b/x, b/y");
  player.alone("b/x", "2");
  player.after(59s);
  EXPECT_EQ(last(player.alone("b/y", "1"), kAlarm), 2);
  player.after(1s);
  EXPECT_EQ(last(player.alone("b/y", "1"), kAlarm), 1);
}

TEST(IntakeSources, CountForEverWithoutATimeoutAndWhereOnlyChangesAreSent) {
  MapPlayer never("Alarms/HighVoltage = b/x, b/y", {.timeout = 0s});
  MapPlayer changes("Alarms/HighVoltage = b/x, b/y\nonly_changes = yes");
  for (MapPlayer* player : {&never, &changes}) {
    player->alone("b/x", "2");
    player->after(24h);
    EXPECT_EQ(last(player->alone("b/y", "1"), kAlarm), 2);
  }
}

TEST(IntakeSources, ThatAreRetainedCountBesideLiveOnesForAlarmsAndLimitsOnly) {
  MapPlayer player("Soc = b/s, b/t\nAlarms/HighVoltage = b/x, b/y");
  player.retained("b/s", "90");
  player.retained("b/x", "2");
  player.end();
  EXPECT_EQ(last(player.alone("b/t", "50"), q("/Soc")), 50);
  EXPECT_EQ(last(player.alone("b/y", "1"), kAlarm), 2);
  player.alone("b/x", "0");
  player.retained("b/x", "2");
  player.end();
  EXPECT_EQ(last(player.alone("b/y", "1"), kAlarm), 1)
      << "a live one counts more than a stored one";
}

TEST(IntakeSources, AreForgottenWhenTheBatteryIsGone) {
  MapPlayer player("Alarms/HighVoltage = b/x, b/y\navailability = b/s on/off\nonly_changes = no");
  player.alone("b/x", "2");
  player.live("b/s", "off");
  EXPECT_EQ(last(player.alone("b/y", "1"), kAlarm), 1);
}

TEST(IntakeSources, BehindAPlusAreThoseOfTheBatteryHeardFirst) {
  MapPlayer player("Soc = b/+/soc\nDc/0/Voltage = b/+/u");
  player.alone("b/one/soc", "50");
  Outs outs = player.live("b/two/soc", "90");
  ASSERT_EQ(outs.size(), 1U);
  EXPECT_EQ(outs[0].kind, Out::Kind::other_topic);
  EXPECT_EQ(outs[0].topic, "b/two/soc");
  EXPECT_TRUE(player.alone("b/two/u", "40").empty()) << "named once";
  EXPECT_EQ(last(player.alone("b/one/u", "52"), q("/Dc/0/Voltage")), 52);
  for (int i = 0; i < 200; ++i) outs = player.live("b/x" + std::to_string(i) + "/soc", "1");
  EXPECT_TRUE(outs.empty()) << "nor are thousands named";
}

TEST(IntakeSources, BehindAPlusTakeOverWhenTheOneBeforeIsSilent) {
  MapPlayer player("Soc = b/+/soc");
  player.alone("b/one/soc", "50");
  player.after(61s);
  player.retained("b/two/soc", "80");
  EXPECT_TRUE(player.end().empty()) << "not by a stored message";
  const Outs outs = player.alone("b/two/soc", "90");
  ASSERT_EQ(outs.size(), 2U);
  EXPECT_EQ(outs[0].kind, Out::Kind::gone);
  EXPECT_EQ(outs[0].topic, "b/one");
  EXPECT_EQ(last(outs, q("/Soc")), 90);
  EXPECT_EQ(player.live("b/one/soc", "50").at(0).kind, Out::Kind::other_topic);
}

TEST(IntakeSources, BehindAPlusThatWereOnlyRetainedGiveWayToALiveOne) {
  MapPlayer player("Soc = b/+/soc");
  player.retained("b/dead/soc", "10");
  const Outs outs = player.alone("b/two/soc", "90");
  ASSERT_EQ(outs.size(), 2U) << "what was gathered of the other one is void";
  EXPECT_EQ(outs[0].kind, Out::Kind::gone);
  EXPECT_EQ(last(outs, q("/Soc")), 90);
}

TEST(IntakeSources, MayNameTheItemInTheTopic) {
  MapPlayer player("{item} = N/id/battery/512/{item}#/value\nSoc = N/id/soc\nDc/0/Temperature =");
  const auto hear = [&](const char* path, const char* payload) {
    return player.alone(std::string("N/id/battery/512/") + path, payload);
  };
  EXPECT_EQ(last(hear("Dc/0/Voltage", R"({"value":49.8,"min":0})"), q("/Dc/0/Voltage")), 49.8);
  EXPECT_EQ(last(hear("Voltages/Cell07", R"({"value":3.3})"), q("/Voltages/Cell7")), 3.3);
  EXPECT_EQ(last(hear("Dc/Power", R"({"value":-532})"), q("/Dc/0/Power")), -532);
  EXPECT_TRUE(hear("Soc", R"({"value":74})").empty()) << "it has a line of its own";
  EXPECT_EQ(last(player.alone("N/id/soc", "73"), q("/Soc")), 73);
  for (const char* unknown :
       {"CustomName", "Mgmt/Connection", "Some/Thing", "ProductId", "Soc/x", ""})
    EXPECT_TRUE(hear(unknown, R"({"value":1})").empty()) << unknown;
}

TEST(IntakeSources, AreShownWithTopicRawTextAndAge) {
  MapPlayer player(
      "Soc = b/+/soc\nDc/0/Voltage = b/x/pack#/a~1b/u * 0.001\nVoltages/Cell{n} = b/c{n-1:02}\n"
      "System/Temperature{n} = b/t#/*\nAlarms/HighVoltage = b/x/a, b/x/b\nInstalledCapacity = 280\n"
      "{item} = N/{item}#/value");
  const auto shown = [&player](std::size_t i) { return player.intake().items().at(i); };
  EXPECT_EQ(player.intake().items().size(), 7U) << "a constant has no source";
  EXPECT_EQ(shown(0).item, "/Soc");
  EXPECT_EQ(shown(0).topic, "b/+/soc");
  EXPECT_EQ(shown(0).heard_at, std::nullopt);
  EXPECT_EQ(shown(1).topic, "b/x/pack#/a~1b/u");
  EXPECT_EQ(shown(2).item, "/Voltages/Cell{n}");
  EXPECT_EQ(shown(2).topic, "b/c{n-1:02}");
  EXPECT_EQ(shown(6).item, "{item}");

  player.alone("b/x/soc", "50 %\x01");
  player.alone("b/x/pack", R"({"a/b":{"u":52700}})");
  player.alone("b/c00", "3.3");
  player.alone("b/c11", "3.4");
  player.alone("b/t", "[20,21]");
  player.alone("N/Dc/0/Current", R"({"value":-4.5})");
  player.alone("b/x/b", std::string(300, 'x'));
  const auto items = player.intake().items();
  ASSERT_EQ(items.size(), 9U);
  EXPECT_EQ(items[0].topic, "b/x/soc");
  EXPECT_EQ(items[0].raw, "50 %\\x01");
  EXPECT_EQ(items[1].raw, "52700");
  EXPECT_EQ(items[1].heard_at, player.now() - 6 * kBurst);
  EXPECT_EQ(items[2].topic, "b/c00");
  EXPECT_EQ(items[3].item, "/Voltages/Cell12");
  EXPECT_EQ(items[3].topic, "b/c11");
  EXPECT_EQ(items[5].topic, "b/t#/1");
  EXPECT_EQ(items[6].heard_at, std::nullopt);
  EXPECT_LT(items[7].raw.size(), 100U);
  EXPECT_EQ(items[8].item, "/Dc/0/Current");
  EXPECT_EQ(items[8].topic, "N/Dc/0/Current#/value");
}

TEST(IntakeSources, AreSubscribedToAndAskedFor) {
  MapPlayer player(
      "{item} = N/id/battery/1/{item}#/value\nalive = N/id/heartbeat\navailability = x on/off");
  EXPECT_EQ(player.intake().filters(),
            (std::vector<std::string>{"N/id/battery/1/#", "N/id/heartbeat", "x"}));
  auto topics = player.intake().required_topics();
  std::ranges::sort(topics);
  EXPECT_EQ(topics,
            (std::vector<std::string>{"N/id/battery/1/Dc/0/Voltage", "N/id/battery/1/Soc"}));
  MapPlayer wild("Soc = b/+/soc");
  EXPECT_TRUE(wild.intake().required_topics().empty()) << "nobody knows it yet";
  wild.alone("b/one/soc", "50");
  EXPECT_EQ(wild.intake().required_topics(), std::vector<std::string>{"b/one/soc"});
}

TEST(IntakeSources, OfANewMapStartAnewAndThoseOfTheSameStay) {
  MapPlayer player("Alarms/HighVoltage = b/x, b/y");
  player.alone("b/x", "2");
  player.intake().change(parse_own("Alarms/HighVoltage = b/x, b/y").map, {.timeout = 30s});
  EXPECT_EQ(last(player.alone("b/y", "1"), kAlarm), 2);
  player.intake().change(parse_own("Alarms/HighVoltage = b/y, b/x").map, {});
  EXPECT_EQ(last(player.alone("b/y", "1"), kAlarm), 1);
  EXPECT_TRUE(player.alone("b/z", "1").empty());
}

}  // namespace
}  // namespace dmb
