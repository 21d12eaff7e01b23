// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>

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

/// A member, and what it stops something for.
struct MemberStop {
  std::string name;
  StopCauses causes;
  bool heard = true;  ///< else that is what it said last
  bool operator==(const MemberStop&) const = default;
};

/// By StopCause, for people and for what is remembered over a restart.
inline constexpr std::array<std::string_view, stop_cause_count> kStopCauseWords{
    "high voltage alarm",
    "high temperature alarm",
    "low temperature alarm",
    "low voltage alarm",
    "low state-of-charge alarm",
    "too hot",
    "too cold"};

}  // namespace dmb
