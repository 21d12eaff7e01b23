// SPDX-License-Identifier: MIT
#include "dmb/publish/state_message.h"

#include "dmb/codec/payload.h"
#include "dmb/device/change.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <random>
#include <set>

namespace dmb {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kAbout =
    R"({"limits":{"max_charge_current_a":{"value":0,"why":"full"}},"members":[{"name":"A \"1\""},2]})";

TEST(StateMessage, IsOneObjectNestedByPath) {
  ItemValues values;
  values.set(q("/Dc/0/Power"), 321.6);
  values.set(q("/Dc/0/Voltage"), 52.7);
  values.set(q("/Soc"), 63.0);
  values.set(q("/Alarms/LowVoltage"), 0);
  values.set(q("/System/MinVoltageCellId"), std::string("Pack \"2\" C7"));
  EXPECT_EQ(state_message(values, ""),
            R"({"Dc":{"0":{"Power":321.6,"Voltage":52.7}},"Soc":63,"Alarms":{"LowVoltage":0},)"
            R"("System":{"MinVoltageCellId":"Pack \"2\" C7"}})");
}

TEST(StateMessage, HoldsWhatIsValidOnly) {
  ItemValues values;
  values.bring(q("/Soc"));
  values.set(q("/Dc/0/Voltage"), std::nullopt);
  EXPECT_EQ(state_message(values, ""), "{}");
  EXPECT_EQ(state_message(values, "{}"), R"({"About":{}})");
}

TEST(StateMessage, LeavesOutWhatOnlySaysWhatTheServiceIs) {
  ItemValues values;
  values.set(q("/UpdateIndex"), 7);
  values.set(q("/CustomName"), std::string("House"));
  EXPECT_EQ(state_message(values, ""), "{}");
}

TEST(StateMessage, HasTheNumbersThatGoToTheBus) {
  ItemValues values;
  values.set(q("/Dc/0/Voltage"), 52.700000000000003 / 3);
  values.set(q("/Info/MaxChargeCurrent"), 0.004);
  values.set(q("/Dc/0/Current"), -0.001);
  EXPECT_EQ(state_message(values, ""),
            R"({"Dc":{"0":{"Voltage":17.567,"Current":0}},"Info":{"MaxChargeCurrent":0.004}})");
}

/// Everything that can be known, at random within its range.
class RandomValues {
 public:
  explicit RandomValues(std::mt19937& random) : random_(random) {}

  ItemValues make(double share) {
    ItemValues values;
    for (const Quantity id : all_quantities())
      if (has(id.spec().traits, Trait::payload) && chance(share))
        values.set(id, as_published(value_of(id.spec()), id.spec()));
    return values;
  }

 private:
  bool chance(double share) { return std::uniform_real_distribution<>(0, 1)(random_) < share; }

  Value value_of(const ItemSpec& item) {
    if (item.kind == Kind::text) return text();
    const bool signed_down = has(item.traits, Trait::non_positive);
    const double number =
        std::uniform_real_distribution<>(item.min, signed_down ? 0.0 : item.max)(random_);
    if (item.kind == Kind::measure) return number;
    return static_cast<std::int32_t>(std::round(number));
  }

  std::string text() {
    static constexpr std::string_view kPieces[] = {"Pack", "\"", "\\", "/", "{", "}", "ä",
                                                   "\n",   "7",  "°C", "💡", ",", ":", " C"};
    std::string text = "x";
    for (int i = 0; i < 8; ++i) text += kPieces[random_() % std::size(kPieces)];
    return text + "x";
  }

  std::mt19937& random_;
};

bool has_leaf(const Json& json, std::string_view path) {
  return json.contains(Json::json_pointer(std::string(path)));
}

TEST(StateMessage, OfAnyValuesIsReadBackAsTheSameByOurOwnDecoder) {
  std::mt19937 random(15);
  RandomValues values_of(random);
  for (int round = 0; round < 100; ++round) {
    const ItemValues values = values_of.make(round % 4 == 0 ? 1.0 : 0.3);
    const std::string message = state_message(values, round % 2 == 0 ? kAbout : "");
    Reading reading;
    const DecodeResult result = decode_payload(message, reading, RequiredItems{});
    ASSERT_TRUE(std::holds_alternative<Accepted>(result)) << message;
    EXPECT_TRUE(reading.unknown_keys().empty()) << reading.unknown_keys().front();
    EXPECT_EQ(reading.fields().size(), values.existing().size());
    for (const Quantity id : values.existing()) {
      const Reading::Field* field = reading.find(id);
      ASSERT_NE(field, nullptr) << id.spec().path;
      EXPECT_EQ(field->value, values[id].value) << id.spec().path << " of " << message;
    }
  }
}

TEST(StateMessage, OfAllThereCanBeHoldsEachInItsPlaceOnce) {
  std::mt19937 random(16);
  const ItemValues values = RandomValues(random).make(1);
  std::vector<std::string> keys;
  std::vector<std::set<std::string>> open;
  const auto watch = [&](int, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) open.emplace_back();
    if (event == Json::parse_event_t::object_end) open.pop_back();
    if (event == Json::parse_event_t::key) {
      EXPECT_TRUE(open.back().insert(parsed.get<std::string>()).second) << parsed;
    }
    return true;
  };
  const Json json = Json::parse(state_message(values, kAbout), watch);
  for (const Quantity id : values.existing())
    EXPECT_TRUE(has_leaf(json, id.spec().path)) << id.spec().path;
  EXPECT_EQ(json["About"], Json::parse(kAbout));
}

}  // namespace
}  // namespace dmb
