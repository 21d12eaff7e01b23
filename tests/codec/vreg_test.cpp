// SPDX-License-Identifier: MIT
#include "dmb/codec/vreg.h"

#include <gtest/gtest.h>

#include <vector>

namespace dmb {
namespace {

using Bytes = std::vector<std::uint8_t>;

struct Case {
  std::uint16_t register_id;
  Bytes data;
  std::optional<double> ShuntSettings::*field;
  double expected;
};

// The first eight are those of tests/data/smartshunt-48v.json.
const std::vector<Case> kGood{
    {0x1000, {0x22, 0x01}, &ShuntSettings::capacity_ah, 290},
    {0x1001, {0x28, 0x02}, &ShuntSettings::charged_voltage_v, 55.2},
    {0x1002, {0x28, 0x00}, &ShuntSettings::tail_current_percent, 4},
    {0x1003, {0x03, 0x00}, &ShuntSettings::charged_detection_time_min, 3},
    {0x1004, {0x63, 0x00}, &ShuntSettings::charge_efficiency_percent, 99},
    {0x1005, {0x69, 0x00}, &ShuntSettings::peukert_exponent, 1.05},
    {0x1006, {0x0A, 0x00}, &ShuntSettings::current_threshold_a, 0.1},
    {0x1007, {0x03, 0x00}, &ShuntSettings::time_to_go_averaging_min, 3},
    {0x1000, {0xFE, 0xFF}, &ShuntSettings::capacity_ah, 65534},
    {0x1001, {0x00, 0x00}, &ShuntSettings::charged_voltage_v, 0},
};

TEST(Vreg, DecodesEachRegisterInItsScale) {
  for (const Case& c : kGood) {
    ShuntSettings settings;
    EXPECT_EQ(decode_register(c.register_id, c.data, settings), VregData::value);
    EXPECT_EQ(settings.*c.field, c.expected) << std::hex << c.register_id;
    settings.*c.field = std::nullopt;
    EXPECT_EQ(settings, ShuntSettings{}) << "it wrote more than its field";
  }
}

TEST(Vreg, TakesADischargeFloorAbove100AsTenths) {
  const std::vector<std::pair<Bytes, double>> cases{{{0x00, 0x00}, 0},   {{0x32, 0x00}, 50},
                                                    {{0x64, 0x00}, 100}, {{0x65, 0x00}, 10.1},
                                                    {{0xF4, 0x01}, 50},  {{0xE8, 0x03}, 100}};
  for (const auto& [data, expected] : cases) {
    ShuntSettings settings;
    EXPECT_EQ(decode_register(0x1008, data, settings), VregData::value);
    EXPECT_EQ(settings.discharge_floor_percent, expected);
  }
}

struct BadCase {
  std::uint16_t register_id;
  Bytes data;
  VregData expected;
};

const std::vector<BadCase> kBad{
    {0x1000, {}, VregData::wrong_length},
    {0x1000, {0x22}, VregData::wrong_length},
    {0x1000, {0x22, 0x01, 0x00}, VregData::wrong_length},
    {0x1000, Bytes(100'000, 1), VregData::wrong_length},
    {0x1000, {0x00, 0x00}, VregData::none},
    {0x1000, {0xFF, 0xFF}, VregData::none},
    {0x1001, {0xFF, 0xFF}, VregData::none},
    {0x1004, {0x65, 0x00}, VregData::out_of_range},
    {0x1008, {0xE9, 0x03}, VregData::out_of_range},
    {0x0FFF, {0x01, 0x00}, VregData::unknown_register},
    {0x1009, {0x01, 0x00}, VregData::unknown_register},
};

TEST(Vreg, LeavesAnUnusableValueUnknown) {
  for (const BadCase& c : kBad) {
    ShuntSettings settings;
    EXPECT_EQ(decode_register(c.register_id, c.data, settings), c.expected);
    EXPECT_EQ(settings, ShuntSettings{});
  }
}

TEST(Vreg, ForgetsAnEarlierValueWhenTheNewOneIsUnusable) {
  ShuntSettings settings;
  settings.capacity_ah = 290;
  decode_register(0x1000, Bytes{0, 0}, settings);
  EXPECT_EQ(settings.capacity_ah, std::nullopt);
}

TEST(Vreg, DescribesWhatIsKnown) {
  EXPECT_EQ(describe({}), "nothing");
  ShuntSettings settings;
  settings.capacity_ah = 290;
  settings.charged_voltage_v = 55.2;
  settings.peukert_exponent = 1.05;
  EXPECT_EQ(describe(settings), "capacity 290 Ah, charged voltage 55.2 V, Peukert exponent 1.05");
}

}  // namespace
}  // namespace dmb
