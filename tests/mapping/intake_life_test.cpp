// SPDX-License-Identifier: MIT
// What is a sign of life, and what says that there is no battery.
#include "map_player.h"

#include <gtest/gtest.h>

#include <string>

namespace dmb {
namespace {

using namespace test;
using namespace std::chrono_literals;

constexpr const char* kBattery =
    "Soc = b/soc\nDc/0/Voltage = b/u\nDc/0/Current = b/i\nDc/0/Power = b/p\n"
    "Info/MaxChargeCurrent = b/ccl\nDc/0/Temperature = b/t\n";

std::string with(const char* more) {
  return std::string(kBattery) + more;
}

TEST(IntakeLife, IsALiveMessageWithARequiredItem) {
  MapPlayer player(kBattery);
  EXPECT_TRUE(player.alone("b/soc", "50").at(0).is_life);
  EXPECT_TRUE(player.alone("b/u", "52").at(0).is_life);
  EXPECT_FALSE(player.alone("b/t", "20").at(0).is_life);
  EXPECT_FALSE(player.alone("b/i", "1").at(0).is_life);
  for (const Out& out : player.alone("b/ccl", "20")) EXPECT_FALSE(out.is_life);
  player.retained("b/soc", "50");
  EXPECT_FALSE(player.end().at(0).is_life);
}

TEST(IntakeLife, OfAVoltageMayComeByPowerAndCurrentOfOneMoment) {
  MapPlayer player("Dc/0/Current = b/i\nDc/0/Power = b/p\nSoc = b/soc");
  player.live("b/i", "2");
  player.live("b/p", "104");
  EXPECT_TRUE(player.end().at(0).is_life);
  player.live("b/i", "nan");
  const Outs outs = player.live("b/p", "104");
  EXPECT_FALSE(outs.at(0).is_life);
  EXPECT_TRUE(outs.at(0).required_unknown);
}

TEST(IntakeLife, IsNoneWithoutAUsableValue) {
  MapPlayer player(kBattery);
  for (const char* nothing : {"nan", "unavailable", "", "140", "full"}) {
    const Out out = player.alone("b/soc", nothing).at(0);
    EXPECT_FALSE(out.is_life) << nothing;
    EXPECT_TRUE(out.required_unknown) << nothing;
  }
  player.live("b/u", "52");
  player.live("b/p", "104");
  player.intake().receive("b/soc", "unknown", false, player.now());
  const Outs mixed = player.end();
  EXPECT_TRUE(mixed.at(0).is_life);
  EXPECT_TRUE(mixed.at(0).required_unknown);
  const Out unasked = player.alone("b/t", "nan").at(0);
  EXPECT_FALSE(unasked.required_unknown);
}

TEST(IntakeLife, GoesByWhatIsRequired) {
  MapPlayer starter("Dc/0/Voltage = b/u\nSoc = b/soc", {.required = {q("/Dc/0/Voltage")}});
  EXPECT_FALSE(starter.alone("b/soc", "50").at(0).is_life);
  EXPECT_FALSE(starter.alone("b/soc", "nan").at(0).required_unknown);
  EXPECT_TRUE(starter.alone("b/u", "12.8").at(0).is_life);
}

TEST(IntakeLife, OfConstantsIsNoneAndTheyComeWithLifeOnly) {
  MapPlayer player(with("InstalledCapacity = 280\nInfo/MaxChargeVoltage = 55.2"));
  const auto has_constants = [](const Out& out) {
    return number(out, q("/Info/MaxChargeVoltage")) == 55.2 &&
           number(out, q("/InstalledCapacity")) == 280;
  };
  EXPECT_TRUE(has_constants(player.alone("b/soc", "50").at(0)));
  EXPECT_FALSE(has_constants(player.alone("b/t", "20").at(0)));
  EXPECT_FALSE(has_constants(player.alone("b/soc", "unavailable").at(0)));
  player.live("b/u", "52");
  player.live("b/soc", "unavailable");
  EXPECT_FALSE(has_constants(player.end().at(0))) << "what is required is not known";
  player.retained("b/soc", "50");
  EXPECT_FALSE(has_constants(player.end().at(0)));
}

TEST(IntakeLife, GoesByTheAliveTopicsAloneWhereThereAreSome) {
  MapPlayer player(
      with("alive = b/uptime, b/s#/fresh yes=1 no=0\nonly_changes = no\nInstalledCapacity = 100"));
  EXPECT_FALSE(player.alone("b/soc", "50").at(0).is_life);
  const Outs beat = player.alone("b/uptime", "17");
  ASSERT_EQ(beat.size(), 1U);
  EXPECT_TRUE(beat[0].is_life);
  EXPECT_EQ(number(beat[0], q("/InstalledCapacity")), 100) << "constants live with the battery";
  for (const char* nothing : {"", "nan", "unavailable"})
    EXPECT_TRUE(player.alone("b/uptime", nothing).empty()) << nothing;
  EXPECT_TRUE(player.alone("b/s", R"({"fresh":"yes"})").at(0).is_life);
  for (const char* no : {R"({"fresh":"no"})", R"({"fresh":null})", "{}", R"({"fresh":"what"})",
                         R"({"fresh":false})"})
    EXPECT_TRUE(player.alone("b/s", no).empty()) << no;
  player.retained("b/uptime", "17");
  EXPECT_TRUE(player.end().empty()) << "nothing retained is life";
}

TEST(IntakeLife, OfAnAliveTopicThatIsMappedTooIsOneMoment) {
  MapPlayer player(with("alive = b/soc\nonly_changes = no"));
  player.live("b/u", "52");
  player.live("b/soc", "50");
  const Outs outs = player.end();
  ASSERT_EQ(outs.size(), 1U);
  EXPECT_TRUE(outs[0].is_life);
  EXPECT_EQ(outs[0].reading.fields().size(), 2U);
}

TEST(IntakeLife, EndsAtOnceWhenTheSourceIsOffline) {
  MapPlayer player(with("availability = b/status online/offline"));
  player.live("b/u", "52");
  Outs outs = player.live("b/status", "Offline");
  ASSERT_EQ(outs.size(), 1U);
  EXPECT_EQ(outs[0].kind, Out::Kind::gone);
  EXPECT_EQ(outs[0].topic, "b/status");
  EXPECT_TRUE(player.end().empty()) << "what was told before is void";
  outs = player.retained("b/status", "offline");
  ASSERT_EQ(outs.size(), 1U);
  EXPECT_EQ(outs[0].kind, Out::Kind::gone);
  EXPECT_TRUE(outs[0].retained);
  for (const char* other : {"online", "", "rebooting"})
    EXPECT_TRUE(player.alone("b/status", other).empty()) << other;
  EXPECT_TRUE(player.alone("b/soc", "50").at(0).is_life) << "a live message brings it back";
}

TEST(IntakeLife, EndsWhenOneOfSeveralIsOffline) {
  MapPlayer player(with("availability = b/status online/offline, b/bms up/down"));
  EXPECT_TRUE(player.alone("b/status", "online").empty());
  EXPECT_TRUE(player.alone("b/bms", "offline").empty()) << "each has its own words";
  EXPECT_EQ(player.live("b/bms", "down").at(0).kind, Out::Kind::gone);
  EXPECT_EQ(player.live("b/status", "offline").at(0).kind, Out::Kind::gone);
}

TEST(IntakeLife, EndsByAnAvailabilityWithinJson) {
  MapPlayer player(with("availability = b/status#/alive 1/0"));
  EXPECT_TRUE(player.alone("b/status", "{\"alive\":1}").empty());
  EXPECT_EQ(player.live("b/status", "{\"alive\":0}").at(0).kind, Out::Kind::gone);
  EXPECT_EQ(player.live("b/status", "{\"alive\":").at(0).kind, Out::Kind::rejected);
}

TEST(IntakeLife, AfterAnEndTellsLimitsAnewAtOnce) {
  MapPlayer player(with("availability = b/status online/offline"));
  player.alone("b/ccl", "50");
  EXPECT_TRUE(player.live("b/ccl", "50").empty());
  player.live("b/status", "offline");
  EXPECT_EQ(player.live("b/ccl", "50").size(), 1U);
}

TEST(IntakeLife, OnAVenusBrokerEndsWithAnEmptyPayload) {
  MapPlayer player("{item} = b/{item}#/value", {.venus = true});
  EXPECT_EQ(player.live("b/Soc", "").at(0).kind, Out::Kind::gone);
  EXPECT_EQ(player.live("b/Dc/0/Voltage", "").at(0).kind, Out::Kind::gone);
  EXPECT_EQ(player.live("b/Connected", "").at(0).kind, Out::Kind::gone);
  EXPECT_TRUE(player.alone("b/Connected", "{\"value\":1}").empty());
  EXPECT_TRUE(player.alone("b/Serial", "").empty());
  const Out temperature = player.alone("b/Dc/0/Temperature", "").at(0);
  EXPECT_EQ(temperature.kind, Out::Kind::values);
  EXPECT_FALSE(value(temperature, q("/Dc/0/Temperature")));
  EXPECT_TRUE(player.alone("b/Soc", "{\"value\":null}").at(0).required_unknown);
}

TEST(IntakeLife, ElsewhereAnEmptyPayloadIsAValueThatIsNotKnown) {
  MapPlayer player(kBattery);
  const Out out = player.alone("b/soc", "").at(0);
  EXPECT_EQ(out.kind, Out::Kind::values);
  EXPECT_TRUE(out.required_unknown);
}

}  // namespace
}  // namespace dmb
