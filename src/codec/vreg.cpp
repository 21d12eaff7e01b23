// SPDX-License-Identifier: MIT
#include "dmb/codec/vreg.h"

#include "dmb/codec/text.h"

#include <algorithm>
#include <limits>
#include <string_view>

namespace dmb {

namespace {

using Field = std::optional<double> ShuntSettings::*;

/// All are unsigned 16 bit numbers.
struct RegisterRow {
  std::uint16_t id;
  Field field;
  double divisor;  ///< of the raw number; exact in decimal, unlike a factor of 0.1
  double max;      ///< in the field's unit
  std::string_view name;
  TextFormat text;
};

constexpr double kAny = std::numeric_limits<double>::infinity();
constexpr std::uint16_t kCapacity = 0x1000;
constexpr std::uint16_t kDischargeFloor = 0x1008;
constexpr std::uint16_t kNotAvailable = 0xFFFF;

constexpr TextFormat with(std::uint8_t decimals, std::string_view unit) {
  return {TextFormat::Style::rounded, decimals, unit};
}

constexpr auto kRows = std::to_array<RegisterRow>({
    {kCapacity, &ShuntSettings::capacity_ah, 1, kAny, "capacity", with(0, " Ah")},
    {0x1001, &ShuntSettings::charged_voltage_v, 10, kAny, "charged voltage", with(1, " V")},
    {0x1002, &ShuntSettings::tail_current_percent, 10, 100, "tail current", with(1, " %")},
    {0x1003, &ShuntSettings::charged_detection_time_min, 1, kAny, "charged detection time",
     with(0, " min")},
    {0x1004, &ShuntSettings::charge_efficiency_percent, 1, 100, "charge efficiency", with(0, " %")},
    {0x1005, &ShuntSettings::peukert_exponent, 100, kAny, "Peukert exponent", with(2, "")},
    {0x1006, &ShuntSettings::current_threshold_a, 100, kAny, "current threshold", with(2, " A")},
    {0x1007, &ShuntSettings::time_to_go_averaging_min, 1, kAny, "time-to-go averaging",
     with(0, " min")},
    {kDischargeFloor, &ShuntSettings::discharge_floor_percent, 1, 100, "discharge floor",
     with(1, " %")},
});
static_assert(kRows.size() == kShuntRegisters.size());

/// Sources disagree whether the discharge floor counts 1 % or 0.1 %; above 100 it must be 0.1 %.
double scaled(const RegisterRow& row, std::uint16_t raw) {
  const bool tenths = row.id == kDischargeFloor && raw > 100;
  return raw / (tenths ? 10 : row.divisor);
}

}  // namespace

VregData decode_register(std::uint16_t register_id, std::span<const std::uint8_t> data,
                         ShuntSettings& out) {
  const auto* row = std::ranges::find(kRows, register_id, &RegisterRow::id);
  if (row == kRows.end()) return VregData::unknown_register;
  auto& field = out.*row->field;
  field.reset();
  if (data.size() != 2) return VregData::wrong_length;
  const auto raw = static_cast<std::uint16_t>(data[0] | (data[1] << 8));
  if (raw == kNotAvailable || (row->id == kCapacity && raw == 0)) return VregData::none;
  const double value = scaled(*row, raw);
  if (value > row->max) return VregData::out_of_range;
  field = value;
  if (row->id == kDischargeFloor) out.discharge_floor_doubtful = raw > 0 && raw <= 100;
  return VregData::value;
}

std::string describe(const ShuntSettings& settings) {
  std::string line;
  for (const RegisterRow& row : kRows) {
    const auto& value = settings.*row.field;
    if (!value) continue;
    if (!line.empty()) line += ", ";
    line.append(row.name).append(" ");
    append_text(line, *value, row.text);
  }
  return line.empty() ? "nothing" : line;
}

}  // namespace dmb
