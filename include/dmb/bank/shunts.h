// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/member_quantity.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace dmb {

/// How many shunts are remembered that are, or were, on the bus. Their ids come from other
/// programs: one that shows up under ever new ids must not fill the memory.
inline constexpr std::size_t kMaxShuntsSeen = 1000;

/// What a shunt counts for.
enum class Standing : std::uint8_t {
  counted,
  disconnected,   ///< its battery is not connected to the others: no voltage of the bank
  not_connected,  ///< it says so itself (/Connected); this and those below: not heard
  no_voltage,
  no_alarms,   ///< not one, which a virtual BMS goes by
  other_bank,  ///< its voltage cannot be of this bank
};

/// One member as last heard. The rules see nothing else of it.
struct ShuntSnapshot {
  std::optional<double> capacity_ah;  ///< of the battery behind it
  MemberValues values;
  Standing standing = Standing::counted;
  std::optional<double> discharge_floor_percent;  ///< SoC at which its time to go ends
  std::string id;       ///< tells this shunt from others, also after it comes back
  std::string service;  ///< its bus name
  std::string name;     ///< for people
};

}  // namespace dmb
