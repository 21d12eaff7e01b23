// SPDX-License-Identifier: MIT
#include "dmb/codec/payload.h"

#include "dmb/battery/quantity.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace dmb {
namespace {

const std::string kMinimum = R"("Soc":63,"Dc":{"Power":321.6,"Voltage":52.7})";

std::string with(const std::string& more) {
  return "{" + kMinimum + "," + more + "}";
}

std::string read_payload(const std::string& name) {
  std::ifstream file(std::string(DMB_TEST_DATA) + "/" + name);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

class PayloadTest : public testing::Test {
 protected:
  DecodeResult decode(const std::string& text) { return decode_payload(text, reading_); }
  bool accepts(const std::string& text) { return std::holds_alternative<Accepted>(decode(text)); }
  OptValue value(const char* path) const {
    const Reading::Field* field = reading_.find(*find_quantity(path));
    return field != nullptr ? field->value : std::nullopt;
  }
  bool has_field(const char* path) const { return reading_.find(*find_quantity(path)) != nullptr; }
  std::string complaint() const {
    return reading_.complaints().empty() ? "" : reading_.complaints().front().what;
  }
  Reading reading_;
};

TEST_F(PayloadTest, AcceptsEveryRealPayload) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(DMB_TEST_DATA)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("payload-")) continue;
    ++files;
    EXPECT_TRUE(accepts(read_payload(name))) << name;
    EXPECT_TRUE(reading_.complaints().empty()) << name << ": " << complaint();
  }
  EXPECT_EQ(files, 10);
}

TEST_F(PayloadTest, ReadsTheFormsOfTheSameData) {
  const std::vector<std::string> forms{
      R"({"Soc":63,"Dc":{"Power":321.6,"Voltage":52.7}})",
      R"({"Soc":63,"Dc":{"0":{"Power":321.6,"Voltage":52.7}}})",
      R"({"Soc":63,"Dc/0/Power":321.6,"Dc/0/Voltage":52.7})",
      R"({"/Soc":63,"/Dc/0/Power":321.6,"/Dc/0/Voltage":52.7})",
      R"({"Soc":63,"Dc/Power":321.6,"Dc/Voltage":52.7})",
      R"({"soc":63,"dc":{"POWER":321.6,"voltage":52.7}})",
      R"({"value":{"Soc":63,"Dc":{"Power":321.6,"Voltage":52.7}}})",
      R"({"max":9,"value":{"Soc":63,"Dc":{"Power":321.6,"Voltage":52.7}},"min":1})",
      R"({"Soc":1,"Value":{"Soc":63,"Dc":{"Power":321.6,"Voltage":52.7}},"Soc":2})",
      R"({"value":"{\"Soc\":63,\"Dc\":{\"Power\":321.6,\"Voltage\":52.7}}"})",
      R"({"Soc":"63","Dc":{"Power":" 321.6 ","Voltage":"+52.7"}})",
      "\xEF\xBB\xBF {\"Soc\":63,\"Dc\":{\"Power\":321.6,\"Voltage\":52.7}}\r\n",
      R"({"Soc":1,"Soc":63,"Dc":{"Power":321.6,"Voltage":52.7}})",
  };
  for (const std::string& form : forms) {
    EXPECT_TRUE(accepts(form)) << form;
    EXPECT_EQ(reading_.fields().size(), 3u) << form;
    EXPECT_EQ(value("/Soc"), OptValue(63.0)) << form;
    EXPECT_EQ(value("/Dc/0/Power"), OptValue(321.6)) << form;
    EXPECT_EQ(value("/Dc/0/Voltage"), OptValue(52.7)) << form;
    EXPECT_TRUE(reading_.unknown_keys().empty()) << form;
  }
}

