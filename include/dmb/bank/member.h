// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/member_quantity.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace dmb {

/// How many members are remembered that are, or were, there. Their ids come from other
/// programs: one that shows up under ever new ids must not fill the memory.
inline constexpr std::size_t kMaxMembersSeen = 1000;

/// What a member counts for.
enum class Standing : std::uint8_t {
  counted,
  disconnected,   ///< its battery is not connected to the others: no voltage of the bank
  not_connected,  ///< it says so itself (/Connected); this and those below: not heard
  no_voltage,
  no_alarms,     ///< not one, which a virtual BMS goes by
  switched_off,  ///< by a person
  other_bank,    ///< its voltage cannot be of this bank
  // Of a bank of batteries only:
  bms_not_heard,          ///< by the driver that shows it: its values are old
  no_limit,               ///< it told one, and does not any more
  charge_voltage_misfit,  ///< its charge voltage cannot be its own
};

/// What a member tells in words, as it tells it; empty: nothing.
struct MemberTexts {
  std::string min_cell_id;  ///< "C3": of the cell of the lowest voltage
  std::string max_cell_id;
  std::string min_temperature_id;  ///< of the coldest cell or sensor
  std::string max_temperature_id;
  bool ids_named = false;            ///< these have a name of a member in front already
  std::string charge_mode;           ///< "Bulk", "Absorption", "Float Transition"
  std::string charge_limitation;     ///< why it limits charging
  std::string discharge_limitation;  ///< why it limits discharging
  bool operator==(const MemberTexts&) const = default;
};

/// One member as last heard. The rules see nothing else of it.
struct MemberSnapshot {
  std::optional<double> capacity_ah;  ///< of the battery behind it
  MemberValues values;
  Standing standing = Standing::counted;
  std::optional<double> discharge_floor_percent;  ///< SoC at which its time to go ends
  std::string id;       ///< tells this member from others, also after it comes back
  std::string service;  ///< its bus name; empty: it has none
  std::string name;     ///< for people
  MemberTexts texts = {};
  Standing fault = Standing::counted;  ///< set by LimitHistory
};

}  // namespace dmb
