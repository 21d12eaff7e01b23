// SPDX-License-Identifier: MIT
#include "payload_fixture.h"

#include <cmath>
#include <vector>

namespace dmb {
namespace {

TEST_F(PayloadTest, GivesEveryFieldItsTypeWhateverTheNumberLooksLike) {
  struct Case {
    const char *json, *path;
    OptValue want;
  };
  const std::vector<Case> cases{
      {R"("Soh":98)", "/Soh", 98.0},
      {R"("Soh":"98")", "/Soh", 98.0},
      {R"("History":{"ChargeCycles":5.0})", "/History/ChargeCycles", 5},
      {R"("History":{"ChargeCycles":5.6})", "/History/ChargeCycles", 6},
      {R"("History":{"ChargeCycles":"5"})", "/History/ChargeCycles", 5},
      {R"("Balancing":true)", "/Balancing", 1},
      {R"("Balancing":false)", "/Balancing", 0},
      {R"("Balancing":"1")", "/Balancing", 1},
      {R"("Balancing":"on")", "/Balancing", 1},
      {R"("Balancing":"No")", "/Balancing", 0},
      {R"("Io":{"AllowToCharge":"YES"})", "/Io/AllowToCharge", 1},
      {R"("Io":{"AllowToCharge":"False"})", "/Io/AllowToCharge", 0},
      {R"("Alarms":{"HighVoltage":true})", "/Alarms/HighVoltage", 2},
      {R"("Alarms":{"HighVoltage":"on"})", "/Alarms/HighVoltage", 2},
      {R"("Alarms":{"HighVoltage":"off"})", "/Alarms/HighVoltage", 0},
      {R"("Soh":"98 %")", "/Soh", 98.0},
      {R"("Dc/0/MidVoltage":"26.4V")", "/Dc/0/MidVoltage", 26.4},
      {R"("Dc/0/MidVoltage":"26400 mV")", "/Dc/0/MidVoltage", 26.4},
      {R"("Info":{"HeatingPower":"0.3 kW"})", "/Info/HeatingPower", 300.0},
      {R"("CurrentAvg":" -4.3 a ")", "/CurrentAvg", -4.3},
      {R"("InstalledCapacity":"280000 mAh")", "/InstalledCapacity", 280.0},
      {R"("History":{"ChargedEnergy":"480 Wh"})", "/History/ChargedEnergy", 0.48},
      {R"("Dc/0/Temperature":"21.5 °C")", "/Dc/0/Temperature", 21.5},
      {R"("Dc/0/Temperature":"21.5C")", "/Dc/0/Temperature", 21.5},
      {R"("TimeToGo":"43967 s")", "/TimeToGo", 43967},
      {R"("Info":{"BatteryLowVoltage":"44 V"})", "/Info/BatteryLowVoltage", 44.0},
      {R"("Info":{"MaxChargeCurrent":"80 A"})", "/Info/MaxChargeCurrent", 80.0},
      {R"("Alarms":{"HighVoltage":2.0})", "/Alarms/HighVoltage", 2},
      {R"("System":{"MinVoltageCellId":"C3"})", "/System/MinVoltageCellId", "C3"},
      {R"("System":{"MinVoltageCellId":3})", "/System/MinVoltageCellId", "3"},
      {R"("TimeToSoC":{"95":68040})", "/TimeToSoC/95", "68040"},
      {R"("ConsumedAmphours":74.5)", "/ConsumedAmphours", -74.5},
      {R"("ConsumedAmphours":-74.5)", "/ConsumedAmphours", -74.5},
      {R"("ConsumedAmphours":0)", "/ConsumedAmphours", 0.0},
      {R"("History":{"TotalAhDrawn":1057.3})", "/History/TotalAhDrawn", -1057.3},
      {R"("TimeToGo":43967.2)", "/TimeToGo", 43967},
      {R"("Voltages":{"Cell128":3.3})", "/Voltages/Cell128", 3.3},
      {R"("Info":{"ChargeMode":"Bulk \u00e9"})", "/Info/ChargeMode", "Bulk é"},
  };
  for (const Case& c : cases) {
    EXPECT_TRUE(accepts(with(c.json))) << c.json;
    EXPECT_EQ(value(c.path), c.want) << c.json;
    EXPECT_TRUE(reading_.complaints().empty()) << complaint();
  }
  EXPECT_TRUE(accepts(with(R"("ConsumedAmphours":-0.0)")));
  EXPECT_FALSE(std::signbit(std::get<double>(*value("/ConsumedAmphours"))));
}

TEST_F(PayloadTest, LetsABadValueCostItsFieldOnly) {
  struct Case {
    const char *json, *path, *says;
  };
  const std::vector<Case> cases{
      {R"("Soh":Infinity)", "/Soh", "not a finite number"},
      {R"("Soh":-Infinity)", "/Soh", "not a finite number"},
      {R"("Soh":1e999)", "/Soh", "not a finite number"},
      {R"("Soh":-1e999)", "/Soh", "not a finite number"},
      {R"("Soh":inf)", "/Soh", "not a finite number"},
      {R"("Soh":-INF)", "/Soh", "not a finite number"},
      {R"("Soh":"inf")", "/Soh", "not a finite number"},
      {R"("Soh":"1e999")", "/Soh", "not a finite number"},
      {R"("Soh":"98 V")", "/Soh", R"("98 V" is not a number)"},
      {R"("Voltages":{"Cell1":"3.3 A"})", "/Voltages/Cell1", "not a number"},
      {R"("CurrentAvg":"4 Ah")", "/CurrentAvg", "not a number"},
      {R"("CurrentAvg":"4 MA")", "/CurrentAvg", "not a number"},
      {R"("Dc/0/Temperature":"70 °F")", "/Dc/0/Temperature", "not a number"},
      {R"("Alarms":{"LowSoc":"maybe"})", "/Alarms/LowSoc", "not a number"},
      {R"("State":true)", "/State", "true is not a number"},
      {R"("State":"on")", "/State", "not a number"},
      {R"("Soc":105.1)", "/Soc", "105.1 is outside 0 … 100"},
      {R"("Soc":-5.1)", "/Soc", "-5.1 is outside 0 … 100"},
      {R"("Soh":150.1)", "/Soh", "150.1 is outside 0 … 150"},
      {R"("Voltages":[{"v":3.3}])", "/Voltages/Cell1", "is an object"},
      {R"("Voltages":[[3.3]])", "/Voltages/Cell1", "is a list"},
      {R"("Balances":[2])", "/Balances/Cell1", "2 is outside 0 … 1"},
      {R"("Soh":"98,5")", "/Soh", "not a number"},
      {R"("Soh":"0x10")", "/Soh", "not a number"},
      {R"("Soh":" ")", "/Soh", "not a number"},
      {R"("Soh":true)", "/Soh", "true is not a number"},
      {R"("Soh":[98])", "/Soh", "is a list"},
      {R"("Soh":-1)", "/Soh", "-1 is outside 0 … 150"},
      {R"("Alarms":{"HighVoltage":3})", "/Alarms/HighVoltage", "3 is outside 0 … 2"},
      {R"("Alarms":{"HighVoltage":0.5})", "/Alarms/HighVoltage", "0.5 is not a whole number"},
      {R"("Info":{"MaxChargeCurrent":-5})", "/Info/MaxChargeCurrent", "outside"},
      {R"("InstalledCapacity":0)", "/InstalledCapacity", "outside"},
      {R"("System":{"MinVoltageCellId":true})", "/System/MinVoltageCellId", "not a text"},
      {R"("Info":{"ChargeMode":"a\u0000b"})", "/Info/ChargeMode", "D-Bus cannot carry"},
      {R"("Info":{"ChargeMode":"a\uFFFE"})", "/Info/ChargeMode", "D-Bus cannot carry"},
      {R"("History":{"ChargeCycles":3000000000})", "/History/ChargeCycles", "outside"},
  };
  for (const Case& c : cases) {
    EXPECT_TRUE(accepts(with(c.json))) << c.json;
    EXPECT_TRUE(has_field(c.path)) << c.json;
    EXPECT_EQ(value(c.path), std::nullopt) << c.json;
    ASSERT_EQ(reading_.complaints().size(), 1u) << c.json;
    EXPECT_NE(complaint().find(c.says), std::string::npos) << complaint();
    if (std::string_view(c.path) != "/Soc") {
      EXPECT_EQ(value("/Soc"), OptValue(63.0)) << "the rest of the message stands";
    }
  }
  EXPECT_TRUE(accepts(with(R"("Info":{"ChargeMode":")" + std::string(600, 'x') + "\"}")));
  EXPECT_EQ(complaint(), "is longer than 512 bytes");
}

TEST_F(PayloadTest, DoesNotTakeWordsInTextsForNumbers) {
  EXPECT_TRUE(accepts(with(R"("Soh":NaN,"Info":{"ChargeMode":"NaN \" NaN, 1e999"})")));
  EXPECT_EQ(value("/Info/ChargeMode"), OptValue("NaN \" NaN, 1e999"));
}

TEST_F(PayloadTest, ReadsBareWordsOnlyWhereTheyStandForAValue) {
  EXPECT_TRUE(
      accepts(with(R"("Soh":NaN,"Info":{"ChargeMode":"a \\","ChargeLimitation":"\" nan,"})")));
  EXPECT_EQ(value("/Info/ChargeMode"), OptValue("a \\"));
  EXPECT_EQ(value("/Info/ChargeLimitation"), OptValue("\" nan,"));
  for (const char* broken :
       {R"({"Soc":63,nan)", R"({"Soc":63 nan})", R"({"Soc":unavailable yet})", R"({"Soc":nan"})",
        R"({"Soc":-})", R"({"Soc":63,"Soh":+})", R"({"Soc":none,"a":")"})
    EXPECT_FALSE(accepts(broken)) << broken;
}

TEST_F(PayloadTest, TakesATinyNumberForWhatItIs) {
  EXPECT_TRUE(accepts(with(R"("CurrentAvg":1e-400)")));
  EXPECT_EQ(value("/CurrentAvg"), OptValue(0.0));
}

TEST_F(PayloadTest, TakesNullAndEmptyTextForUnknown) {
  EXPECT_TRUE(accepts(with(R"("Soh":null,"Info":{"ChargeMode":""},"TimeToGo":"")")));
  EXPECT_TRUE(has_field("/Soh"));
  EXPECT_EQ(value("/Soh"), std::nullopt);
  EXPECT_EQ(value("/Info/ChargeMode"), std::nullopt);
  EXPECT_EQ(value("/TimeToGo"), std::nullopt);
  EXPECT_TRUE(reading_.complaints().empty());
}

TEST_F(PayloadTest, TakesTheWordsOfPublishersWithoutAValueForUnknown) {
  for (const char* word :
       {"\"unavailable\"", "\"Unknown\"", "\"NONE\"", "\"nan\"", "\"NaN\"", "\"-nan\"", "nan",
        "NaN", "-nan", "NAN", "unavailable", "unknown", "None"}) {
    EXPECT_TRUE(accepts(with(std::string(R"("Soh":)") + word + R"(,"Info":{"ChargeMode":)" + word +
                             R"(},"Balancing":)" + word + R"(,"Voltages":[3.3,)" + word + "]")))
        << word;
    for (const char* path : {"/Soh", "/Balancing", "/Voltages/Cell2"}) {
      EXPECT_TRUE(has_field(path)) << path << word;
      EXPECT_EQ(value(path), std::nullopt) << path << word;
    }
    EXPECT_EQ(value("/Voltages/Cell1"), OptValue(3.3)) << word;
    EXPECT_EQ(value("/Soc"), OptValue(63.0)) << word;
    EXPECT_TRUE(reading_.complaints().empty()) << word << complaint();
  }
}

TEST_F(PayloadTest, TakesASocALittleOutsideItsRangeForTheEndOfIt) {
  for (const auto& [json, want] : {std::pair{"100.36", 100.0},
                                   {"105", 100.0},
                                   {"-0.4", 0.0},
                                   {"-5", 0.0},
                                   {"\"100.4 %\"", 100.0}}) {
    EXPECT_TRUE(accepts(with(std::string(R"("SocBms":)") + json + R"(,"Soc":)" + json))) << json;
    EXPECT_EQ(value("/Soc"), OptValue(want)) << json;
    EXPECT_EQ(value("/SocBms"), OptValue(want)) << json;
    EXPECT_FALSE(std::signbit(std::get<double>(*value("/Soc")))) << json;
    EXPECT_TRUE(reading_.complaints().empty()) << complaint();
  }
}

TEST_F(PayloadTest, SaysInWhichUnitANumberOutOfRangeMayBe) {
  struct Case {
    const char *json, *says;
  };
  const std::vector<Case> cases{
      {R"("Dc":{"Power":1,"Voltage":5223})", "hundredths of a volt"},
      {R"("Dc":{"Power":1,"Voltage":52230})", "millivolts"},
      {R"("Voltages":[3301])", "millivolts"},
      {R"("Voltages":[331])", "hundredths of a volt"},
      {R"("CurrentAvg":94000)", "milliamperes"},
      {R"("SocBms":671)", "tenths of a percent"},
  };
  for (const Case& c : cases) {
    EXPECT_TRUE(accepts(with(c.json))) << c.json;
    EXPECT_NE(complaint().find(c.says), std::string::npos) << complaint();
  }
  EXPECT_TRUE(accepts(with(R"("Voltages":[-1])")));
  EXPECT_EQ(complaint(), "-1 is outside 0 … 20");
}

TEST_F(PayloadTest, ReadsCellsInEveryFormTheyComeIn) {
  for (const char* form : {
           R"("Voltages":{"Cell1":3.301,"Cell12":3.299})",
           R"("Voltages":{"Cell01":3.301,"cell012":"3299 mV"})",
           R"("Voltages/Cell01":3.301,"/Voltages/Cell12":3.299)",
           R"("Voltages":[3.301,null,null,"","unknown",nan,null,null,null,null,null,"3.299V"])",
           R"("Cell":{"1":{"Volts":3.301},"12":{"Volts":3.299}})",
           R"("Cell":{"01":{"volts":3.301}},"Cell/12/Volts":3.299)",
       }) {
    EXPECT_TRUE(accepts(with(form))) << form;
    EXPECT_EQ(value("/Voltages/Cell1"), OptValue(3.301)) << form;
    EXPECT_EQ(value("/Voltages/Cell12"), OptValue(3.299)) << form;
    EXPECT_EQ(value("/Voltages/Cell2"), std::nullopt) << form;
    EXPECT_TRUE(reading_.complaints().empty()) << form << complaint();
    EXPECT_TRUE(reading_.unknown_keys().empty()) << form << reading_.unknown_keys().front();
  }
  EXPECT_TRUE(
      accepts(with(R"("Cell":{"1":{"Volts":3.3},"Sum":26.8,"Diff":0.008},)"
                   R"("balances":[0,true,"off"],"Balances/Cell05":1,"TimeToSoC":{"05":"7"})")));
  EXPECT_EQ(value("/Voltages/Sum"), OptValue(26.8));
  EXPECT_EQ(value("/Voltages/Diff"), OptValue(0.008));
  EXPECT_EQ(value("/Balances/Cell1"), OptValue(0));
  EXPECT_EQ(value("/Balances/Cell2"), OptValue(1));
  EXPECT_EQ(value("/Balances/Cell3"), OptValue(0));
  EXPECT_EQ(value("/Balances/Cell5"), OptValue(1));
  EXPECT_EQ(value("/TimeToSoC/5"), OptValue("7"));
  EXPECT_TRUE(reading_.unknown_keys().empty());
}

TEST_F(PayloadTest, TakesAsManyCellsOfAListAsABatteryMayHave) {
  std::string list;
  for (int n = 1; n <= 1000; ++n) list += (n > 1 ? ",3." : "3.") + std::to_string(n);
  EXPECT_TRUE(accepts(R"({"value":{"Voltages":[)" + list + "]," + kMinimum + "}}"));
  EXPECT_EQ(value("/Voltages/Cell128"), OptValue(3.128));
  EXPECT_EQ(reading_.fields().size(), 128u + 3u);
  ASSERT_EQ(reading_.unknown_keys().size(), 1u);
  EXPECT_EQ(reading_.unknown_keys().front(), "Voltages beyond the 128th");
}

TEST_F(PayloadTest, LeavesListsAlone) {
  EXPECT_TRUE(
      accepts(with(R"("Other":{"Voltages":[9]},"Alarms":[1],"x":[[3.3],{"Voltages":[9]}])")));
  EXPECT_EQ(reading_.fields().size(), 3u);
  EXPECT_TRUE(accepts(R"({"Voltages":[9],"value":{)" + kMinimum + R"(},"Balances":[1]})"));
  EXPECT_EQ(reading_.fields().size(), 3u) << "beside a wrapper nothing else counts";
}

}  // namespace
}  // namespace dmb
