// SPDX-License-Identifier: MIT
// One payload after the other: whatever was there before, a payload says what decode_payload()
// says.
#include "dmb/codec/payload_decoder.h"

#include "../../src/codec/payload_shape.h"
#include "../../src/codec/payload_steps.h"
#include "../property/random_input.h"
#include "dmb/battery/quantity.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace dmb {

// For gtest's messages and comparisons.
bool operator==(const Accepted&, const Accepted&) {
  return true;
}
bool operator==(const DeviceGone&, const DeviceGone&) {
  return true;
}
bool operator==(const Rejected& a, const Rejected& b) {
  return a.cause == b.cause && a.message == b.message;
}

namespace {

/// Everything a reading holds, in order, as text.
std::string told(const Reading& reading) {
  std::string text;
  for (const Reading::Field& field : reading.fields()) {
    text += std::string(field.id.spec().path) + (field.bad ? " bad " : " ");
    if (field.value)
      std::visit([&](const auto& value) { text += nlohmann::json(value).dump(); }, *field.value);
    text += '\n';
  }
  for (const auto& complaint : reading.complaints())
    text += std::string(complaint.id.spec().path) + ' ' + complaint.what + '\n';
  for (const auto& key : reading.unknown_keys()) text += '?' + key + '\n';
  return text;
}

/// Decodes with and without a past, and compares.
class Decoding {
 public:
  void expect_same(const std::string& payload) {
    Reading fresh;
    const DecodeResult expected = decode_payload(payload, fresh);
    ASSERT_EQ(decoder_.decode(payload), expected) << payload;
    if (std::holds_alternative<Accepted>(expected)) {
      ASSERT_EQ(told(decoder_.reading()), told(fresh)) << payload;
    }
  }

 private:
  PayloadDecoder decoder_;
};

std::string payload_with(const std::string& member) {
  return R"({"Dc":{"Power":321.6,"Voltage":52.7},"Soc":63,)" + member + "}";
}

/// Whether `second` needs no parser after `first`.
bool follows(const std::string& first, const std::string& second) {
  Reading reading;
  ScalarNotes notes;
  if (!std::holds_alternative<Accepted>(
          walk_payload(first, reading, default_required_items(), &notes)))
    return false;
  PayloadShape shape;
  shape.learn(first, notes);
  return shape.follow(second, reading);
}

TEST(PayloadDecoder, FollowsNewValues) {
  const std::vector<std::array<const char*, 2>> pairs{
      {R"("Capacity":1)", R"("Capacity":12.5e-1)"},
      {R"("Capacity":1)", R"("Capacity":-0)"},
      {R"("Capacity":1)", R"("Capacity":null)"},
      {R"("Capacity":1)", R"("Capacity":"12")"},
      {R"("Capacity":1)", R"("Capacity":true)"},
      {R"("CustomName":"a","Capacity" : 1 )", R"("CustomName":"b c","Capacity" : 2 )"},
      {R"("Unknown":{"A":[1,"x"]})", R"("Unknown":{"A":[2,"y"]})"},
      {R"("Capacity":1)", R"("Capacity":"unavailable")"},
      {R"("Capacity":1)", R"("Capacity":"12.5 Ah")"},
      {R"("Balancing":1)", R"("Balancing":"off")"},
      {R"("Voltages":[3.301,3.302])", R"("Voltages":[3.311,null])"},
      {R"("Voltages":{"Cell01":3.3},"Cell":{"2":{"Volts":3.3}})",
       R"("Voltages":{"Cell01":3.4},"Cell":{"2":{"Volts":3.5}})"},
  };
  for (const auto& [first, second] : pairs)
    EXPECT_TRUE(follows(payload_with(first), payload_with(second))) << second;
  const std::string wrapped =
      R"({"value":"{\"Soc\": 63, \"Dc\": {\"Power\": 1, \"Voltage\": 2}}"})";
  std::string other = wrapped;
  other.replace(other.find("63"), 2, "7.5");
  EXPECT_TRUE(follows(wrapped, other));
}

