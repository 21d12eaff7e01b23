// SPDX-License-Identifier: MIT
#pragma once

#include <bitset>
#include <cstdint>

namespace dmb {

/// Why the virtual BMS stops something.
enum StopCause : std::uint8_t {
  high_voltage_alarm,
  high_temperature_alarm,
  low_temperature_alarm,
  low_voltage_alarm,
  low_soc_alarm,
  too_hot,
  too_cold,
  stop_cause_count,
};
using StopCauses = std::bitset<stop_cause_count>;

}  // namespace dmb