TEST_F(PayloadTest, NeedsToBeToldSocAndVoltageOrWhatItFollowsFrom) {
  const std::vector<std::string> good{
      R"({"Soc":0,"Dc":{"Power":0,"Voltage":0}})",
      R"({"Soc":63,"Dc":{"Power":1,"Current":2}})",
      R"({"Soc":63,"Dc":{"Voltage":1}})",
      // Told but not known costs the field only: the battery shall not go on with what it said.
      R"({"Soc":"?","Dc":{"Voltage":50,"Current":2}})",
      R"({"Soc":63,"Dc":{"Voltage":-1,"Current":999999}})",
      R"({"Soc":null,"Dc":{"Power":1,"Voltage":2}})",
      R"({"Soc":"","Dc":{"Power":null,"Current":null}})",
      R"({"Soc":63,"Dc":{"Power":null,"Voltage":52}})",
      R"({"value":"{\"Soc\":null,\"Dc\":{\"0\":{\"Voltage\":null}}}"})",
  };
  for (const std::string& payload : good) EXPECT_TRUE(accepts(payload)) << payload;

  struct Case {
    const char *payload, *says;
  };
  const std::vector<Case> bad{
      {"{}", "no Dc/0/Voltage (nor Dc/0/Power with Dc/0/Current) and no Soc;"},
      {R"({"Dc":{"Power":1,"Voltage":2}})", "no Soc; it has Dc/0/Power, Dc/0/Voltage;"},
      {R"({"Soc":63})", "no Dc/0/Voltage (nor Dc/0/Power with Dc/0/Current); it has Soc;"},
      {R"({"Soc":63,"Dc":{"Power":1}})", "no Dc/0/Voltage"},
      {R"({"Soc":63,"Dc":{"1":{"Power":1,"Voltage":2}}})", "it has Soc, Dc/1/Power, Dc/1/Voltage;"},
      {R"({"state_of_charge":63,"volt\nage":52})", R"(it has state_of_charge, volt\x0Aage;)"},
      {R"({"a":1,"b":1,"c":1,"d":1,"e":1,"f":1})", "it has a, b, c, d, e …;"},
      {R"({"value":{}})", "and no Soc"},
      {R"({"value":"{}"})", "no key that says anything about a battery"},
  };
  for (const Case& c : bad) {
    const DecodeResult result = decode(c.payload);
    const auto* rejected = std::get_if<Rejected>(&result);
    ASSERT_NE(rejected, nullptr) << c.payload;
    EXPECT_EQ(rejected->cause, RejectCause::minimum_missing) << c.payload;
    EXPECT_NE(rejected->message.find(c.says), std::string::npos) << rejected->message;
  }
}

TEST_F(PayloadTest, NeedsWhatIsRequiredAndNoMore) {
  const RequiredItems voltage{q("/Dc/0/Voltage")};
  EXPECT_TRUE(std::holds_alternative<Accepted>(
      decode_payload(R"({"Dc":{"Voltage":12.7}})", reading_, voltage)));
  EXPECT_TRUE(std::holds_alternative<Rejected>(decode_payload(R"({"Soc":63})", reading_, voltage)));
}