TEST(PayloadDecoder, LeavesWhatIsNewToTheParser) {
  const std::vector<std::array<const char*, 2>> pairs{
      {R"("Capacity":1)", R"("capacity":1)"},
      {R"("Capacity":1)", R"("Capacity":1 )"},
      {R"("Capacity":1)", R"("Capacity":[1])"},
      {R"("Capacity":1)", R"("Capacity":01)"},
      {R"("Capacity":1)", R"("Capacity":1.)"},
      {R"("Capacity":1)", R"("Capacity":.5)"},
      {R"("Capacity":1)", R"("Capacity":+5)"},
      {R"("Capacity":1)", R"("Capacity":1e)"},
      {R"("Capacity":1)", R"("Capacity":1e999)"},
      {R"("Capacity":1)", R"("Capacity":NaN)"},
      {R"("Capacity":1)", R"("Capacity":inf)"},
      {R"("Capacity":1)", R"("Capacity":-nan)"},
      {R"("Capacity":1)", R"("Capacity":"21 °C")"},
      {R"("Voltages":[3.301,3.302])", R"("Voltages":[3.301])"},
      {R"("Voltages":[3.301,3.302])", R"("Voltages":[3.301,3.302,3.303])"},
      {R"("Voltages":[3.301,3.302],"Voltages/Cell1":1)",
       R"("Voltages":[3.3,3.3],"Voltages/Cell1":1)"},
      {R"("Capacity":1)", R"("Capacity":0x1)"},
      {R"("Capacity":1)", R"("Capacity":)"},
      {R"("Capacity":1)", R"("Capacity":-)"},
      {R"("Capacity":1)", R"("Capacity":nul)"},
      {R"("Capacity":1)", R"("Capacity":"1)"},
      {R"("CustomName":"a")", R"("CustomName":"\n")"},
      {R"("CustomName":"a")", "\"CustomName\":\"\n\""},
      {R"("CustomName":"a")", R"("CustomName":"ä")"},
      {R"("CustomName":"a")", "\"CustomName\":\"\xff\""},
      {R"("CustomName":"\t")", R"("CustomName":"\n")"},
      {R"("Soc":2)", R"("Soc":3)"},
  };
  for (const auto& [first, second] : pairs)
    EXPECT_FALSE(follows(payload_with(first), payload_with(second))) << second;
}

