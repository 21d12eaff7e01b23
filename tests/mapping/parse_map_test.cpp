// SPDX-License-Identifier: MIT
#include "dmb/mapping/parse_map.h"

#include "map_lines.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dmb {
namespace {

using test::map_entries;
using test::parse_own;
using Kind = MapStep::Kind;
using Steps = std::vector<MapStep>;

Steps literals(std::initializer_list<const char*> texts) {
  Steps steps;
  for (const char* text : texts) steps.push_back({.text = text});
  return steps;
}

std::string told(const std::vector<MapProblem>& problems) {
  std::string text;
  for (const MapProblem& problem : problems)
    text += std::to_string(problem.line) + ':' + std::to_string(problem.column) + ' ' +
            problem.key + ": " + problem.message + '\n';
  return text;
}

/// The only line of a map without problems.
MapLine line_of(std::string_view text) {
  const MapResult result = parse_own(text);
  EXPECT_EQ(told(result.problems), "") << text;
  EXPECT_EQ(result.map.lines.size(), 1U) << text;
  return result.map.lines.empty() ? MapLine{} : result.map.lines.front();
}

MapSource source_of(std::string_view text) {
  const MapLine line = line_of(text);
  EXPECT_EQ(line.sources.size(), 1U) << text;
  return line.sources.empty() ? MapSource{} : line.sources.front();
}

TEST(ParseMap, ABareValueOfATopic) {
  const MapLine line = line_of("Soc = {topic}/soc");
  EXPECT_EQ(line.item, q("/Soc"));
  EXPECT_FALSE(line.numbered);
  EXPECT_FALSE(line.constant);
  EXPECT_EQ(line.key, "Soc");
  EXPECT_EQ(line.line, 1);
  ASSERT_EQ(line.sources.size(), 1U);
  EXPECT_EQ(line.sources[0], (MapSource{.topic = literals({"ess", "soc"}), .column = 7}));
}

TEST(ParseMap, APointerAFactorAndAnOffset) {
  EXPECT_EQ(source_of("Dc/0/Temperature = {topic}/pack#/t * 0.1 - 273.15"),
            (MapSource{.topic = literals({"ess", "pack"}),
                       .pointer = literals({"t"}),
                       .factor = 0.1,
                       .offset = -273.15,
                       .column = 20}));
}

TEST(ParseMap, TheWholeDocumentIsAPointerWithoutSteps) {
  EXPECT_EQ(source_of("Soc = a#").pointer, Steps{});
  EXPECT_EQ(source_of("Soc = a").pointer, std::nullopt);
}

TEST(ParseMap, NumberedTopics) {
  const MapLine line = line_of("Voltages/Cell{n} = {topic}/cells/cell_{n-1:02}x * 0.001");
  EXPECT_TRUE(line.numbered);
  EXPECT_EQ(line.item, cell_voltage(1));
  EXPECT_EQ(line.numbers, kMaxCells);
  EXPECT_EQ(line.sources[0].topic, (Steps{{.text = "ess"},
                                          {.text = "cells"},
                                          {.kind = Kind::numbered,
                                           .text = "cell_",
                                           .tail = "x",
                                           .number = {.shift = -1, .width = 2}}}));
}

TEST(ParseMap, FamiliesKnowTheirSize) {
  EXPECT_EQ(line_of("System/Temperature{n} = t/{n}").numbers, 4);
  EXPECT_EQ(line_of("System/Temperature{N}Name = t/{n}").item, q("/System/Temperature1Name"));
  EXPECT_EQ(line_of("Soc = t").numbers, 1);
}

TEST(ParseMap, TheNumberMayBeInThePointerOrAnArrayOrTheBit) {
  EXPECT_EQ(source_of("Voltages/Cell{n} = {topic}/bat#/cells/*/mv * 0.001").pointer,
            (Steps{{.text = "cells"}, {.kind = Kind::each}, {.text = "mv"}}));
  EXPECT_EQ(source_of("Voltages/Cell{n} = b#/cell{n:03}").pointer,
            (Steps{{.kind = Kind::numbered, .text = "cell", .number = {.width = 3}}}));
  const MapSource bits = source_of("Balances/Cell{n} = {topic}/bat#/balance bit {n-1}");
  EXPECT_TRUE(bits.bit_by_number);
  EXPECT_EQ(bits.bit, -1);
  EXPECT_EQ(bits.bit_value, 1);
}

TEST(ParseMap, Words) {
  EXPECT_EQ(source_of("Io/AllowToCharge = {topic}/fet ON=1 \"not allowed\"=0").words,
            (std::vector<MapWord>{{"ON", 1}, {"not allowed", 0}}));
  EXPECT_EQ(source_of("Alarms/LowSoc = a none=0 a=b=2").words,
            (std::vector<MapWord>{{"none", 0}, {"a=b", 2}}));
}

TEST(ParseMap, SeveralSources) {
  const MapLine line =
      line_of("Alarms/HighVoltage = {topic}/flags bit 2 = 2, {topic}/warn#/hv yes=1");
  ASSERT_EQ(line.sources.size(), 2U);
  EXPECT_EQ(line.sources[0].bit, 2);
  EXPECT_EQ(line.sources[0].bit_value, 2);
  EXPECT_FALSE(line.sources[0].bit_by_number);
  EXPECT_EQ(line.sources[1].words, (std::vector<MapWord>{{"yes", 1}}));
  EXPECT_EQ(line.sources[1].column, 47);
}

TEST(ParseMap, Constants) {
  EXPECT_EQ(line_of("InstalledCapacity = 280").constant, "280");
  EXPECT_EQ(line_of("Info/MaxChargeVoltage = 55.2").constant, "55.2");
  EXPECT_EQ(line_of("Info/ChargeMode = \"Bulk, first\"").constant, "Bulk, first");
  EXPECT_TRUE(line_of("InstalledCapacity = 280").sources.empty());
}

TEST(ParseMap, KeysAreReadAsThoseOfAPayload) {
  EXPECT_EQ(line_of("/dc/power = a").item, q("/Dc/0/Power"));
  EXPECT_EQ(line_of("VOLTAGES/CELL03 = a").item, q("/Voltages/Cell3"));
}

TEST(ParseMap, QuotesHoldBlanksAndCommas) {
  EXPECT_EQ(source_of("Soc = \"my battery, left/soc\"#/a").topic,
            literals({"my battery, left", "soc"}));
  EXPECT_EQ(source_of("Soc = {topic}\"/the soc\"").topic, literals({"ess", "the soc"}));
}

TEST(ParseMap, PointersAreThoseOfRfc6901) {
  EXPECT_EQ(source_of("Soc = a#/a~1b/m~0n/~01/k\"l m\"/x#y").pointer,
            literals({"a/b", "m~n", "~1", "kl m", "x#y"}));
}

TEST(ParseMap, AnElementOfAnArrayMayBeChosen) {
  EXPECT_EQ(source_of("Soc = N/c0/system/0/Batteries#/value/instance=512/soc").pointer,
            (Steps{{.text = "value"},
                   {.kind = Kind::chosen, .text = "instance", .tail = "512"},
                   {.text = "soc"}}));
}

TEST(ParseMap, OneLevelMayBeAnything) {
  EXPECT_EQ(source_of("Soc = bms/+/soc").topic,
            (Steps{{.text = "bms"}, {.kind = Kind::any}, {.text = "soc"}}));
}

TEST(ParseMap, AnyItem) {
  const MapLine line = line_of("{item} = {topic}/{item}#/value");
  EXPECT_TRUE(line.any_item);
  EXPECT_EQ(line.sources[0].topic, (Steps{{.text = "ess"}, {.kind = Kind::item}}));
  EXPECT_EQ(line.sources[0].pointer, literals({"value"}));
}

TEST(ParseMap, AnyItemOfATopicInQuotes) {
  EXPECT_EQ(source_of("{item} = \"my battery/{item}\"").topic,
            (Steps{{.text = "my battery"}, {.kind = Kind::item}}));
}

TEST(ParseMap, AvailabilityAndAlive) {
  const MapResult result = parse_own(
      "availability = {topic}/status online/offline, {topic}/bms#/up 1/0\n"
      "Alive = {topic}/uptime, {topic}/tick#/t\n");
  EXPECT_EQ(told(result.problems), "");
  ASSERT_EQ(result.map.availability.size(), 2U);
  EXPECT_EQ(result.map.availability[0].source.topic, literals({"ess", "status"}));
  EXPECT_EQ(result.map.availability[0].online, "online");
  EXPECT_EQ(result.map.availability[0].offline, "offline");
  EXPECT_EQ(result.map.availability[1].source.pointer, literals({"up"}));
  EXPECT_EQ(result.map.availability[1].offline, "0");
  ASSERT_EQ(result.map.alive.size(), 2U);
  EXPECT_EQ(result.map.alive[1].pointer, literals({"t"}));
}

TEST(ParseMap, ASignOfLifeMayBeAWordABitOrASmallAge) {
  const MapResult result =
      parse_own("alive = a/state charge=1 off=0, a/flags bit 3, a/age below 30, below\n");
  EXPECT_EQ(told(result.problems), "");
  ASSERT_EQ(result.map.alive.size(), 4U);
  EXPECT_EQ(result.map.alive[0].words.size(), 2U);
  EXPECT_EQ(result.map.alive[0].below, std::nullopt);
  EXPECT_EQ(result.map.alive[1].bit, 3);
  EXPECT_EQ(result.map.alive[2].below, 30);
  EXPECT_TRUE(result.map.alive[2].words.empty());
  EXPECT_EQ(result.map.alive[3].topic, literals({"below"}));
}

TEST(ParseMap, WhoSaysThatItLivesNeedNotRepeatItself) {
  EXPECT_FALSE(parse_own("Soc = a").map.only_changes);
  EXPECT_TRUE(parse_own("alive = a").map.only_changes);
  EXPECT_TRUE(parse_own("availability = a b/c").map.only_changes);
  EXPECT_FALSE(parse_own("alive = a\nonly_changes = no").map.only_changes);
  EXPECT_TRUE(parse_own("only_changes = yes").map.only_changes);
}

TEST(ParseMap, PlaceholdersMayStandAnywhereOnTheRight) {
  const auto names = [](std::string_view name) -> std::optional<std::string> {
    if (name == "sign") return "-1";
    if (name == "node") return "my node/+";
    return std::nullopt;
  };
  const auto result = parse_own("Dc/0/Current = {NODE}/i#/{sign} * {sign}", names);
  EXPECT_EQ(told(result.problems), "");
  ASSERT_EQ(result.map.lines.size(), 1U);
  const MapSource& source = result.map.lines[0].sources[0];
  EXPECT_EQ(source.topic, (Steps{{.text = "my node"}, {.kind = Kind::any}, {.text = "i"}}));
  EXPECT_EQ(source.pointer, literals({"-1"}));
  EXPECT_EQ(source.factor, -1);
}

TEST(ParseMap, EveryFormOfALine) {
  for (const char* line :
       {"Soc                = {topic}/soc                          ; a topic with a bare value",
        "Dc/0/Voltage       = {topic}/pack#/u * 0.001              ; topic # JSON pointer, factor",
        "Dc/0/Current       = {topic}/pack#/i * -0.001             ; sign",
        "Dc/0/Temperature   = {topic}/pack#/t * 0.1 - 273.15       ; factor, then offset",
        "Voltages/Cell{n}   = {topic}/cells/cell_{n-1:02} * 0.001  ; numbered topics or keys",
        "Voltages/Cell{n}   = {topic}/bat#/cells/*/mv * 0.001      ; or an array",
        "Balances/Cell{n}   = {topic}/bat#/balance bit {n-1}       ; bits of a number",
        "Io/AllowToCharge   = {topic}/fet/charge ON=1 OFF=0        ; words",
        "Alarms/HighVoltage = {topic}/flags bit 2 = 2, {topic}/warn#/hv yes=1   ; several",
        "InstalledCapacity  = 280                                  ; a constant",
        "Info/MaxChargeVoltage = 55.2"})
    line_of(line);
}

TEST(ParseMap, LinesMayGoOn) {
  const std::vector<MapEntry> own{
      {.key = "Alarms/LowSoc", .value = "a,\n    b,\n  *", .line = 7, .value_column = 17}};
  const MapResult result = parse_map({}, own, nullptr);
  ASSERT_EQ(result.problems.size(), 1U);
  EXPECT_EQ(result.problems[0].line, 9);
  EXPECT_EQ(result.problems[0].column, 3);
}

// What replaces what.

std::string keys_of(const MapResult& result) {
  std::string keys;
  for (const MapLine& line : result.map.lines)
    keys += line.key + '@' + std::to_string(line.line) + ' ';
  return keys;
}

MapResult parse_both(std::string_view preset, std::string_view own) {
  std::vector<MapEntry> entries = map_entries(preset);
  for (MapEntry& entry : entries) entry.line = 0;
  return parse_map(entries, map_entries(own), test::topic_is_ess);
}

TEST(ParseMap, AnOwnLineReplacesThePresets) {
  const MapResult result =
      parse_both("Soc = a\nDc/Voltage = b\nVoltages/Cell{n} = c{n}\navailability = d x/y",
                 "SOC = z\n/voltages/cell{n} = e/{n}\navailability = f on/off");
  EXPECT_EQ(told(result.problems), "");
  EXPECT_EQ(keys_of(result), "Dc/Voltage@0 SOC@1 /voltages/cell{n}@2 ");
  ASSERT_EQ(result.map.availability.size(), 1U);
  EXPECT_EQ(result.map.availability[0].online, "on");
}

TEST(ParseMap, AnOwnFamilyReplacesSingleCells) {
  const MapResult result =
      parse_both("Voltages/Cell1 = a\nVoltages/Cell2 = b", "Voltages/Cell{n} = c{n}");
  EXPECT_EQ(told(result.problems), "");
  EXPECT_EQ(keys_of(result), "Voltages/Cell{n}@1 ");
}

TEST(ParseMap, ASingleCellOfThePresetsFamilyIsAProblem) {
  const MapResult result = parse_both("Voltages/Cell{n} = c{n}", "Voltages/Cell3 = a");
  EXPECT_EQ(told(result.problems),
            "1:1 Voltages/Cell3: the preset tells it by \"Voltages/Cell{n}\": write a line with "
            "that key to replace it\n");
}

TEST(ParseMap, AnEmptyLineTakesThePresetsAway) {
  const MapResult result = parse_both("Soc = a\nalive = b\nVoltages/Cell{n} = c{n}",
                                      "Soc =\nalive =\nVoltages/Cell{n} =");
  EXPECT_EQ(told(result.problems), "");
  EXPECT_EQ(keys_of(result), "");
  EXPECT_TRUE(result.map.alive.empty());
  EXPECT_FALSE(result.map.only_changes);
}

TEST(ParseMap, AnEmptyLineHidesAnItemFromThoseThatTopicsName) {
  const MapResult result = parse_both("{item} = a/{item}", "Info/MaxChargeVoltage =");
  EXPECT_EQ(told(result.problems), "");
  ASSERT_EQ(result.map.lines.size(), 2U);
  EXPECT_EQ(result.map.lines[1].item, q("/Info/MaxChargeVoltage"));
  EXPECT_TRUE(result.map.lines[1].sources.empty());
  EXPECT_FALSE(result.map.lines[1].constant);
}

TEST(ParseMap, AReplacedLineOfThePresetIsNoProblem) {
  EXPECT_EQ(told(parse_both("Soc = {name}/a", "Soc = a").problems), "");
}

TEST(ParseMap, ProblemsOfAPresetAreInNoLine) {
  EXPECT_EQ(told(parse_both("Dc/Current = a * 0", "").problems),
            "0:16 Dc/Current: a factor of 0 makes every value 0\n");
}

// What is wrong: column and words.

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
TEST(ParseMap, SaysWhatIsWrongWithKeys) {
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
TEST(ParseMap, SaysWhatIsWrongWithTopics) {
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
TEST(ParseMap, SaysWhatIsWrongWithPointers) {
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
TEST(ParseMap, SaysWhatIsWrongWithNumbers) {
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
TEST(ParseMap, SaysWhatIsWrongWithOperators) {
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
TEST(ParseMap, SaysWhatIsWrongWithConstants) {
  for (const Wrong& wrong : kWrongConstants) expect_said(wrong);
}

TEST(ParseMap, ADecimalCommaMakesNoSources) {
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

TEST(ParseMap, SaysWhatIsWrongWithRest) {
  for (const Wrong& wrong : kWrongRest) expect_said(wrong);
}

TEST(ParseMap, AnItemHasOneLine) {
  EXPECT_EQ(told(parse_own("Soc = a\nDc/Power = b\n/SOC = c").problems),
            "3:1 /SOC: is told already by \"Soc\" in line 1: several sources stand in one line, "
            "commas between them\n");
  EXPECT_EQ(parse_own("Voltages/Cell{n} = a{n}\nVoltages/Cell7 = b").problems.size(), 1U);
  EXPECT_EQ(parse_own("Voltages/Cell7 = b\nVoltages/Cell{n} = a{n}").problems.size(), 1U);
  EXPECT_EQ(parse_own("alive = b\nalive = a").problems.size(), 1U);
}

TEST(ParseMap, ATopicWithAWildcardOfItsOwnIsNoneOfAMap) {
  const auto result =
      parse_own("Soc = {topic}/soc", [](std::string_view) { return std::optional("ess/#"); });
  ASSERT_EQ(result.problems.size(), 1U);
  EXPECT_EQ(result.problems[0].column, 7);
  EXPECT_NE(result.problems[0].message.find("topic = ess instead of"), std::string::npos);
}

TEST(ParseMap, WhatIsOnlyOddIsNotFatal) {
  const MapResult result = parse_own("Soc = /N/c0/battery/1/Soc#/\nSoh = 101");
  EXPECT_EQ(result.map.lines.size(), 2U);
  ASSERT_EQ(result.problems.size(), 2U) << told(result.problems);
  EXPECT_FALSE(result.problems[0].fatal);
  EXPECT_FALSE(result.problems[1].fatal);
  EXPECT_EQ(result.map.lines[0].sources[0].topic.front().text, "N");
}

TEST(ParseMap, EverySourceOfALineIsLookedAt) {
  const MapResult result = parse_own("Alarms/LowSoc = a * x, b, c#d, {e}");
  EXPECT_EQ(result.problems.size(), 3U) << told(result.problems);
  EXPECT_TRUE(result.map.lines.empty());
}

TEST(ParseMap, ColumnsCountCharacters) {
  const MapResult result = parse_own("Soc = Küche/öl * x");
  ASSERT_EQ(result.problems.size(), 1U);
  EXPECT_EQ(result.problems[0].column, 18);
}

TEST(ParseMap, WhatARuinedFileHoldsIsBounded) {
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
