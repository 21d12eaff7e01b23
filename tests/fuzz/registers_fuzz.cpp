// SPDX-License-Identifier: MIT
// What a shunt answers for a register: two bytes of register number, then the data.
#include "../support/broken_rule.h"
#include "dmb/codec/text.h"
#include "dmb/codec/vreg.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <span>

using namespace dmb;
using test::rule;

namespace {

using Field = std::optional<double> ShuntSettings::*;

constexpr std::array<Field, 9> kFields{&ShuntSettings::capacity_ah,
                                       &ShuntSettings::charged_voltage_v,
                                       &ShuntSettings::tail_current_percent,
                                       &ShuntSettings::charged_detection_time_min,
                                       &ShuntSettings::charge_efficiency_percent,
                                       &ShuntSettings::peukert_exponent,
                                       &ShuntSettings::current_threshold_a,
                                       &ShuntSettings::time_to_go_averaging_min,
                                       &ShuntSettings::discharge_floor_percent};
constexpr double kKnownBefore = 12.5;

void check(std::uint16_t register_id, std::span<const std::uint8_t> data) {
  ShuntSettings settings;
  for (const Field field : kFields) settings.*field = kKnownBefore;
  const VregData result = decode_register(register_id, data, settings);
  for (std::size_t i = 0; i < kFields.size(); ++i) {
    const auto& value = settings.*kFields[i];
    if (kShuntRegisters[i] != register_id) {
      rule(value == kKnownBefore, "a register changed another's value");
      continue;
    }
    rule(value.has_value() == (result == VregData::value), "a value without data, or none with");
    rule(!value || (std::isfinite(*value) && *value >= 0 && *value <= 65535), "no such value");
    rule(i != 0 || !value || *value > 0, "a capacity of nothing");
    rule(data.size() == 2 || result == VregData::wrong_length, "took data of another length");
  }
  const bool known = register_id >= 0x1000 && register_id <= 0x1008;
  rule(known == (result != VregData::unknown_register), "known and unknown registers mixed up");
  rule(is_bus_text(describe(settings)) && describe(settings).size() < 400, "cannot be described");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::span bytes(data, size);
  check(static_cast<std::uint16_t>(data[0] << 8U | data[1]), bytes.subspan(2));
  check(static_cast<std::uint16_t>(0x1000 + data[1] % 9), bytes.subspan(2));
  return 0;
}
