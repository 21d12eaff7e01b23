// SPDX-License-Identifier: MIT
// What a message amounts to, by the line that reads it.
#include "dmb/battery/shortest.h"
#include "map_player.h"

#include <gtest/gtest.h>

#include <string>

namespace dmb {
namespace {

using namespace test;

/// What becomes of a line's item: a number, a text, "unknown", "bad: why", or "no news".
std::string told(const char* line, const char* topic, std::string_view payload, Quantity id) {
  MapPlayer player(line);
  const Outs outs = player.alone(topic, payload);
  if (outs.empty() || field(outs.back(), id) == nullptr) return "no news";
  const Reading::Field& found = *field(outs.back(), id);
  if (found.bad) return "bad: " + outs.back().reading.complaints().back().what;
  if (!found.value) return "unknown";
  if (const auto* text = std::get_if<std::string>(&*found.value)) return *text;
  return shortest(*number(outs.back(), id));
}

struct Case {
  const char* line;
  const char* payload;
  const char* want;
  Quantity id = q("/Dc/0/Voltage");
};

void expect(std::initializer_list<Case> cases) {
  for (const Case& c : cases)
    EXPECT_EQ(told(c.line, "t", c.payload, c.id), c.want) << c.line << " | " << c.payload;
}

TEST(IntakeValues, OfBarePayloads) {
  expect({
      {"Dc/0/Voltage = t", "52.7", "52.7"},
      {"Dc/0/Voltage = t", " 52.7\r\n", "52.7"},
      {"Dc/0/Voltage = t", "\"52.7\"", "52.7"},
      {"Dc/0/Voltage = t", "+52.7", "52.7"},
      {"Dc/0/Voltage = t", "52.7 V", "52.7"},
      {"Dc/0/Voltage = t", "52700 mV", "52.7"},
      {"Dc/0/Voltage = t * 0.001", "52700", "52.7"},
      {"Dc/0/Voltage = t * 0.001", "52700 mV", "bad: \"52700 mV\" is not a number"},
      {"Dc/0/Current = t * -1", "4.5", "-4.5", q("/Dc/0/Current")},
      {"Dc/0/Temperature = t * 0.1 - 273.15", "2951.5", "22", q("/Dc/0/Temperature")},
      {"Dc/0/Voltage = t", "5270",
       "bad: 5270 is outside 0 … 1500 (perhaps it is in hundredths of a volt)"},
      {"Dc/0/Voltage = t", "inf", "bad: is not a finite number"},
      {"Dc/0/Voltage = t", "full", "bad: \"full\" is not a number"},
      {"Dc/0/Voltage = t", "{\"u\":52}", "bad: \"{\"u\":52}\" is not a number"},
      {"Soc = t", "100.4", "100", q("/Soc")},
      {"History/ChargeCycles = t", "12.0", "12", q("/History/ChargeCycles")},
  });
}

TEST(IntakeValues, OfSourcesThatHaveNone) {
  for (const char* nothing :
       {"", " ", "nan", "NaN", "unavailable", "Unknown", "none", "null", "-nan"})
    expect({{"Dc/0/Voltage = t", nothing, "unknown"}});
  for (const char* nothing : {"", "nan", "unavailable", "null", R"({"u":null})", R"({"u":""})",
                              R"({"u":"unavailable"})", R"({"u":NaN})", R"({"u":nan,"i":1})"})
    expect({{"Dc/0/Voltage = t#/u", nothing, "unknown"}});
  expect({{"Dc/0/Voltage = t * 0.1", "nan", "unknown"},
          {"Dc/0/Voltage = t#/u", R"({"u":-Infinity})", "bad: is not a finite number"}});
}

TEST(IntakeValues, OfWordsAndFlags) {
  const Quantity allow = q("/Io/AllowToCharge");
  const Quantity alarm = q("/Alarms/HighVoltage");
  expect({
      {"Io/AllowToCharge = t ON=1 OFF=0", "on", "1", allow},
      {"Io/AllowToCharge = t ON=1 OFF=0", "OFF", "0", allow},
      {"Io/AllowToCharge = t ON=1 OFF=0", "1", "1", allow},
      {"Io/AllowToCharge = t ON=1 OFF=0", "perhaps", "bad: \"perhaps\" is not a number", allow},
      {"Io/AllowToCharge = t", "yes", "1", allow},
      {"Io/AllowToCharge = t#/c", R"({"c":true})", "1", allow},
      {"Alarms/HighVoltage = t#/hv", R"({"hv":true})", "2", alarm},
      {"Alarms/HighVoltage = t#/hv yes=1", R"({"hv":"yes"})", "1", alarm},
      {"Alarms/HighVoltage = t#/hv yes=1", R"({"hv":"no"})", "0", alarm},
      {"Alarms/HighVoltage = t#/hv 3=2 5=1", R"({"hv":5})", "1", alarm},
      {"Alarms/HighVoltage = t#/hv true=1", R"({"hv":true})", "1", alarm},
      {"Alarms/HighVoltage = t none=0 high=2", "none", "0", alarm},
      {"Alarms/HighVoltage = t * 2", "1", "2", alarm},
      {"Alarms/HighVoltage = t * 2", "yes", "2", alarm},
      {"Alarms/HighVoltage = t#/hv * 2", R"({"hv":false})", "0", alarm},
      {"Alarms/HighVoltage = t", "3", "bad: 3 is outside 0 … 2", alarm},
  });
}

TEST(IntakeValues, OfBits) {
  const Quantity alarm = q("/Alarms/HighVoltage");
  expect({
      {"Alarms/HighVoltage = t bit 2 = 2", "4", "2", alarm},
      {"Alarms/HighVoltage = t bit 2 = 2", "3", "0", alarm},
      {"Alarms/HighVoltage = t bit 2", "5", "1", alarm},
      {"Alarms/HighVoltage = t#/f bit 0", R"({"f":"1"})", "1", alarm},
      {"Alarms/HighVoltage = t bit 40", "1099511627776", "1", alarm},
      {"Alarms/HighVoltage = t bit 2", "-1", "bad: \"-1\" is not a whole number of bits", alarm},
      {"Alarms/HighVoltage = t bit 2", "4.5", "bad: \"4.5\" is not a whole number of bits", alarm},
      {"Alarms/HighVoltage = t bit 2", "1e300", "bad: \"1e300\" is not a whole number of bits",
       alarm},
      {"Alarms/HighVoltage = t bit 2", "unknown", "unknown", alarm},
  });
}

TEST(IntakeValues, OfTexts) {
  const Quantity cell = q("/System/MinVoltageCellId");
  expect({
      {"System/MinVoltageCellId = t", "C3", "C3", cell},
      {"System/MinVoltageCellId = t#/id", R"({"id":3})", "3", cell},
      {"System/MinVoltageCellId = t#/id", R"({"id":"C\u00e9"})", "Cé", cell},
      {"System/MinVoltageCellId = t", "a\x01\xFF", "bad: holds a character that D-Bus cannot carry",
       cell},
  });
  EXPECT_EQ(told("System/MinVoltageCellId = t", "t", std::string(600, 'x'), cell),
            "bad: is longer than 512 bytes");
}

TEST(IntakeValues, OfPointers) {
  expect({
      {"Dc/0/Voltage = t#", "52.7", "52.7"},
      {"Dc/0/Voltage = t#/a/u", R"({"a":{"u":52.7},"u":1})", "52.7"},
      {"Dc/0/Voltage = t#/a~1b/c~0d", R"({"a/b":{"c~d":52.7}})", "52.7"},
      {"Dc/0/Voltage = t#/l/1", R"({"l":[1,52.7]})", "52.7"},
      {"Dc/0/Voltage = t#/l/01", R"({"l":[1,52.7]})", "no news"},
      {"Dc/0/Voltage = t#/u", R"({"U":52.7})", "no news"},
      {"Dc/0/Voltage = t#/u/x", R"({"u":52.7})", "no news"},
      {"Dc/0/Voltage = t#/u", "[52.7]", "no news"},
      {"Dc/0/Voltage = t#/u", R"({"u":{"x":1}})", "bad: is an object"},
      {"Dc/0/Voltage = t#/u", R"({"u":[]})", "bad: is a list"},
      {"Dc/0/Voltage = t#/u", R"({"u":1,"u":52.7})", "52.7"},
      {"Dc/0/Voltage = t#/v/instance=512/u",
       R"({"v":[{"instance":1,"u":1},{"instance":512,"u":52.7}]})", "52.7"},
      {"Dc/0/Voltage = t#/v/name=b/u", R"({"v":[7,{"u":1},{"name":"b","u":52.7}]})", "52.7"},
      {"Dc/0/Voltage = t#/v/name=b/u", R"({"v":[]})", "no news"},
      {"Dc/0/Voltage = t#/a~1b/c=d~1e/u", R"({"a/b":[{"c":"d/e","u":52.7}]})", "52.7"},
  });
}

std::vector<std::optional<double>> cells(const Out& out, int count) {
  std::vector<std::optional<double>> values;
  for (int n = 1; n <= count; ++n) values.push_back(number(out, cell_voltage(n)));
  return values;
}

TEST(IntakeValues, OfNumberedTopicsKeysAndLists) {
  using Cells = std::vector<std::optional<double>>;
  MapPlayer topics("Voltages/Cell{n} = t/cell_{n-1:02} * 0.001");
  topics.live("t/cell_01", "3302");
  topics.live("t/cell_200", "3302");
  topics.live("t/cell_00", "3301");
  EXPECT_EQ(cells(topics.end().at(0), 3), (Cells{3.301, 3.302, {}}));

  MapPlayer keys("Voltages/Cell{n} = t#/cell{n:02} * 0.001");
  EXPECT_EQ(
      cells(keys.alone("t", R"({"cell02":"3302","cell1":1,"cell000":1,"cellx":1,"cell01":3301})")
                .at(0),
            3),
      (Cells{3.301, 3.302, {}}));

  MapPlayer list("Voltages/Cell{n} = t#/c/*/mv * 0.001");
  EXPECT_EQ(cells(list.alone("t", R"({"c":[{"mv":3301},{},{"mv":3303}]})").at(0), 3),
            (Cells{3.301, {}, 3.303}));

  MapPlayer indexed("Voltages/Cell{n} = t#/c/{n-1}");
  EXPECT_EQ(cells(indexed.alone("t", "{\"c\":[3.301,3.302]}").at(0), 3), (Cells{3.301, 3.302, {}}));
}

TEST(IntakeValues, OfMoreNumbersThanThereAreItemsAreLeftOut) {
  std::string many = "[3";
  for (int i = 1; i < 2000; ++i) many += ",3";
  MapPlayer list("Voltages/Cell{n} = t#/*\nSystem/Temperature{n} = t#/*");
  const Outs outs = list.alone("t", many + "]");
  EXPECT_EQ(outs.at(0).reading.fields().size(), 128U + 4U);
}

TEST(IntakeValues, OfAWholePayloadWithoutAValueAreUnknownForAllThatWasTold) {
  MapPlayer player("Voltages/Cell{n} = t#/*");
  player.alone("t", "[3.1,3.2]");
  const Outs outs = player.alone("t", "unavailable");
  ASSERT_EQ(outs.size(), 1U);
  EXPECT_EQ(outs[0].reading.fields().size(), 2U);
  EXPECT_FALSE(value(outs[0], cell_voltage(2)));
}

TEST(IntakeValues, OfNumberedBitsAreThoseOfTheCellsThatAreKnown) {
  MapPlayer player("Voltages/Cell{n} = t#/v/*\nBalances/Cell{n} = t#/b bit {n-1}");
  const Outs outs = player.alone("t", R"({"v":[3,3,3,3],"b":5})");
  std::vector<std::optional<double>> balances;
  for (int n = 1; n <= 5; ++n) balances.push_back(number(outs.at(0), cell_balance(n)));
  EXPECT_EQ(balances, (std::vector<std::optional<double>>{1, 0, 1, 0, {}}));
}

TEST(IntakeValues, OfNumberedBitsInTwoWordsJoin) {
  MapPlayer player("Balances/Cell{n} = t#/low bit {n-1}, t#/high bit {n-17}");
  player.alone("t", R"({"low":0,"high":2})");
  const Outs outs = player.alone("t", R"({"low":1,"high":2})");
  EXPECT_EQ(number(outs.at(0), cell_balance(1)), 1);
  EXPECT_EQ(number(outs.at(0), cell_balance(2)), 0);
  EXPECT_EQ(number(outs.at(0), cell_balance(17)), 0);
  EXPECT_EQ(number(outs.at(0), cell_balance(18)), 1);
}

TEST(IntakeValues, OfMalformedJsonAreNoneAndTheMessageIsRejected) {
  MapPlayer player("Soc = t#/soc\nDc/0/Voltage = t#/u");
  Outs outs = player.live("t", R"({"soc":50,"u":)");
  ASSERT_EQ(outs.size(), 1U);
  EXPECT_EQ(outs[0].kind, Out::Kind::rejected);
  EXPECT_EQ(outs[0].topic, "t");
  EXPECT_NE(outs[0].what.find("not valid JSON at byte 15"), std::string::npos) << outs[0].what;
  EXPECT_TRUE(player.end().empty());
  outs = player.live("t", std::string(40, '[') + std::string(40, ']'));
  ASSERT_EQ(outs.size(), 1U);
  EXPECT_NE(outs[0].what.find("nested deeper"), std::string::npos) << outs[0].what;
  std::string many = "[0";
  for (int i = 0; i < 1'000'000; ++i) many += ",0";
  outs = player.live("t", many + "]");
  ASSERT_EQ(outs.size(), 1U);
  EXPECT_NE(outs[0].what.find("more values than any battery"), std::string::npos) << outs[0].what;
}

}  // namespace
}  // namespace dmb
