// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace dmb {

/// What a SmartShunt's registers say of its settings (docs/venus-dbus.md, "SmartShunts"). nullopt:
/// unknown.
struct ShuntSettings {
  std::optional<double> capacity_ah;
  std::optional<double> charged_voltage_v;     ///< a synchronisation threshold, not a charge limit
  std::optional<double> tail_current_percent;  ///< of the capacity
  std::optional<double> charged_detection_time_min;
  std::optional<double> charge_efficiency_percent;
  std::optional<double> peukert_exponent;
  std::optional<double> current_threshold_a;
  std::optional<double> time_to_go_averaging_min;
  std::optional<double> discharge_floor_percent;
  bool discharge_floor_doubtful = false;  ///< it may count tenths of a percent

  bool operator==(const ShuntSettings&) const = default;
};

/// The registers in the order in which they are worth asking for.
inline constexpr std::array<std::uint16_t, 9> kShuntRegisters{
    0x1000, 0x1001, 0x1002, 0x1003, 0x1004, 0x1005, 0x1006, 0x1007, 0x1008};

/// What the data of a register is worth.
enum class VregData : std::uint8_t {
  value,
  none,          ///< well-formed, but the shunt has no value for it: 0xFFFF, or a capacity of 0
  out_of_range,  ///< a percentage above 100
  wrong_length,
  unknown_register,
};

/// Decodes the raw little-endian `data` of `register_id` into its field of `out`, which becomes
/// nullopt unless `value` is returned.
VregData decode_register(std::uint16_t register_id, std::span<const std::uint8_t> data,
                         ShuntSettings& out);

/// What is known, as one line for the log: "capacity 290 Ah, charged voltage 55.2 V".
std::string describe(const ShuntSettings& settings);

}  // namespace dmb
