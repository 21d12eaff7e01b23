// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace dmb {

/// The voltage of one cell of a battery, by its number, 1 … kMaxCells.
struct CellVoltage {
  int number = 0;
  double voltage_v = 0;

  std::string id() const { return "C" + std::to_string(number); }
};

/// What the cells of a battery come to; of several that are the highest the first.
struct CellSpread {
  CellVoltage lowest;
  CellVoltage highest;
  double sum_v = 0;
  std::int32_t count = 0;
};

inline void add_cell(std::optional<CellSpread>& spread, const CellVoltage& cell) {
  if (!spread) spread = CellSpread{.lowest = cell, .highest = cell};
  if (cell.voltage_v < spread->lowest.voltage_v) spread->lowest = cell;
  if (cell.voltage_v > spread->highest.voltage_v) spread->highest = cell;
  spread->sum_v += cell.voltage_v;
  ++spread->count;
}

}  // namespace dmb
