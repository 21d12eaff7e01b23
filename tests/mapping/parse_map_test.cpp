// SPDX-License-Identifier: MIT
#include "dmb/mapping/parse_map.h"

#include "map_lines.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dmb {
namespace {

using test::keys_of;
using test::map_entries;
using test::parse_own;
using test::told;
using Kind = MapStep::Kind;
using Steps = std::vector<MapStep>;

Steps literals(std::initializer_list<const char*> texts) {
  Steps steps;
  for (const char* text : texts) steps.push_back({.text = text});
  return steps;
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

MapResult parse_both(std::string_view preset, std::string_view own) {
  return parse_map(map_entries(preset), map_entries(own), test::topic_is_ess);
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

TEST(ParseMap, ProblemsOfAPresetAreInItsOwnLines) {
  const MapResult result = parse_both("Soc = a\nDc/Current = a * 0\nSoc = b", "Soh = a * 0");
  EXPECT_EQ(told(result.problems),
            "3:1 Soc: is told already by \"Soc\" in line 1: several sources stand in one line, "
            "commas between them\n"
            "2:16 Dc/Current: a factor of 0 makes every value 0\n"
            "1:9 Soh: a factor of 0 makes every value 0\n");
  EXPECT_TRUE(result.problems[0].in_preset);
  EXPECT_TRUE(result.problems[1].in_preset);
  EXPECT_FALSE(result.problems[2].in_preset);
}

}  // namespace
}  // namespace dmb
