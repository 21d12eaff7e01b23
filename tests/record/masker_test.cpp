// SPDX-License-Identifier: MIT
#include "dmb/record/masker.h"

#include "dmb/record/line_text.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace dmb::record {
namespace {

constexpr std::string_view kConfig = R"([DEFAULT]
record_mask = Seeadler, "Hafen 7", Bob
[MQTT]
broker_address = 192.168.7.31 ; in the cupboard
topic = N/c0619ab12345/battery/Seeadler/JsonData
username = skipper
password = swordfish;#9
;password = older secret
[SMARTSHUNTS]
exclude_shunts = 279, HQ2230ABCDE
[PUBLISH]
client = yacht-4711
)";

Masker configured() {
  Masker masker;
  EXPECT_TRUE(masker.learn_config(kConfig));
  return masker;
}

// --- Config ---

TEST(Masker, LeavesNoSecretInAConfigAndAllElseAsItWas) {
  EXPECT_EQ(configured().mask_config(kConfig), R"([DEFAULT]
record_mask = word1, word2, word3
[MQTT]
broker_address = broker1
topic = N/c0ffee000001/battery/word1/JsonData
username = user1
password = password1
;password = password2
[SMARTSHUNTS]
exclude_shunts = 279, serial1
[PUBLISH]
client = client1
)");
}

TEST(Masker, KnowsASecretOfTheConfigWhereverItStands) {
  const Masker masker = configured();
  EXPECT_EQ(masker.mask("no connection to 192.168.7.31:1883 as skipper"),
            "no connection to broker1:1883 as user1");
  EXPECT_EQ(masker.mask(R"({"SEEADLER/seeadler": "hq2230abcde"})"),
            R"({"word1/word1": "serial1"})");
  EXPECT_EQ(masker.mask("boat/Hafen 7/swordfish;#9x"), "boat/word2/password1x");
  EXPECT_EQ(masker.mask("Bob/Bobby/bob"), "word3/Bobby/word3");
}

TEST(Masker, LeavesThisMachineAndItsOwnWordsAlone) {
  const std::string config =
      "[MQTT]\nbroker_address = 127.0.0.1\ntopic = home/battery\nusername = volt\n"
      "password = abc\n[DEFAULT]\nrecord_mask = battery\n";
  Masker masker;
  masker.learn_config(config);
  EXPECT_EQ(masker.mask_config(config),
            "[MQTT]\nbroker_address = 127.0.0.1\ntopic = home/battery\nusername = user\n"
            "password = password\n[DEFAULT]\nrecord_mask = word\n");
  const std::string payload = R"({"Dc": {"Voltage": 52.6}, "abc": 1})";
  EXPECT_EQ(masker.mask(payload), payload);
}

TEST(Masker, ReadsAConfigThatIsWrong) {
  for (const char* config :
       {"passwrod = hunter22", "[MQTT\npassword: hunter22", "  ; #Password = \"hunter22\"",
        "password =\n  hunter22", "mqtt_password=hunter22", "password = 'hunter22'\r\nx = 1\r\n"}) {
    Masker masker;
    masker.learn_config(config);
    EXPECT_EQ(masker.mask_config(config).find("hunter22"), std::string::npos) << config;
    EXPECT_EQ(masker.mask("was hunter22"), "was password1") << config;
  }
}

TEST(Masker, LeavesProseInCommentsAlone) {
  const std::string config = "; User name and password, if wanted: everything behind = counts\n";
  Masker masker;
  masker.learn_config(config);
  EXPECT_EQ(masker.mask_config(config), config);
}

// --- Messages ---

TEST(Masker, LearnsFromKeysOfAMessage) {
  Masker masker;
  masker.learn_text(R"({"SerialNumber": "AX-77120", "wifi": {"Password" : "wave rider", )"
                    R"("mac": "AB:CD:EF:01:23:45"}, "bms_serial": 88123456, "api_key":"k\"1\\z"})");
  EXPECT_EQ(masker.mask(R"({"a": "AX-77120", "b": "wave rider", "c": "ab:cd:ef:01:23:45",)"
                        R"( "d": 88123456, "e": "k\"1\\z", "f": 188123456, "g": 88123456.5})"),
            R"({"a": "serial1", "b": "password1", "c": "serial2",)"
            R"( "d": 90000003, "e": "password2", "f": 188123456, "g": 88123456.5})");
}

TEST(Masker, LearnsFromAMessageInAMessage) {
  Masker masker;
  masker.learn_text(R"({"value":"{\"Serial\":\"B7-1234\",\"x\":1}"})");
  EXPECT_EQ(masker.mask("B7-1234"), "serial1");
}

