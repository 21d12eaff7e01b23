// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/quantity_rows.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

// The table of what the display's switch pane reads of each of a service's switches: beside the
// quantities, for there are as many as there are switches.
namespace dmb {

/// A row of kSwitchRows.
enum class SwitchField : std::uint8_t {
  name,     ///< without one the pane does not show it
  state,    ///< 1: on
  dimming,  ///< where a slider stands
  status,
  type,
  valid_types,
  function,
  valid_functions,
  show_ui_control,  ///< where it is shown
  custom_name,      ///< instead of its name; its user's
  group,            ///< under which heading; its user's
  dimming_min,
  dimming_max,
  step_size,
  decimals,
  unit,
  power_on_state,
};

/// What the paths of all of them begin with.
inline constexpr std::string_view kSwitchRoot = "/SwitchableOutput/";

/// By SwitchField. The '#' stands for the switch.
inline constexpr auto kSwitchRows = [] {
  using namespace rows;
  constexpr TextFormat kPlain{Style::rounded, 1, ""};
  return std::to_array<ItemSpec>({
      {"/SwitchableOutput/#/Name", X, S, 0, 0, none},
      {"/SwitchableOutput/#/State", E, N, 0, 1, writable},
      {"/SwitchableOutput/#/Dimming", D, kPlain, 0, kMaxAmp, writable},
      {"/SwitchableOutput/#/Status", E, N, 0, 255, none},
      {"/SwitchableOutput/#/Settings/Type", C, N, 0, 255, none},
      {"/SwitchableOutput/#/Settings/ValidTypes", C, N, 0, kMaxInt, none},
      {"/SwitchableOutput/#/Settings/Function", C, N, -1, 255, none},
      {"/SwitchableOutput/#/Settings/ValidFunctions", C, N, 0, kMaxInt, none},
      {"/SwitchableOutput/#/Settings/ShowUIControl", E, N, 0, 7, writable},
      {"/SwitchableOutput/#/Settings/CustomName", X, S, 0, 0, writable},
      {"/SwitchableOutput/#/Settings/Group", X, S, 0, 0, writable},
      {"/SwitchableOutput/#/Settings/DimmingMin", D, kPlain, 0, kMaxAmp, none},
      {"/SwitchableOutput/#/Settings/DimmingMax", D, kPlain, 0, kMaxAmp, none},
      {"/SwitchableOutput/#/Settings/StepSize", D, kPlain, 0, kMaxAmp, none},
      {"/SwitchableOutput/#/Settings/Decimals", C, N, 0, 3, none},
      {"/SwitchableOutput/#/Settings/Unit", X, S, 0, 0, none},
      {"/SwitchableOutput/#/Settings/PowerOnState", E, N, 0, 1, none},
  });
}();
static_assert(kSwitchRows.size() == static_cast<std::size_t>(SwitchField::power_on_state) + 1);

constexpr const ItemSpec& row_of(SwitchField field) {
  return kSwitchRows[static_cast<std::size_t>(field)];
}

}  // namespace dmb
