// SPDX-License-Identifier: MIT
#include "dmb/mapping/discovery.h"

#include "presets_of.h"

#include <gtest/gtest.h>

namespace dmb {
namespace {

using test::messages_of;
using test::preset_of;
using test::PublishedMessage;
using test::shipped_presets;

/// What was found, a line each: "jk-bms: preset = x | topic = y | device_instance = 101".
std::string sections(const DiscoveryReport& report) {
  std::string text;
  for (const FoundBattery& battery : report.batteries) {
    text += battery.name + ':';
    for (const std::string& line : battery.section) text += " | " + line;
    for (const std::string& line : battery.map) text += " / " + line;
    text += battery.is_complete ? "\n" : " (not complete)\n";
  }
  return text;
}

std::string notes(const DiscoveryReport& report) {
  std::string text;
  for (const FoundBattery& battery : report.batteries)
    for (const std::string& note : battery.notes) text += note + '\n';
  for (const std::string& remark : report.remarks) text += remark + '\n';
  return text;
}

DiscoveryReport discover(const std::vector<PublishedMessage>& messages,
                         std::vector<DiscoveryPreset> presets = shipped_presets(),
                         const KnownBatteries& known = {}) {
  Discovery discovery(std::move(presets));
  for (const auto& message : messages) discovery.receive(message.topic, message.payload);
  return discovery.report(known);
}

bool says(const DiscoveryReport& report, std::string_view text) {
  return render(report).find(text) != std::string::npos;
}

struct Publisher {
  const char* folder;
  const char* section;  ///< its lines
  const char* saw;
};

constexpr Publisher kPublishers[] = {
    {"batmon-ha", "battery1: | preset = batmon | topic = battery1",
     "SoC 67%, voltage 52.50V, current -16.0A, power -840W, 2 cells 3.281V to 3.283V, temperature "
     "21.4°C"},
    {"diybms-v4", "diybms: | preset = diybms | topic = diybms",
     "SoC 74%, voltage 53.01V, current -4.3A, power -227W, 2 cells 3.312V to 3.315V"},
    {"esp32-bluetoothbms2mqtt", "shed: | preset = esp32-bluetoothbms2mqtt | topic = shed",
     "SoC 83%, voltage 13.21V, current -4.3A"},
    {"esphome-bms-to-inverter", "enphase: | topic = enphase/battery",
     "SoC 63%, voltage 52.70V, current -4.3A, power -226W, 2 cells 3.290V to 3.301V"},
    {"esphome-jk-bms", "jk-bms: | preset = esphome-jk-bms | topic = jkbms",
     "SoC 73%, voltage 53.64V (not known now), current -4.3A, power -230W"},
    {"gx-scalar-topics", "House: | preset = victron | topic = N/c0619ab00000/battery/512",
     "SoC 74%, voltage 49.81V, current -10.7A, power -532W"},
    {"hm2mqtt-marstek",
     "aabbccddeeff: | preset = marstek-hm2mqtt | topic = hm2mqtt/HMG-50/device/aabbccddeeff",
     "SoC 65%, voltage 52.23V, 4 cells 3.264V to 3.266V"},
    {"home-assistant-statestream", "bms: | preset = homeassistant | topic = ha",
     "SoC 63% (not known now), voltage 52.70V, current -4.3A, power -226W"},
    {"homeassistant-template-json", "home: | topic = home/battery",
     "SoC 63% (not known now), voltage 52.70V (not known now)"},
    {"jbd-bms-victron-bridge", "jbd_jbd1: | topic = battery/jbd_jbd1",
     "SoC 79%, voltage 13.57V, current 40.3A, power 547W"},
    {"jbdbms2mqtt", "jbd: | preset = jbdbms2mqtt | topic = jbd",
     "SoC 83%, voltage 13.21V, current -4.3A, power -57W, 2 cells 3.300V to 3.301V"},
    {"opendtu-onbattery-jkbms", "solar: | preset = opendtu-jk | topic = solar",
     "SoC 73%, voltage 53.12V, current -4.5A, 2 cells 3.320V to 3.321V"},
    {"opendtu-onbattery-pylontech", "solar: | preset = opendtu-pylontech | topic = solar",
     "SoC 88%, voltage 49.81V, current -10.7A"},
    {"seplos-mqtt-bash",
     "seplos_364700000000: | preset = seplos-bash | topic = "
     "homeassistant/sensor/seplos_364700000000",
     "SoC 71%, voltage 52.81V, current -4.3A, 2 cells 3.301V to 3.302V"},
    {"seplos-mqtt-rs485", "seplos: | preset = seplos-rs485 | topic = seplos",
     "SoC 71%, voltage 53.10V, current -5.1A, power -271W, 2 cells 3.318V to 3.319V"},
    {"shelly-uni-script", "enphase: | topic = enphase/battery",
     "SoC 10%, voltage 12.70V (not known now), power 0W"},
    {"solar-assistant", "battery_1: | preset = solar-assistant | topic = solar_assistant/battery_1",
     "SoC 47%, voltage 52.30V, current -3.5A, power -183W"},
    {"battery-emulator", "be: | preset = battery-emulator | topic = be",
     "SoC 64%, voltage 370.20V, current -10.0A, power -3700W, 3 cells 3.849V to 3.861V"},
    {"daly2mqtt", "BMS01: | preset = daly2mqtt | topic = BMS01",
     "SoC 71%, voltage 52.80V, current -12.5A, power -660W, 2 cells 3.298V to 3.303V"},
    {"daly2mqtt-json", "BMS02: | preset = daly2mqtt-json | topic = BMS02",
     "SoC 71%, voltage 52.80V, current -12.5A, power -660W, 2 cells 3.298V to 3.303V"},
    // Its topics are those of its siblings.
    {"esphome-daly-bms", "daly-bms-ble: | preset = esphome-bms | topic = daly-bms-ble",
     "SoC 54%, voltage 26.50V, current 3.2A, 1 cell 3.312V"},
    {"esphome-jbd-bms", "jbd-bms-ble: | preset = esphome-jbd-bms | topic = jbd-bms-ble",
     "SoC 88%, voltage 13.28V, current 5.1A, power 67W, 1 cell 3.321V"},
    {"seplos-mqtt-rs485-v3", "seplos3: | preset = seplos-rs485 | topic = seplos3 | pack = 1",
     "SoC 71%, voltage 53.10V, current 5.1A, power 271W, 2 cells 3.318V to 3.319V"},
    {"serialbattery-generic",
     "battery-json: | preset = serialbattery-generic | topic = battery/json",
     "SoC 80%, voltage 13.20V, current -5.2A, 4 cells 3.290V to 3.310V"},
    {"tasmota-seplos", "tasmota_bms: | preset = tasmota | topic = tasmota_bms",
     "SoC 62%, voltage 53.16V, current -0.9A, 2 cells 3.322V to 3.323V"},
};

TEST(Discovery, FindsEachPublisher) {
  const auto presets = shipped_presets();
  for (const Publisher& publisher : kPublishers) {
    SCOPED_TRACE(publisher.folder);
    const DiscoveryReport report = discover(messages_of(publisher.folder), presets);
    EXPECT_EQ(sections(report), std::string(publisher.section) + " | device_instance = 101\n");
    EXPECT_NE(notes(report).find(std::string("saw: ") + publisher.saw), std::string::npos)
        << notes(report);
  }
}

TEST(Discovery, NoPublisherIsForgottenHere) {
  std::set<std::string> folders;
  for (const auto& entry : std::filesystem::directory_iterator(DMB_TEST_DATA "/publishers"))
    folders.insert(entry.path().filename().string());
  std::set<std::string> known;
  for (const Publisher& publisher : kPublishers) known.insert(publisher.folder);
  EXPECT_EQ(known, folders);
}

TEST(Discovery, FindsAllPublishersAtOnce) {
  std::vector<PublishedMessage> messages;
  for (const Publisher& publisher : kPublishers)
    for (PublishedMessage& message : messages_of(publisher.folder)) {
      // Two pairs of them use one topic, which no real broker would have.
      if (std::string_view(publisher.folder) == "shelly-uni-script")
        message.topic = "shelly/battery";
      if (std::string_view(publisher.folder) == "opendtu-onbattery-pylontech")
        message.topic.replace(0, 5, "roof");
      messages.push_back(std::move(message));
    }
  const DiscoveryReport report = discover(messages);
  EXPECT_EQ(report.batteries.size(), std::size(kPublishers)) << render(report);
  EXPECT_EQ(report.usable(), std::size(kPublishers));
  std::set<std::string> names;
  for (const FoundBattery& battery : report.batteries) {
    EXPECT_TRUE(names.insert(battery.name).second) << battery.name;
    EXPECT_TRUE(names.insert(battery.section.back()).second) << battery.section.back();
  }
}

// A preset of one's own is recognised by what stands in it.

constexpr const char* kOwn = R"(
[PRESET]
sign = 1
[MAP]
Soc              = plant/{site}/pack_{pack}/charge
Dc/0/Voltage     = plant/{site}/pack_{pack}/u * 0.1
Dc/0/Current     = plant/{site}/pack_{pack}/i * {sign}
Voltages/Cell{n} = plant/{site}/pack_{pack}/cell/{n-1:02}#/mv * 0.001
Dc/0/Temperature = plant/{site}/t
availability     = plant/status up/down
)";

TEST(Discovery, ANewPresetNeedsNoCode) {
  const DiscoveryReport report = discover({{"plant/east/pack_A/charge", "55"},
                                           {"plant/east/pack_A/u", "527"},
                                           {"plant/east/pack_A/i", "-3"},
                                           {"plant/east/pack_A/cell/00", R"({"mv":3301})"},
                                           {"plant/east/pack_A/cell/15", R"({"mv":3302})"},
                                           {"plant/east/t", "21"},
                                           {"plant/east/pack_B/charge", "56"},
                                           {"plant/east/pack_B/u", "528"},
                                           {"plant/west/pack_A/charge", "57"},
                                           {"plant/west/pack_A/u", "529"},
                                           {"plant/status", "up"}},
                                          {preset_of("own", kOwn)});
  EXPECT_EQ(sections(report),
            "A: | preset = own | site = east | pack = A | device_instance = 101\n"
            "B: | preset = own | site = east | pack = B | device_instance = 102\n"
            "A 2: | preset = own | site = west | pack = A | device_instance = 103\n");
  EXPECT_TRUE(says(report,
                   "saw: SoC 55%, voltage 52.70V, current -3.0A, 2 cells 3.301V to 3.302V, "
                   "temperature 21.0°C\n"));
  EXPECT_TRUE(says(report, "write sign = -1 below its topic"));
}

TEST(Discovery, WithoutWhatABatteryNeedsItIsOnlyAComment) {
  const DiscoveryReport report = discover({{"plant/east/pack_A/u", "527"},
                                           {"plant/east/pack_A/i", "-3"},
                                           {"plant/east/t", "3"},
                                           {"plant/east/pack_A/cell/00", R"({"mv":3301})"}},
                                          {preset_of("own", kOwn)});
  EXPECT_EQ(report.usable(), 0U);
  const std::string text = render(report);
  EXPECT_NE(text.find("missing: SoC\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\n;[BATTERY A]\n;preset = own\n"), std::string::npos) << text;
}

TEST(Discovery, AHandfulOfCommonNamesIsNotWorthAWord) {
  EXPECT_EQ(render(discover({{"plug/voltage", "231"}, {"plug/current", "2"}, {"plug/soc", "x"}})),
            "");
}

TEST(Discovery, AKeyThatNobodyCanGuessHasToBeFilledIn) {
  const DiscoveryReport report =
      discover({{"a/soc", "55"}, {"a/u", "52"}},
               {preset_of("own",
                          "\n[MAP]\nSoc = {topic}/soc\nDc/0/Voltage = {topic}/u\n"
                          "Dc/0/Current = {shunt}/i\n")});
  EXPECT_EQ(report.usable(), 0U);
  EXPECT_TRUE(says(report, "fill in: shunt = …")) << render(report);
}

TEST(Discovery, WhatTheConfigHasIsNotOfferedAgain) {
  const KnownBatteries known{
      .instances = {101, 103}, .sections = {"shed"}, .filters = {"jkbms/sensor/+/state"}};
  auto messages = messages_of("esphome-jk-bms");
  for (const char* name : {"shed/", "hut/shed/"})
    for (PublishedMessage& message : messages_of("esp32-bluetoothbms2mqtt"))
      messages.push_back({name + message.topic.substr(5), message.payload});
  const DiscoveryReport report = discover(messages, shipped_presets(), known);
  EXPECT_EQ(report.usable(), 2U);
  EXPECT_TRUE(says(report, "the config reads it already\n"));
  EXPECT_TRUE(says(report,
                   "[BATTERY shed 2]\npreset = esp32-bluetoothbms2mqtt\ntopic = hut/shed\n"
                   "device_instance = 102\n"))
      << render(report);
  EXPECT_TRUE(says(report, "device_instance = 104\n"));
}

// Venus devices.

const std::vector<PublishedMessage> kVenus{
    {"N/c0619ab00000/battery/512/Soc", R"({"value":74.0})"},
    {"N/c0619ab00000/battery/512/Dc/0/Voltage", R"({"value":49.8})"},
    {"N/c0619ab00000/battery/512/CustomName", R"({"value":"Cellar [1]"})"},
};

TEST(Discovery, AVenusDeviceIsWokenUp) {
  Discovery discovery({});
  for (const char* topic : {"N/c0619ab00000/system/0/Serial", "home/N/c0619ab11111/heartbeat",
                            "N/not-a-portal/x", "N/c0619ab22222", "other/N"})
    discovery.receive(topic, "{}");
  EXPECT_EQ(
      discovery.keepalive_topics(),
      (std::vector<std::string>{"R/c0619ab00000/keepalive", "home/R/c0619ab11111/keepalive"}));
}

TEST(Discovery, AVenusBatteryHasItsOwnName) {
  EXPECT_EQ(
      sections(discover(kVenus)),
      "Cellar -1: | preset = victron | topic = N/c0619ab00000/battery/512 | device_instance = "
      "101\n");
}

TEST(Discovery, JsonDataIsTheSameBatteryAsItsSingleTopics) {
  auto messages = kVenus;
  messages.push_back({"N/c0619ab00000/battery/512/JsonData",
                      R"({"value":"{\"Soc\":74,\"Dc\":{\"Voltage\":49.8,\"Power\":10}}"})"});
  EXPECT_EQ(sections(discover(messages)),
            "Cellar -1: | topic = N/c0619ab00000/battery/512/JsonData | device_instance = 101\n");
}

TEST(Discovery, TheListOfAVenusDeviceNamesBatteriesThatHaveNoTopicsOfTheirOwn) {
  const DiscoveryReport report =
      discover({{"x/N/c0619ab00000/system/0/Batteries",
                 R"({"value":[{"instance":1,"name":"One","soc":50,"voltage":52,"current":1},
                   {"instance":2,"name":"Two","soc":60,"voltage":53,"current":2}]})"}});
  EXPECT_EQ(sections(report),
            "One: | preset = victron-batteries | topic = x/N/c0619ab00000/system/0/Batteries | "
            "instance = 1 | device_instance = 101\n"
            "Two: | preset = victron-batteries | topic = x/N/c0619ab00000/system/0/Batteries | "
            "instance = 2 | device_instance = 102\n");
}

TEST(Discovery, WhatThisProgramShowsItselfIsLeftOut) {
  auto messages = kVenus;
  messages.push_back(
      {"N/c0619ab00000/battery/512/Mgmt/ProcessName", R"({"value":"dbus-mqtt-battery"})"});
  const DiscoveryReport report = discover(messages);
  EXPECT_TRUE(report.batteries.empty());
  EXPECT_EQ(report.remarks.size(), 1U);
}

// Foreign texts.

TEST(Discovery, ForeignTextsCannotWriteIntoTheConfig) {
  const std::string evil = "x]\n[MQTT]\npassword = y";
  const DiscoveryReport report = discover({
      {evil + "/soc", "55"},
      {evil + "/voltage", "52"},
      {evil + "/current", "1"},
      {"N/c0619ab00000/battery/5/Soc", R"({"value":74.0})"},
      {"N/c0619ab00000/battery/5/Dc/0/Voltage", R"({"value":49.8})"},
      {"N/c0619ab00000/battery/5/CustomName", R"({"value":"x]\n[MQTT]\npassword = y"})"},
      {"a\"b/soc", "55"},
      {"a\"b/voltage", "52"},
      {"j {x}", R"({"Soc":1,"Dc":{"Voltage":52,"Power":1}})"},
  });
  const std::string text = render(report);
  EXPECT_EQ(text.find("\npassword"), std::string::npos) << text;
  EXPECT_EQ(text.find("\n[MQTT]"), std::string::npos) << text;
  EXPECT_EQ(report.usable(), 1U) << text;
}

TEST(Discovery, TopicsWithBlanksAreQuoted) {
  const DiscoveryReport report =
      discover({{"my shed/bms 1", R"({"Soc":1,"Dc":{"Voltage":52,"Power":1}})"}});
  EXPECT_EQ(sections(report), "bms 1: | topic = \"my shed/bms 1\" | device_instance = 101\n");
}

TEST(Discovery, NothingOfOthersIsPrinted) {
  const DiscoveryReport report = discover({{"shed/soc", "55"},
                                           {"shed/voltage", "52"},
                                           {"shed/password", "hunter2"},
                                           {"shed/current", "hunter3"},
                                           {"other/soc", "hunter4"},
                                           {"other/voltage", "hunter5"},
                                           {"cam", R"({"Soc":"hunter6","token":"hunter7"})"}});
  EXPECT_FALSE(says(report, "hunter")) << render(report);
  EXPECT_TRUE(says(report, "[BATTERY shed]")) << render(report);
}

// Bounds.

TEST(Discovery, WhatABusyBrokerBringsIsBounded) {
  constexpr int kTopics = 12'000;  // of each kind
  Discovery discovery(shipped_presets());
  for (int i = 0; i < kTopics; ++i) {
    const std::string number = std::to_string(i);
    discovery.receive("plug/" + number + "/soc", "50");
    discovery.receive("plug/" + number + "/voltage", "50");
    discovery.receive("bms/" + number, R"({"Soc":1,"soc":50,"Dc":{"Voltage":52,"Power":1}})");
  }
  const DiscoveryReport report = discovery.report({});
  EXPECT_EQ(report.batteries.size(), kMaxFoundBatteries);
  EXPECT_LT(render(report).size(), 64 * 1024U);
  EXPECT_TRUE(says(report, "; more than 60 batteries look like those of preset esp32"))
      << notes(report);
  EXPECT_TRUE(says(report, "more batteries are left out")) << notes(report);
  EXPECT_TRUE(says(report, "than there is room for")) << notes(report);
}

TEST(Discovery, WhatIsTooLargeIsCounted) {
  const DiscoveryReport report =
      discover({{"big", std::string(200 * 1024, 'x')}, {"big/soc", std::string(200 * 1024, '1')}});
  EXPECT_TRUE(says(report, "; 2 messages were too large")) << render(report);
}

}  // namespace
}  // namespace dmb
