// SPDX-License-Identifier: MIT
// What is wrong with the lines of a map: where, and in which words.
#include "dmb/mapping/parse_map.h"
#include "map_lines.h"

#include <gtest/gtest.h>

#include <string>

namespace dmb {
namespace {

using test::parse_own;
using test::told;

struct Wrong {
  const char* line;
  int column;
  const char* says;
};

/// Exactly one problem, and nothing of the line is used.
void expect_said(const Wrong& wrong) {
  SCOPED_TRACE(wrong.line);
  const MapResult result = parse_own(wrong.line);
  ASSERT_EQ(result.problems.size(), 1U) << told(result.problems);
  const MapProblem& problem = result.problems.front();
  EXPECT_TRUE(problem.fatal);
  EXPECT_EQ(problem.line, 1);
  EXPECT_EQ(problem.column, wrong.column);
  EXPECT_NE(problem.message.find(wrong.says), std::string::npos) << problem.message;
  EXPECT_EQ(result.map, Map{});
}

constexpr Wrong kWrongKeys[] = {
    {"Socc = a", 1, "did you mean \"Soc\""},
    {"Voltage = a", 1, "did you mean \"Dc/0/Voltage\""},
    {"Dc/0/Volage = a", 1, "did you mean \"Dc/0/Voltage\""},
    {"Voltages/Cel{n} = a{n}", 1, "did you mean \"Voltages/Cell{n}\""},
    {"availabilty = a b/c", 1, "did you mean \"availability\""},
    {"Frobnicate = a", 1, "docs/payload.md"},
    {"Voltages/Cell129 = a", 1, "is no item"},
    {"Soc{n} = a{n}", 1, "is no item"},
    {"Dc/{n}/Voltage = a{n}", 1, "is no item"},
    {"Serial = a", 1, "nothing that a publisher may tell"},
    {"DeviceInstance = a", 1, "nothing that a publisher may tell"},
    {"Voltages/Cell{n-1} = a{n}", 14, "on the left the number is {n}"},
    {"Voltages/Cell{n:02} = a{n}", 14, "on the left the number is {n}"},
    {"Soc =", 6, "is empty: write a topic or a number"},
};
TEST(MapFaults, SaysWhatIsWrongWithKeys) {
  for (const Wrong& wrong : kWrongKeys) expect_said(wrong);
}

constexpr Wrong kWrongTopics[] = {
    {"Soc = a/*/soc", 9, "a topic has no \"*\""},
    {"Soc = a/b*0.001", 10, "write \" * 0.001\""},
    {"Soc = a/b+/c", 10, "a \"+\" is a whole level"},
    {"Soc = +/+/c", 7, "one \"+\" only"},
    {"Soc = {name}/c", 7, "nothing is set for {name}: write \"name = …\" in the section"},
    {"Soc = {topic/c", 7, "without its \"}\""},
    {"Soc = {to.pic}/c", 7, "is no placeholder"},
    {"Soc = {password}/c", 7, "is no placeholder"},
    {"Soc = {}/c", 7, "is no placeholder"},
    {"Soc = a, , b", 10, "a source is missing"},
    {"Soc = a,", 9, "a source is missing"},
    {"Soc = \"a b/c", 7, "a quote that does not end"},
    {"Soc = my battery/c", 10, "a topic with blanks stands in double quotes"},
    {"Soc = #/c", 7, "a topic is missing"},
    {"Soc = \"\"", 7, "a topic is missing"},
};
TEST(MapFaults, SaysWhatIsWrongWithTopics) {
  for (const Wrong& wrong : kWrongTopics) expect_said(wrong);
}

constexpr Wrong kWrongPointers[] = {
    {"Soc = a#soc", 9, "write \"#/soc\""},
    {"Soc = a#$.b.soc", 9, "write \"#/b/soc\""},
    {"Soc = a#/b~2", 11, "\"~\" is written ~0"},
    {"Soc = a#/b~", 11, "\"~\" is written ~0"},
    {"Soc = a#/+/b", 10, "a pointer has no \"+\""},
    {"Soc = a#/b*2", 11, "write \" * 2\""},
    {"Voltages/Cell{n} = a#/cell*", 27, "write {n} for a number within a key"},
    {"Soc = a#/*/b", 7, "stands on the right only"},
    {"Soc = a#/b/=512", 12, "write e.g. instance=512"},
    {"Soc = a#/{item}", 10, "{item} is the end of a topic"},
};
TEST(MapFaults, SaysWhatIsWrongWithPointers) {
  for (const Wrong& wrong : kWrongPointers) expect_said(wrong);
}

constexpr Wrong kWrongNumbers[] = {
    {"Voltages/Cell{n} = a/cell", 20, "{n} stands on the left only"},
    {"Voltages/Cell3 = a/cell{n}", 18, "stands on the right only"},
    {"Voltages/Cell{n} = a/{n}/b{n}", 20, "from one place only"},
    {"Voltages/Cell{n} = a/{n}{n}", 25, "only once"},
    {"Voltages/Cell{n} = a/{n}#/*", 20, "from one place only"},
    {"Voltages/Cell{n} = a/{n*2}", 22, "is no number: write {n}, {n-1}"},
    {"Voltages/Cell{n} = a/{n:2}", 22, "is no number: write {n}, {n-1}"},
    {"Voltages/Cell{n} = a/{n-1000}", 22, "is no number: write {n}, {n-1}"},
    {"Voltages/Cell{n} = 3.3", 20, "a constant cannot stand for numbered items"},
    {"Balances/Cell{n} = a/b bit 1", 20, "{n} stands on the left only"},
};
TEST(MapFaults, SaysWhatIsWrongWithNumbers) {
  for (const Wrong& wrong : kWrongNumbers) expect_said(wrong);
}

constexpr Wrong kWrongOperators[] = {
    {"Soc = a * 0", 9, "a factor of 0"},
    {"Soc = a *0.1", 9, "write \"* 0.1\""},
    {"Soc = a -273.15", 9, "write \"- 273.15\""},
    {"Soc = a * x", 11, "a number must follow, e.g. \"* 0.001\""},
    {"Soc = a *", 9, "a number must follow"},
    {"Soc = a * inf", 11, "a number must follow"},
    {"Soc = a * 1,5", 13, "decimals are written with a point"},
    {"Soc = a / 1000", 9, "there is no division"},
    {"Soc = a - 3 * 2", 13, "the order is"},
    {"Soc = a * 2 * 2", 13, "the order is"},
    {"Soc = a + 2 - 2", 13, "the order is"},
    {"Soc = a V", 9, "\"V\" is not understood"},
    {"Alarms/LowSoc = a bit 64", 23, "from 0 to 63"},
    {"Alarms/LowSoc = a bit -1", 23, "from 0 to 63"},
    {"Alarms/LowSoc = a bit 1.5", 23, "from 0 to 63"},
    {"Alarms/LowSoc = a bit", 19, "from 0 to 63"},
    {"Alarms/LowSoc = a bit 1 = 3", 19, "3 is outside 0 … 2"},
    {"Alarms/LowSoc = a bit 1 * 2", 25, "a bit has no factor"},
    {"Alarms/LowSoc = a = 2", 19, "behind a bit only"},
    {"Alarms/LowSoc = a on=3", 19, "\"on\": 3 is outside 0 … 2"},
    {"Alarms/LowSoc = a on=x", 19, "a word and its number are written ON=1"},
    {"Alarms/LowSoc = a on=1 ON=2", 24, "stands here twice"},
    {"Alarms/LowSoc = a unavailable=0", 19, "always says that a value is not known"},
    {"Info/ChargeMode = a * 2", 21, "is a text"},
    {"Info/ChargeMode = a, b", 22, "one source only"},
};
TEST(MapFaults, SaysWhatIsWrongWithOperators) {
  for (const Wrong& wrong : kWrongOperators) expect_said(wrong);
}

constexpr Wrong kWrongConstants[] = {
    {"Soh = 200", 7, "200 is outside 0 … 150"},
    {"Soc = nan", 7, "is no value"},
    {"Info/MaxChargeVoltage = 55.2 V", 30, "a constant is one number, without a unit"},
    {"Dc/0/Voltage = 52", 16, "a constant would be taken for a reading"},
    {"Io/AllowToCharge = yes", 20, "a constant is a number: write 1 or 0"},
    {"Info/ChargeMode = \"\"", 19, "is no value"},
};
TEST(MapFaults, SaysWhatIsWrongWithConstants) {
  for (const Wrong& wrong : kWrongConstants) expect_said(wrong);
}

TEST(MapFaults, ADecimalCommaMakesNoSources) {
  const MapResult result = parse_own("InstalledCapacity = 280,5");
  ASSERT_FALSE(result.problems.empty());
  EXPECT_EQ(result.problems[0].column, 21);
  EXPECT_NE(result.problems[0].message.find("decimals are written with a point"),
            std::string::npos);
  EXPECT_TRUE(result.map.lines.empty());
}

constexpr Wrong kWrongRest[] = {
    {"{item} = a/b", 10, "the topic must end in {item}"},
    {"{item} = a/{item}/b", 12, "{item} is the end of a topic"},
    {"{item} = a/x{item}", 13, "{item} is the end of a topic"},
    {"{item} = a/{item} * 2", 19, "only a topic may stand here"},
    {"{item} = a/{item}, b/{item}", 20, "one source only"},
    {"{item} = 3", 10, "a constant cannot stand for"},
    {"Soc = a/{item}", 7, "{item} must be on both sides"},
    {"availability = a", 16, "a topic and its two words"},
    {"availability = a online", 18, "a topic and its two words"},
    {"availability = a online/", 18, "a topic and its two words"},
    {"availability = a on/On", 18, "must differ"},
    {"availability = a/{n} on/off", 16, "stands on the right only"},
    {"alive = a * 2", 11, "only a topic may stand here"},
    {"alive = a below nan", 11, "a number must follow at the end"},
    {"alive = a below", 11, "a number must follow at the end"},
    {"alive = a below 30 ON=1", 11, "a number must follow at the end"},
    {"Soc = a below 30", 9, "\"below\" is not understood"},
    {"alive = a/{item}", 9, "{item} must be on both sides"},
    {"only_changes = maybe", 16, "must be yes or no"},
};

TEST(MapFaults, SaysWhatIsWrongWithAnyItemAndLife) {
  for (const Wrong& wrong : kWrongRest) expect_said(wrong);
}

TEST(MapFaults, AnItemHasOneLine) {
  EXPECT_EQ(told(parse_own("Soc = a\nDc/Power = b\n/SOC = c").problems),
            "3:1 /SOC: is told already by \"Soc\" in line 1: several sources stand in one line, "
            "commas between them\n");
  EXPECT_EQ(parse_own("Voltages/Cell{n} = a{n}\nVoltages/Cell7 = b").problems.size(), 1U);
  EXPECT_EQ(parse_own("Voltages/Cell7 = b\nVoltages/Cell{n} = a{n}").problems.size(), 1U);
  EXPECT_EQ(parse_own("alive = b\nalive = a").problems.size(), 1U);
}

TEST(MapFaults, ATopicWithAWildcardOfItsOwnIsNoneOfAMap) {
  const auto result =
      parse_own("Soc = {topic}/soc", [](std::string_view) { return std::optional("ess/#"); });
  ASSERT_EQ(result.problems.size(), 1U);
  EXPECT_EQ(result.problems[0].column, 7);
  EXPECT_NE(result.problems[0].message.find("topic = ess instead of"), std::string::npos);
}

TEST(MapFaults, WhatIsOnlyOddIsNotFatal) {
  const MapResult result = parse_own("Soc = /N/c0/battery/1/Soc#/\nSoh = 101");
  EXPECT_EQ(result.map.lines.size(), 2U);
  ASSERT_EQ(result.problems.size(), 2U) << told(result.problems);
  EXPECT_FALSE(result.problems[0].fatal);
  EXPECT_FALSE(result.problems[1].fatal);
  EXPECT_EQ(result.map.lines[0].sources[0].topic.front().text, "N");
}

TEST(MapFaults, EverySourceOfALineIsLookedAt) {
  const MapResult result = parse_own("Alarms/LowSoc = a * x, b, c#d, {e}");
  EXPECT_EQ(result.problems.size(), 3U) << told(result.problems);
  EXPECT_TRUE(result.map.lines.empty());
}

TEST(MapFaults, ColumnsCountCharacters) {
  const MapResult result = parse_own("Soc = Küche/öl * x");
  ASSERT_EQ(result.problems.size(), 1U);
  EXPECT_EQ(result.problems[0].column, 18);
}

TEST(MapFaults, WhatARuinedFileHoldsIsBounded) {
  EXPECT_EQ(parse_own("Soc = " + std::string(9000, 'a')).problems[0].message,
            "is longer than 8192 bytes");
  EXPECT_EQ(parse_own("Soc = " + std::string(2000, 'a')).problems[0].message,
            "is longer than 1024 bytes");
  EXPECT_EQ(parse_own("Soc = a#" + std::string(2000, '/')).problems.size(), 1U);
  std::string sources = "a";
  for (int i = 0; i < 16; ++i) sources += ", a";
  EXPECT_EQ(parse_own("Soc = " + sources).problems[0].message, "has more than 16 sources");
  const auto big = [](std::string_view) { return std::optional(std::string(1000, 'x')); };
  EXPECT_EQ(parse_own("Soc = {a}{b}{c}", big).problems[0].message,
            "{c} makes this longer than 2048 bytes");
  std::string lines;
  for (int i = 0; i < 2000; ++i) lines += "Frobnicate = a\n";
  EXPECT_LE(parse_own(lines).problems.size(), 501U);
}

}  // namespace
}  // namespace dmb