TEST(PayloadDecoder, SaysTheSameWhateverWasBefore) {
  std::vector<std::string> payloads{
      R"({"a":"{\"Soc\":1,\"Dc\":{\"Power\":1,\"Voltage\":2}}","value":"{\"Soc\":1,\"Dc\":{\"Power\":1,\"Voltage\":2}}"})",
      R"({"a":"{\"Soc\":9,\"Dc\":{\"Power\":1,\"Voltage\":2}}","value":"{\"Soc\":1,\"Dc\":{\"Power\":1,\"Voltage\":2}}"})",
      R"({"a":"{\"Soc\":1,\"Dc\":{\"Power\":1,\"Voltage\":2}}","value":"{\u0022Soc\":1,\"Dc\":{\"Power\":1,\"Voltage\":2}}"})",
      R"({"a":"{\"Soc\":9,\"Dc\":{\"Power\":1,\"Voltage\":2}}","value":"{\u0022Soc\":1,\"Dc\":{\"Power\":1,\"Voltage\":2}}"})",
      "",
      "{}",
      "nonsense",
      R"({"value":null})",
      "[1]",
      R"({"Soc":63})",
      R"({"Soc":null,"Dc":{"Power":1,"Voltage":2}})",
      R"({"Soc":63,"Dc":{"Power":1,"Voltage":2}})",
      R"({"Soc":-0,"Dc":{"Power":-0.0,"Voltage":2e1}})",
      R"({"Soc":140,"Dc":{"Power":1,"Voltage":2}})",
      R"({"Soc":"","Dc":{"Power":1,"Voltage":2}})",
      R"({"Soc":{},"Dc":{"Power":1,"Voltage":2}})",
      R"({"value":{"Soc":63,"Dc":{"Power":1,"Voltage":2}},"max":1})",
      R"({"value":{"Soc":64,"Dc":{"Power":2,"Voltage":3}},"max":2})",
      R"({"value":"{\"Soc\":63,\"Dc\":{\"Power\":1,\"Voltage\":2}}"})",
      R"({"value":"{\"Soc\":64,\"Dc\":{\"Power\":2,\"Voltage\":3}}"})",
      R"({"value":"{\"Soc\":64,\"Dc\":{\"Power\":2,\"Voltage\":3}}","value":null})",
      std::string("{\"Soc\":63,\"Dc\":{\"Power\":1,\"Voltage\":2}}\0 7", 43),
  };
  for (const char* value : {"1",
                            "2.5",
                            "-0",
                            "-0.0",
                            "1e400",
                            "\"3\"",
                            "\"x\"",
                            "\"\"",
                            "null",
                            "true",
                            "[1]",
                            "{}",
                            "12345678901234567890123",
                            "4.9e-324",
                            "1e-400",
                            "nan",
                            "\"1.5 Ah\"",
                            "\"On\"",
                            "\"none\"",
                            "[1,\"3 mV\",[2],null]"})
    for (const char* key : {"Capacity", "CustomName", "Alarms/LowSoc", "Unknown", "Voltages"})
      payloads.push_back(payload_with('"' + std::string(key) + "\":" + value));
  for (const std::string& first : payloads) {
    for (const std::string& second : payloads) {
      Decoding decoding;
      decoding.expect_same(first);
      decoding.expect_same(second);
      decoding.expect_same(second);
      decoding.expect_same(first);
    }
  }
  test::for_each_seed(40, [&](test::RandomInput& random) {
    Decoding decoding;
    for (int i = 0; i < 300; ++i) {
      const std::string& payload = payloads[random.below(payloads.size())];
      for (std::size_t times = 1 + random.below(2); times > 0; --times)
        decoding.expect_same(payload);
    }
  });
}

std::vector<std::string> real_payloads() {
  std::vector<std::string> payloads;
  for (const auto& entry : std::filesystem::directory_iterator(DMB_TEST_DATA)) {
    if (!entry.path().filename().string().starts_with("payload-")) continue;
    std::ifstream file(entry.path());
    payloads.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  std::ranges::sort(payloads);
  return payloads;
}

/// Other characters in some places, mostly where the numbers are.
std::string changed(std::string payload, test::RandomInput& random) {
  constexpr std::string_view kCharacters =
      "0123456789012345678901234567890123456789.-+eE\"\\ ,:{}[]ntf/x";
  for (std::size_t count = 1 + random.below(3); count > 0; --count) {
    const std::size_t at = random.below(payload.size());
    const std::size_t digit = payload.find_first_of("0123456789", at);
    const std::size_t place = digit == std::string::npos || random.one_in(8) ? at : digit;
    const char character = kCharacters[random.below(kCharacters.size())];
    if (random.one_in(3))
      payload.insert(place, 1, character);
    else if (random.one_in(4))
      payload.erase(place, 1);
    else
      payload[place] = character;
    if (payload.empty()) return payload;
  }
  return payload;
}

TEST(PayloadDecoder, SaysTheSameOfRealPayloadsWithOtherCharacters) {
  const auto payloads = real_payloads();
  ASSERT_EQ(payloads.size(), 10u);
  test::for_each_seed(30, [&](test::RandomInput& random) {
    Decoding decoding;
    for (const std::string& payload : payloads) {
      decoding.expect_same(payload);
      std::string last = payload;
      for (int i = 0; i < 20; ++i) {
        last = changed(random.one_in(3) ? last : payload, random);
        decoding.expect_same(last);
      }
    }
  });
}

TEST(PayloadDecoder, FollowsEveryRealPayload) {
  for (const std::string& payload : real_payloads()) {
    std::string other = payload;
    other.at(other.find_first_of("0123456789", other.find("Soc") + 1)) = '7';
    EXPECT_TRUE(follows(payload, other)) << payload;
  }
}

}  // namespace
}  // namespace dmb
