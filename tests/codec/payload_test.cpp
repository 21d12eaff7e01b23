// SPDX-License-Identifier: MIT
#include "payload_fixture.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

namespace dmb {
namespace {

std::string read_payload(const std::string& name) {
  std::ifstream file(std::string(DMB_TEST_DATA) + "/" + name);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

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
      {R"({"Soc":63,"Dc":{"1":{"Power":1,"Voltage":2}}})", "it has Soc, Dc/1/Voltage, Dc/1/Power;"},
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