TEST_F(PayloadTest, SaysWhyItCannotUseAPayload) {
  struct Case {
    std::string payload;
    RejectCause cause;
    const char* says;
  };
  const std::vector<Case> cases{
      {"42", RejectCause::not_an_object, "a bare number"},
      {"-1", RejectCause::not_an_object, "a bare number"},
      {"null", RejectCause::not_an_object, "null"},
      {"true", RejectCause::not_an_object, "true or false"},
      {"\"Soc\"", RejectCause::not_an_object, "a bare text"},
      {"[1,2]", RejectCause::not_an_object, "a list"},
      {R"({"value":42})", RejectCause::not_an_object, R"({"value": a bare number})"},
      {R"({"value":[1]})", RejectCause::not_an_object, "a list"},
      {R"({"value":"42"})", RejectCause::not_an_object, "a bare number"},
      {R"({"value":"{\"Soc\""})", RejectCause::not_json, "at byte"},
      {R"({"value":""})", RejectCause::not_json, ""},
      {" ", RejectCause::not_json, ""},
      {R"({"Soc":63,)", RejectCause::not_json, "at byte"},
      {R"({"Soc":63 "Dc":1})", RejectCause::not_json, "at byte"},
      {"{" + kMinimum + "} x", RejectCause::not_json, "at byte"},
      {"{\"Soc\":63,\"a\":\"\xff\xfe\"}", RejectCause::not_json, ""},
      {"{\"Soc\xc3\":63}", RejectCause::not_json, ""},
      {"Soc=63", RejectCause::not_json, ""},
      {R"({"Soc":nil})", RejectCause::not_json, ""},
      {std::string("\0\0", 2), RejectCause::not_json, ""},
      {"{\"a\":" + std::string(100'000, '['), RejectCause::too_deep, "nested"},
      {with("\"a\":" + std::string(100'000, '[') + std::string(100'000, ']')),
       RejectCause::too_deep, "nested"},
  };
  for (const Case& c : cases) {
    const DecodeResult result = decode(c.payload);
    const auto* rejected = std::get_if<Rejected>(&result);
    ASSERT_NE(rejected, nullptr) << c.payload.substr(0, 80);
    EXPECT_EQ(rejected->cause, c.cause) << c.payload.substr(0, 80) << rejected->message;
    EXPECT_NE(rejected->message.find(c.says), std::string::npos) << rejected->message;
    EXPECT_EQ(rejected->message.find('\n'), std::string::npos);
    EXPECT_LT(rejected->message.size(), 250u);
  }
}

TEST_F(PayloadTest, SaysWithAnExampleWhatAnObjectWouldBe) {
  const DecodeResult result = decode("42");
  EXPECT_NE(std::get<Rejected>(result).message.find(R"({"Soc":63,)"), std::string::npos);
}

TEST_F(PayloadTest, TakesAnEmptyPayloadAndANullValueForAGoneDevice) {
  EXPECT_TRUE(std::holds_alternative<DeviceGone>(decode("")));
  EXPECT_TRUE(std::holds_alternative<DeviceGone>(decode(R"({"value":null})")));
  EXPECT_TRUE(std::holds_alternative<DeviceGone>(decode(R"({"max":1,"VALUE":null})")));
  EXPECT_FALSE(std::holds_alternative<DeviceGone>(decode(with(R"("Soh":null)"))));
}

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

TEST_F(PayloadTest, KeepsWhatDbusSerialbatteryTellsOfItself) {
  EXPECT_TRUE(accepts(with(R"("ErrorCode":13,"Mode":3,"DeviceState":9,"CapacityBms":101.5,)"
                           R"("ConsumedAmphoursBms":12.5,"History":{"AutomaticSyncs":4})")));
  EXPECT_EQ(value("/ErrorCode"), OptValue(13));
  EXPECT_EQ(value("/Mode"), OptValue(3));
  EXPECT_EQ(value("/DeviceState"), OptValue(9));
  EXPECT_EQ(value("/CapacityBms"), OptValue(101.5));
  EXPECT_EQ(value("/ConsumedAmphoursBms"), OptValue(-12.5));
  EXPECT_EQ(value("/History/AutomaticSyncs"), OptValue(4));
  EXPECT_TRUE(reading_.unknown_keys().empty());
}

TEST_F(PayloadTest, NamesUnknownKeysAsTheyAreSpelled) {
  EXPECT_TRUE(accepts(with(R"("Foo":1,"Info":{"Bar":{"Baz":"x"}},"Voltages":{"Cell129":3.3},)"
                           R"("List":[1,{"Soc":1}],"Empty":{})")));
  const auto keys = reading_.unknown_keys();
  EXPECT_EQ((std::vector<std::string>(keys.begin(), keys.end())),
            (std::vector<std::string>{"Foo", "Info/Bar/Baz", "Voltages/Cell129", "List"}));
  EXPECT_EQ(value("/Soc"), OptValue(63.0)) << "what stands in a list is not ours";
}

TEST_F(PayloadTest, PassesOverWhatOthersSendAlong) {
  EXPECT_TRUE(accepts(with(
      R"("FirmwareVersion":"1","HardwareVersion":null,"Connected":1,"CustomName":"x","DeviceInstance":7,)"
      R"("DeviceName":"x","Family":"x","Manufacturer":"","Mgmt":{"ProcessName":"x"},)"
      R"("ProductId":1,"ProductName":"x","Serial":"","Info":{"ChargeModeDebug":"","ChargeModeDebugBulk":""},)"
      R"("History":{"CanBeCleared":1,"Clear":0},"JsonData":"")")));
  EXPECT_TRUE(reading_.unknown_keys().empty()) << reading_.unknown_keys().front();
  EXPECT_EQ(reading_.fields().size(), 3u);
}

TEST_F(PayloadTest, BoundsWhatItRemembersOfAHostilePayload) {
  std::string payload = "{" + kMinimum;
  for (int i = 0; i < 10'000; ++i)
    payload += ",\"k" + std::to_string(i) + "\":1,\"Soc\":" + std::to_string(i % 100);
  EXPECT_TRUE(accepts(payload + "}"));
  EXPECT_EQ(reading_.unknown_keys().size(), 32u);
  EXPECT_EQ(reading_.fields().size(), 3u);
  EXPECT_EQ(value("/Soc"), OptValue(99.0));
}

TEST_F(PayloadTest, KeepsNothingOfAnEarlierPayload) {
  EXPECT_TRUE(accepts(with(R"("Soh":98,"Foo":1,"TimeToGo":-1)")));
  EXPECT_TRUE(accepts("{" + kMinimum + "}"));
  EXPECT_FALSE(has_field("/Soh"));
  EXPECT_TRUE(reading_.unknown_keys().empty());
  EXPECT_TRUE(reading_.complaints().empty());
}

TEST_F(PayloadTest, KeepsTheNestedCurrentOfDbusSerialbattery) {
  ASSERT_TRUE(accepts(read_payload("payload-serialbattery-jsondata.json")));
  EXPECT_EQ(value("/Dc/0/Current"), OptValue(3.61));
  EXPECT_EQ(value("/Dc/0/Voltage"), OptValue(26.8));
  EXPECT_EQ(value("/Voltages/Diff"), OptValue(0.008));
  EXPECT_EQ(value("/TimeToSoC/100"), OptValue("68040"));
}

}  // namespace
}  // namespace dmb
