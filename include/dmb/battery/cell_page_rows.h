// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/quantity_rows.h"

#include <array>
#include <cstddef>
#include <cstdint>

// The table of the display's own page of cells: what it reads beside the quantities. Its paths have
// two numbers, of the battery and of the cell: as quantities they would be thousands, of which one
// battery's are looked at.
namespace dmb {

inline constexpr int kMaxPagePacks = 16;  ///< batteries on one page

/// A row of kPageRows.
enum class PageField : std::uint8_t {
  requested,  ///< whose cells are wanted; the page writes it
  batteries,  ///< how many there are to choose from
  serial,     ///< what the page calls a battery; the only one of those below that all have
  capacity,
  status,
  voltage,
  current,
  temperature,
  cell_voltage,
  cell_temperature,
};

/// By PageField. The first '#' of a path stands for the battery, the second for its cell, both from
/// 1.
inline constexpr auto kPageRows = [] {
  using namespace rows;
  return std::to_array<ItemSpec>({
      {"/Battery/Request/Id", C, N, 1, kMaxPagePacks, writable},
      {"/System/NrOfBatteries", C, N, 0, kMaxPagePacks, none},
      {"/Battery/#/Serial", X, S, 0, 0, none},
      {"/Battery/#/Capacity", D, AH, 0, kMaxAh, none},
      {"/Battery/#/Status", E, N, 0, 65535, none},
      {"/Battery/#/Voltage", D, V2, 0, kMaxVolt, none},
      {"/Battery/#/Current", D, A1, -kMaxAmp, kMaxAmp, none},
      {"/Battery/#/Temperature", D, T, kMinCelsius, kMaxCelsius, none},
      {"/Battery/#/Cell/#/Voltage", D, V3, 0, kMaxCellVolt, none},
      {"/Battery/#/Cell/#/Temperature", D, T, kMinCelsius, kMaxCelsius, none},
  });
}();
static_assert(kPageRows.size() == static_cast<std::size_t>(PageField::cell_temperature) + 1);

constexpr const ItemSpec& row_of(PageField field) {
  return kPageRows[static_cast<std::size_t>(field)];
}

}  // namespace dmb
