// SPDX-License-Identifier: MIT
#include "dmb/domain/derived.h"

#include "dmb/domain/battery_items.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace dmb {
namespace {

/// `number` as a reading of the item, if it can be one.
std::optional<double> as_reading(ItemId id, double number) {
  const ItemSpec& item = battery_items()[id];
  if (!std::isfinite(number) || number < item.min || number > item.max) return std::nullopt;
  return number == 0 ? 0.0 : number;
}

/// Sets what is absent.
class Filler {
 public:
  Filler(ItemValues& values, Refused refused) : values_(values), refused_(refused) {}

  void fill(ItemId id, double number) const {
    if (!open(id)) return;
    if (const auto reading = as_reading(id, number)) values_.set(id, *reading);
  }
  void fill(ItemId id, std::int32_t number) const {
    if (open(id)) values_.set(id, number);
  }
  void fill_cell_id(ItemId id, int cell) const {
    if (open(id)) values_.set(id, "C" + std::to_string(cell));
  }

 private:
  bool open(ItemId id) const {
    return !values_[id].value && std::ranges::find(refused_, id) == refused_.end();
  }

  ItemValues& values_;
  Refused refused_;
};

struct Cell {
  int number = 0;
  double voltage_v = 0;
};

struct CellSpread {
  Cell lowest;
  Cell highest;
  double sum_v = 0;
  std::int32_t count = 0;
};

std::optional<CellSpread> spread_of_cells(const ItemValues& values) {
  std::optional<CellSpread> spread;
  for (int n = 1; n <= kMaxCells; ++n) {
    const auto id = static_cast<ItemId>(battery_ids().first_cell_voltage + n - 1);
    const auto voltage_v = values.number(id);
    if (!voltage_v) continue;
    const Cell cell{n, *voltage_v};
    if (!spread) spread = CellSpread{.lowest = cell, .highest = cell};
    if (cell.voltage_v < spread->lowest.voltage_v) spread->lowest = cell;
    if (cell.voltage_v > spread->highest.voltage_v) spread->highest = cell;
    spread->sum_v += cell.voltage_v;
    ++spread->count;
  }
  return spread;
}

std::int32_t refused_cells(Refused refused) {
  const ItemId first = battery_ids().first_cell_voltage;
  return static_cast<std::int32_t>(std::ranges::count_if(
      refused, [first](ItemId id) { return id >= first && id < first + kMaxCells; }));
}

std::optional<double> number_in(const Reading& reading, ItemId id) {
  const Reading::Field* field = reading.find(id);
  if (field == nullptr || !field->value) return std::nullopt;
  return std::get<double>(*field->value);
}

}  // namespace

std::optional<Reading::Field> derive_dc(const Reading& reading) {
  const BatteryIds& ids = battery_ids();
  const auto power_w = number_in(reading, ids.power);
  const auto voltage_v = number_in(reading, ids.voltage);
  const auto current_a = number_in(reading, ids.current);
  const auto derived = [&reading](ItemId id, double number) -> std::optional<Reading::Field> {
    const Reading::Field* told = reading.find(id);
    if (told != nullptr && told->bad) return std::nullopt;
    const auto result = as_reading(id, number);
    if (!result) return std::nullopt;
    return Reading::Field{.id = id, .value = *result};
  };
  if (power_w && voltage_v && current_a) return std::nullopt;
  if (voltage_v && current_a) return derived(ids.power, *voltage_v * *current_a);
  if (power_w && voltage_v) return derived(ids.current, *power_w / *voltage_v);
  if (power_w && current_a) return derived(ids.voltage, *power_w / *current_a);
  return std::nullopt;
}

void derive_capacity(ItemValues& values, Refused refused) {
  const BatteryIds& ids = battery_ids();
  const auto installed_ah = values.number(ids.installed_capacity);
  if (!installed_ah) return;
  const Filler filler(values, refused);
  const auto consumed_ah = values.number(ids.consumed_amphours);
  const auto soc_percent = values.number(ids.soc);
  if (consumed_ah) filler.fill(ids.capacity, *installed_ah - std::fabs(*consumed_ah));
  if (soc_percent) filler.fill(ids.capacity, *installed_ah * *soc_percent / 100);
  // More left than installed is a full battery that has grown, not negative consumption.
  if (const auto left_ah = values.number(ids.capacity))
    filler.fill(ids.consumed_amphours, -std::fmax(*installed_ah - *left_ah, 0));
}

void derive_cells(ItemValues& values, Refused refused) {
  const auto spread = spread_of_cells(values);
  if (!spread) return;
  const BatteryIds& ids = battery_ids();
  const Filler filler(values, refused);
  const std::int32_t not_usable = refused_cells(refused);
  filler.fill(ids.cells, spread->count + not_usable);
  filler.fill(ids.min_cell_voltage, spread->lowest.voltage_v);
  filler.fill(ids.max_cell_voltage, spread->highest.voltage_v);
  filler.fill_cell_id(ids.min_voltage_cell_id, spread->lowest.number);
  filler.fill_cell_id(ids.max_voltage_cell_id, spread->highest.number);
  filler.fill(ids.cell_diff, spread->highest.voltage_v - spread->lowest.voltage_v);
  if (not_usable == 0) filler.fill(ids.cell_sum, spread->sum_v);
}

void derive_modules(ItemValues& values, Refused refused) {
  const BatteryIds& ids = battery_ids();
  const Filler filler(values, refused);
  const auto blocks = [&values](ItemId allowed) { return values.number(allowed) == 0 ? 1 : 0; };
  filler.fill(ids.modules_online, 1);
  filler.fill(ids.modules_offline, 0);
  filler.fill(ids.modules_blocking_charge, blocks(ids.allow_to_charge));
  filler.fill(ids.modules_blocking_discharge, blocks(ids.allow_to_discharge));
}

std::int32_t number_of_modules(const ItemValues& values) {
  const BatteryIds& ids = battery_ids();
  const double told = values.number(ids.modules_online).value_or(0) +
                      values.number(ids.modules_offline).value_or(0);
  return std::max(1, static_cast<std::int32_t>(told));
}

void show_modules_offline(ItemValues& values, std::int32_t modules) {
  const BatteryIds& ids = battery_ids();
  values.set(ids.modules_online, 0);
  values.set(ids.modules_offline, modules);
  values.set(ids.modules_blocking_charge, 0);
  values.set(ids.modules_blocking_discharge, 0);
}

}  // namespace dmb
