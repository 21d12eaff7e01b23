// SPDX-License-Identifier: MIT
#include "support.h"

namespace dmb {
namespace {

using test::all_of;
using test::contains;
using test::errors;
using test::warnings;

/// One preset, "shed"; its topics begin with what the config says, or with "ess".
Presets presets() {
  return {.read = [](const std::string& name) -> std::optional<std::string> {
            if (name == "boat") return "[MAP]\nSoc = a\nDc/0/Voltage = b\nAlarms/X = c\n";
            if (name != "shed") return std::nullopt;
            return "; what it is\n[PRESET]\ntopic = ess\n[MAP]\nSoc = {topic}/soc\n"
                   "Dc/0/Voltage = {topic}/{node}/u\n";
          },
          .names = {"boat", "shed"}};
}

ConfigResult parse(const std::string& rest) {
  return parse_config("[MQTT]\nbroker_address = b\n" + rest, presets());
}

/// The topic of the line for `path`, levels with "/" between them.
std::string topic_of(const BatteryConfig& battery, std::string_view path) {
  for (const MapLine& line : battery.map.value().lines) {
    if (line.item.spec().path != path || line.sources.empty()) continue;
    std::string topic;
    for (const MapStep& step : line.sources.front().topic) topic += "/" + step.text;
    return topic;
  }
  return "not there";
}

TEST(Maps, BelongToTheBatteryOfMqtt) {
  const ConfigResult result = parse("[MAP]\nSoc = a/soc\nDc/0/Voltage = a/u\n");
  ASSERT_TRUE(result.config) << all_of(result.problems);
  ASSERT_EQ(result.config->batteries.size(), 1u) << "no topic is needed";
  EXPECT_EQ(topic_of(result.config->batteries[0], "/Soc"), "/a/soc");
  EXPECT_TRUE(result.problems.empty()) << all_of(result.problems);
}

TEST(Maps, BelongToTheBatteryOfTheirName) {
  const ConfigResult result = parse(
      "[BATTERY Shed]\ndevice_instance = 5\ntopic = x\n[map shed]\nSoc = {topic}/soc\n"
      "Dc/0/Voltage = {topic}/u\n");
  ASSERT_TRUE(result.config) << all_of(result.problems);
  ASSERT_EQ(result.config->batteries.size(), 1u);
  EXPECT_EQ(topic_of(result.config->batteries[0], "/Soc"), "/x/soc");
}

TEST(Maps, ThatBelongToNobodyAreNamed) {
  const ConfigResult result = parse("topic = t\n[MAP Shed]\nSoc = a\n");
  ASSERT_TRUE(result.config);
  EXPECT_TRUE(contains(all_of(warnings(result)), "[BATTERY Shed]")) << all_of(result.problems);
}

TEST(Presets, ThatAreWrongAreBlamedNotTheConfig) {
  const ConfigResult result = parse("preset = boat\n");
  ASSERT_EQ(result.problems.size(), 1U) << all_of(result.problems);
  EXPECT_EQ(result.problems[0].line, 3);
  EXPECT_EQ(result.problems[0].key, "preset");
  EXPECT_TRUE(contains(result.problems[0].message, "its line 4, column 1: Alarms/X"))
      << all_of(result.problems);
}

TEST(Presets, GiveTheirLinesWithTheKeysOfTheSectionFilledIn) {
  const ConfigResult result =
      parse("[BATTERY Shed]\ndevice_instance = 5\npreset = shed\ntopic = x\nnode = n1\n");
  ASSERT_TRUE(result.config) << all_of(result.problems);
  EXPECT_TRUE(result.problems.empty()) << all_of(result.problems);
  EXPECT_EQ(topic_of(result.config->batteries[0], "/Soc"), "/x/soc");
  EXPECT_EQ(topic_of(result.config->batteries[0], "/Dc/0/Voltage"), "/x/n1/u");
}

TEST(Presets, HaveTheirOwnWordForAPlaceholder) {
  const ConfigResult result = parse("preset = shed\nnode = n1\n");
  ASSERT_TRUE(result.config) << all_of(result.problems);
  EXPECT_EQ(topic_of(result.config->batteries[0], "/Soc"), "/ess/soc");
}

TEST(Presets, AreOverriddenLineByLine) {
  const ConfigResult result = parse("preset = shed\nnode = n\n[MAP]\nSoc = other/soc\n");
  ASSERT_TRUE(result.config) << all_of(result.problems);
  EXPECT_EQ(topic_of(result.config->batteries[0], "/Soc"), "/other/soc");
  EXPECT_EQ(topic_of(result.config->batteries[0], "/Dc/0/Voltage"), "/ess/n/u");
}

TEST(Presets, ThatLackAKeyNameIt) {
  const ConfigResult result = parse("preset = shed\n");
  EXPECT_FALSE(result.config);
  EXPECT_TRUE(contains(all_of(errors(result)), "node")) << all_of(result.problems);
}

TEST(Presets, ThatAreNotThereSuggestOthers) {
  EXPECT_TRUE(contains(all_of(errors(parse("preset = shd\n"))), "did you mean shed?"));
  EXPECT_TRUE(contains(all_of(errors(parse("preset = nothing-like-it\n"))), "boat, shed"));
}

TEST(Presets, KeysThatNobodyAsksForAreUnknownAsEver) {
  const ConfigResult result = parse("preset = shed\nnode = n\nnodes = 3\n");
  ASSERT_TRUE(result.config);
  const std::string said = all_of(warnings(result));
  EXPECT_TRUE(contains(said, "nodes")) << said;
  EXPECT_FALSE(contains(said, " node:")) << said;
}

TEST(Maps, NameLineAndColumnOfWhatIsWrongInThem) {
  const ConfigResult result =
      parse("[MAP]\nSoc = a/soc\nDc/0/Voltage = a/u * much\nDc/0/Curent = a/i ; no such\n");
  EXPECT_FALSE(result.config);
  const std::string said = all_of(errors(result));
  EXPECT_TRUE(contains(said, "config.ini:5: [MAP] Dc/0/Voltage: column 22")) << said;
  EXPECT_TRUE(contains(said, "config.ini:6: [MAP] Dc/0/Curent: column 1")) << said;
}

TEST(Maps, EndLinesAtComments) {
  const ConfigResult result =
      parse("[MAP]\nSoc = \"a ;b/soc\" ; no\nDc/0/Voltage = a/u#/v # no\nSoh = a, ; no\n  b ;no\n");
  ASSERT_TRUE(result.config) << all_of(result.problems);
  const Map& map = result.config->batteries[0].map.value();
  EXPECT_EQ(topic_of(result.config->batteries[0], "/Soc"), "/a ;b/soc");
  EXPECT_EQ(map.lines.at(1).sources.at(0).pointer.value().at(0).text, "v");
  EXPECT_EQ(map.lines.at(2).sources.size(), 2U) << "the value goes on in the next line";
}

TEST(Presets, MayNotHideWhatIsRequired) {
  const Presets any{.read = [](const std::string&) -> std::optional<std::string> {
                      return "[MAP]\n{item} = a/{item}\n";
                    },
                    .names = {"any"}};
  const std::string config = "[MQTT]\nbroker_address = b\npreset = any\n[MAP]\n";
  EXPECT_TRUE(parse_config(config + "Soh =\n", any).config);
  const std::string said = all_of(errors(parse_config(config + "Soc =\n", any)));
  EXPECT_TRUE(contains(said, "no line for Soc")) << said;
}

TEST(Maps, WithoutARequiredItemAreAnError) {
  const std::string said = all_of(errors(parse("[MAP]\nDc/0/Voltage = a/u\n")));
  EXPECT_TRUE(contains(said, "no line for Soc")) << said;
  EXPECT_TRUE(parse("[DEFAULT]\nrequired = Dc/0/Voltage\n[MAP]\nDc/0/Voltage = a/u\n").config);
  EXPECT_TRUE(parse("[MAP]\nSoc = s\nDc/0/Power = p\nDc/0/Current = i\n").config)
      << "the voltage follows from these two";
  EXPECT_FALSE(parse("[MAP]\nSoc = 50\nDc/0/Voltage = a/u\n").config) << "a constant is no news";
}

TEST(Maps, DoNotCountAsOneBatteryShownTwice) {
  const ConfigResult result = parse(
      "[BATTERY A]\ndevice_instance = 5\ntopic = x\n[MAP A]\nSoc = {topic}/1/soc\n"
      "Dc/0/Voltage = {topic}/1/u\n[BATTERY B]\ndevice_instance = 6\ntopic = x\n[MAP B]\n"
      "Soc = {topic}/2/soc\nDc/0/Voltage = {topic}/2/u\n");
  ASSERT_TRUE(result.config);
  EXPECT_TRUE(result.problems.empty()) << all_of(result.problems);
}

}  // namespace
}  // namespace dmb
