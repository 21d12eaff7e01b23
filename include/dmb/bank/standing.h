// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/member.h"

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace dmb {

/// What is asked of a shunt before it counts.
struct StandingRules {
  bool alarms_needed = false;  ///< a virtual BMS goes by them
  bool by_limits = false;  ///< of batteries: those whose word on limits is not reliable are lost
  /// Of the bank, if configured: tells which of two banks is meant.
  std::optional<double> max_charge_voltage_v;
  std::set<std::string> switched_off = {};  ///< ids
};

/// What a standing goes by: values, then every alarm.
inline constexpr auto kStandingItems = std::to_array<MemberQuantity>(
    {q("/Dc/0/Voltage"), q("/Dc/0/Current"), q("/Connected"), q("/Alarms/HighVoltage"),
     q("/Alarms/LowVoltage"), q("/Alarms/HighTemperature"), q("/Alarms/LowTemperature"),
     q("/Alarms/LowSoc"), q("/Alarms/Alarm"), q("/Alarms/MidVoltage"),
     q("/Alarms/LowStarterVoltage"), q("/Alarms/HighStarterVoltage")});

/// The alarms that stop something.
inline constexpr auto kStopAlarms = std::to_array<MemberQuantity>(
    {q("/Alarms/HighVoltage"), q("/Alarms/HighTemperature"), q("/Alarms/LowTemperature"),
     q("/Alarms/LowVoltage"), q("/Alarms/LowSoc")});

/// Sets each member's standing.
///
/// Of those that are heard, one whose voltage is not 0.75 to 1.33 times the median is of another
/// bank. Of the rest, one that carries no current and is more than 4 % off the median is
/// disconnected: its own BMS has opened. Where nobody carries current the highest voltage is taken
/// for the bank's: chargers go by it, and one that is too low makes them charge more.
void judge(std::span<MemberSnapshot> members, const StandingRules& rules);

/// Whether its values take part in the bank's.
constexpr bool is_heard(Standing standing) {
  return standing == Standing::counted || standing == Standing::disconnected;
}

/// Why it does not fully count, for people; empty for one that does.
std::string_view describe(Standing standing);

}  // namespace dmb
