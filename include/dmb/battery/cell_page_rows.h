// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/quantity_rows.h"

#include <array>
#include <cstddef>
#include <cstdint>

// What the display's own pages of cells, of the system and of modules read beside the quantities.
// The paths of the first have two numbers, of the battery and of the cell: as quantities they would
// be thousands, of which one battery's are looked at.
namespace dmb {

inline constexpr int kMaxPagePacks = 16;  ///< batteries on one page

/// A row of kPageRows.
enum class PageField : std::uint8_t {
  requested,  ///< whose cells are wanted; the page writes it
  batteries,  ///< how many there are to choose from; where it is valid there is a page "System"
  parallel,   ///< of those
  series,     ///< batteries in each of those
  balancer,   ///< a BalancerStatus
  serial,     ///< what the page calls a battery; the only one of those below that all have
  capacity,
  status,
  voltage,
  current,
  temperature,
  cell_voltage,
  cell_temperature,
  module_id,  ///< a member's name; its alarms stand beside it
};

/// By PageField. The first '#' of a path stands for the battery, the second for its cell, both from
/// 1; modules count from 0.
inline constexpr auto kPageRows = [] {
  using namespace rows;
  return std::to_array<ItemSpec>({
      {"/Battery/Request/Id", C, N, 1, kMaxPagePacks, writable},
      {"/System/NrOfBatteries", C, N, 0, kMaxPagePacks, none},
      {"/System/BatteriesParallel", C, N, 1, kMaxPagePacks, none},
      {"/System/BatteriesSeries", C, N, 1, 10000, none},
      {"/Balancer/Status", E, N, 0, 3, none},
      {"/Battery/#/Serial", X, S, 0, 0, none},
      {"/Battery/#/Capacity", D, AH, 0, kMaxAh, none},
      {"/Battery/#/Status", E, N, 0, 65535, none},
      {"/Battery/#/Voltage", D, V2, 0, kMaxVolt, none},
      {"/Battery/#/Current", D, A1, -kMaxAmp, kMaxAmp, none},
      {"/Battery/#/Temperature", D, T, kMinCelsius, kMaxCelsius, none},
      {"/Battery/#/Cell/#/Voltage", D, V3, 0, kMaxCellVolt, none},
      {"/Battery/#/Cell/#/Temperature", D, T, kMinCelsius, kMaxCelsius, none},
      {"/Diagnostics/Module#/Id", X, S, 0, 0, none},
  });
}();
static_assert(kPageRows.size() == static_cast<std::size_t>(PageField::module_id) + 1);

constexpr const ItemSpec& row_of(PageField field) {
  return kPageRows[static_cast<std::size_t>(field)];
}

}  // namespace dmb
