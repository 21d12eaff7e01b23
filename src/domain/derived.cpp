// SPDX-License-Identifier: MIT
#include "dmb/domain/derived.h"

#include "dmb/domain/battery_items.h"

#include <cmath>
#include <string>

namespace dmb {
namespace {

/// Sets an absent item if `number` can be a reading of it.
void fill(ItemValues& values, ItemId id, double number) {
  const ItemSpec& item = battery_items()[id];
  if (values[id].value || !std::isfinite(number)) return;
  if (number < item.min || number > item.max) return;
  values.set(id, number == 0 ? 0.0 : number);
}

void fill(ItemValues& values, ItemId id, const std::string& text) {
  if (!values[id].value) values.set(id, text);
}

struct Cell {
  int number = 0;
  double voltage_v = 0;
};

struct CellSpread {
  Cell lowest;
  Cell highest;
  double sum_v = 0;
};

std::optional<CellSpread> spread_of_cells(const ItemValues& values) {
  std::optional<CellSpread> spread;
  for (int n = 1; n <= kMaxCells; ++n) {
    const auto id = static_cast<ItemId>(battery_ids().first_cell_voltage + n - 1);
    const auto voltage_v = values.number(id);
    if (!voltage_v) continue;
    const Cell cell{n, *voltage_v};
    if (!spread) spread = CellSpread{cell, cell, 0};
    if (cell.voltage_v < spread->lowest.voltage_v) spread->lowest = cell;
    if (cell.voltage_v > spread->highest.voltage_v) spread->highest = cell;
    spread->sum_v += cell.voltage_v;
  }
  return spread;
}

}  // namespace

void derive_dc(ItemValues& values) {
  const BatteryIds& ids = battery_ids();
  const auto power_w = values.number(ids.power);
  const auto voltage_v = values.number(ids.voltage);
  const auto current_a = values.number(ids.current);
  if (voltage_v && current_a) fill(values, ids.power, *voltage_v * *current_a);
  if (power_w && voltage_v && *voltage_v != 0) fill(values, ids.current, *power_w / *voltage_v);
  if (power_w && current_a && *current_a != 0) fill(values, ids.voltage, *power_w / *current_a);
}

void derive_capacity(ItemValues& values) {
  const BatteryIds& ids = battery_ids();
  const auto installed_ah = values.number(ids.installed_capacity);
  if (!installed_ah) return;
  const auto consumed_ah = values.number(ids.consumed_amphours);
  const auto soc_percent = values.number(ids.soc);
  if (consumed_ah) fill(values, ids.capacity, *installed_ah - std::fabs(*consumed_ah));
  if (soc_percent) fill(values, ids.capacity, *installed_ah * *soc_percent / 100);
  // More left than installed is a full battery that has grown, not negative consumption.
  if (const auto left_ah = values.number(ids.capacity))
    fill(values, ids.consumed_amphours, -std::fmax(*installed_ah - *left_ah, 0));
}

void derive_cells(ItemValues& values) {
  const auto spread = spread_of_cells(values);
  if (!spread) return;
  const BatteryIds& ids = battery_ids();
  fill(values, ids.min_cell_voltage, spread->lowest.voltage_v);
  fill(values, ids.max_cell_voltage, spread->highest.voltage_v);
  fill(values, ids.min_voltage_cell_id, "C" + std::to_string(spread->lowest.number));
  fill(values, ids.max_voltage_cell_id, "C" + std::to_string(spread->highest.number));
  fill(values, ids.cell_sum, spread->sum_v);
  fill(values, ids.cell_diff, spread->highest.voltage_v - spread->lowest.voltage_v);
}

}  // namespace dmb