TEST(Masker, LearnsWhatVenusOsShows) {
  Masker masker;
  masker.learn_text("SmartShunt HQ2042WX7YZ, serial 7734AB9: only the latter is counted");
  masker.learn_text("boat/N/c0619ab12345/system/0/Serial and R/048161ffffff");
  EXPECT_EQ(masker.mask("HQ2042WX7YZ 7734AB9 c0619ab12345 W/048161ffffff/keepalive"),
            "serial1 serial2 c0ffee000001 W/c0ffee000002/keepalive");
}

TEST(Masker, ReplacesAShortSecretOnlyBehindItsKey) {
  Masker masker;
  masker.learn_text(R"({"password": "abc", "serial": 12, "Serial":"unknown"})");
  EXPECT_EQ(masker.mask(R"({"password": "abc", "serial": 12, "x": 12, "y": "abc"})"),
            R"({"password": "password1", "serial": 99, "x": 12, "y": "abc"})");
}

TEST(Masker, TakesTheMessageOfATopicThatTellsASerial) {
  Masker masker;
  masker.learn(Line{{}, MessageCame{.topic = "bms/info/serial_number", .payload = "JBD-0815"}});
  EXPECT_EQ(masker.mask("JBD-0815"), "serial1");
}

TEST(Masker, DoesNotBreakAnEscape) {
  Masker masker;
  masker.learn(Secret::password, "nautilus");
  EXPECT_EQ(masker.mask(R"({"a":"x\nautilus","b":"\\nautilus"})"),
            R"({"a":"xpassword1","b":"\\password1"})");
}

// --- Lines ---

TEST(Masker, MasksEveryTextOfALine) {
  Masker masker;
  WatchedMember member;
  member.snapshot.id = "ZX81-4711";
  member.snapshot.service = "com.victronenergy.battery.ttyUSB0";
  member.snapshot.name = "Shunt ZX81-4711";
  member.others.set(q("/Serial"), Value("OTHER-1"));
  member.others.set(q("/CustomName"), Value("of OTHER-1"));
  const Line members{{}, MembersCame{.device = "house", .members = {{0, member}}}};
  ASSERT_TRUE(masker.learn(members));
  State memory;
  memory.banks["house"].shunts.push_back({.id = "GONE-2024X", .name = "Old"});
  const Line resumed{{}, Resumed{"house", memory}};
  ASSERT_TRUE(masker.learn(resumed));
  const Line wishes{{}, WishesCame{"house", {}, {"ZX81-4711", "GONE-2024X"}}};
  for (const Line& line : {members, resumed, wishes}) {
    const std::string text = to_text(masker.mask(line));
    for (const char* secret : {"ZX81", "OTHER", "GONE"})
      EXPECT_EQ(text.find(secret), std::string::npos) << text;
    EXPECT_NE(text.find("serial"), std::string::npos) << text;
    EXPECT_NE(text.find("house"), std::string::npos) << text;
  }
}

TEST(Masker, MasksTheConfigOfALineAsAConfig) {
  Masker masker;
  const Line line{{}, ConfigLoaded{std::string(kConfig), {{"mine", "x = Seeadler/soc"}}}};
  ASSERT_TRUE(masker.learn(line));
  const auto masked = std::get<ConfigLoaded>(masker.mask(line).what);
  EXPECT_EQ(masked.text, configured().mask_config(kConfig));
  EXPECT_EQ(masked.presets.at("mine"), "x = word1/soc");
}

TEST(Masker, LeavesNamesOfDevicesAsTheyAre) {
  Masker masker;
  State memory;
  memory.banks["mqtt_battery_100"].shunts.push_back(
      {.id = "com.victronenergy.battery.mqtt_battery_100", .name = "Garage"});
  masker.learn(Line{{}, Resumed{"mqtt_battery_100", memory}});
  EXPECT_EQ(masker.mask("mqtt_battery_100"), "mqtt_battery_100");
}

TEST(Masker, SaysWhenItCannotLearnMore) {
  Masker masker;
  bool learned = true;
  std::size_t count = 0;
  while (learned && count <= kMaxSecrets)
    learned = masker.learn(Secret::serial, "SN-" + std::to_string(100'000 + count++));
  EXPECT_FALSE(learned);
  EXPECT_TRUE(masker.learn(Secret::serial, "SN-100000"));  // is known
  EXPECT_FALSE(
      masker.learn(Line{{}, MessageCame{.topic = "t", .payload = R"({"serial":"SN-1x"})"}}));
  EXPECT_FALSE(Masker().learn(Secret::password, std::string(100'000, 'x')));
}

}  // namespace
}  // namespace dmb::record
