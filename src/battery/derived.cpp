// SPDX-License-Identifier: MIT
#include "dmb/battery/derived.h"

#include "dmb/battery/cell_spread.h"
#include "dmb/battery/fit.h"
#include "dmb/battery/quantity.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace dmb {
namespace {

/// Sets what is absent.
class Filler {
 public:
  Filler(ItemValues& values, Refused refused) : values_(values), refused_(refused) {}

  void fill(Quantity id, double number) const {
    if (!open(id)) return;
    if (OptValue value = fit_value(number, id.spec())) values_.set(id, std::move(value));
  }
  void fill_cell_id(Quantity id, const CellVoltage& cell) const {
    if (open(id)) values_.set(id, cell.id());
  }

 private:
  bool open(Quantity id) const {
    return !values_[id].value && std::ranges::find(refused_, id) == refused_.end();
  }

  ItemValues& values_;
  Refused refused_;
};

std::optional<CellSpread> spread_of_cells(const ItemValues& values) {
  std::optional<CellSpread> spread;
  for (int n = 1; n <= kMaxCells; ++n) {
    const auto voltage_v = values.number(cell_voltage(n));
    if (voltage_v) add_cell(spread, {n, *voltage_v});
  }
  return spread;
}

std::int32_t refused_cells(Refused refused) {
  return static_cast<std::int32_t>(std::ranges::count_if(
      refused, [](Quantity id) { return id >= cell_voltage(1) && id <= cell_voltage(kMaxCells); }));
}

std::optional<double> number_in(const Reading& reading, Quantity id) {
  const Reading::Field* field = reading.find(id);
  if (field == nullptr || !field->value) return std::nullopt;
  return std::get<double>(*field->value);
}

}  // namespace

std::optional<Reading::Field> derive_dc(const Reading& reading) {
  const auto power_w = number_in(reading, q("/Dc/0/Power"));
  const auto voltage_v = number_in(reading, q("/Dc/0/Voltage"));
  const auto current_a = number_in(reading, q("/Dc/0/Current"));
  const auto derived = [&reading](Quantity id, double number) -> std::optional<Reading::Field> {
    const Reading::Field* told = reading.find(id);
    if (told != nullptr && told->bad) return std::nullopt;
    OptValue value = fit_value(number, id.spec());
    if (!value) return std::nullopt;
    return Reading::Field{.id = id, .value = std::move(value)};
  };
  if (power_w && voltage_v && current_a) return std::nullopt;
  if (voltage_v && current_a) return derived(q("/Dc/0/Power"), *voltage_v * *current_a);
  if (power_w && voltage_v) return derived(q("/Dc/0/Current"), *power_w / *voltage_v);
  if (power_w && current_a) return derived(q("/Dc/0/Voltage"), *power_w / *current_a);
  return std::nullopt;
}

void derive_capacity(ItemValues& values, Refused refused) {
  const auto installed_ah = values.number(q("/InstalledCapacity"));
  if (!installed_ah) return;
  const Filler filler(values, refused);
  const auto consumed_ah = values.number(q("/ConsumedAmphours"));
  const auto soc_percent = values.number(q("/Soc"));
  if (consumed_ah) filler.fill(q("/Capacity"), *installed_ah - std::fabs(*consumed_ah));
  if (soc_percent) filler.fill(q("/Capacity"), *installed_ah * *soc_percent / 100);
  // More left than installed is a full battery that has grown, not negative consumption.
  if (const auto left_ah = values.number(q("/Capacity")))
    filler.fill(q("/ConsumedAmphours"), -std::fmax(*installed_ah - *left_ah, 0));
}

void derive_cells(ItemValues& values, Refused refused) {
  const auto spread = spread_of_cells(values);
  if (!spread) return;
  const Filler filler(values, refused);
  const std::int32_t not_usable = refused_cells(refused);
  filler.fill(q("/System/NrOfCellsPerBattery"), spread->count + not_usable);
  filler.fill(q("/System/MinCellVoltage"), spread->lowest.voltage_v);
  filler.fill(q("/System/MaxCellVoltage"), spread->highest.voltage_v);
  filler.fill_cell_id(q("/System/MinVoltageCellId"), spread->lowest);
  filler.fill_cell_id(q("/System/MaxVoltageCellId"), spread->highest);
  filler.fill(q("/Voltages/Diff"), spread->highest.voltage_v - spread->lowest.voltage_v);
  if (not_usable == 0) filler.fill(q("/Voltages/Sum"), spread->sum_v);
}

void derive_modules(ItemValues& values, Refused refused) {
  const Filler filler(values, refused);
  const auto blocks = [&values](Quantity allowed) { return values.number(allowed) == 0 ? 1 : 0; };
  filler.fill(q("/System/NrOfModulesOnline"), 1);
  filler.fill(q("/System/NrOfModulesOffline"), 0);
  filler.fill(q("/System/NrOfModulesBlockingCharge"), blocks(q("/Io/AllowToCharge")));
  filler.fill(q("/System/NrOfModulesBlockingDischarge"), blocks(q("/Io/AllowToDischarge")));
}

std::int32_t number_of_modules(const ItemValues& values) {
  const double told = values.number(q("/System/NrOfModulesOnline")).value_or(0) +
                      values.number(q("/System/NrOfModulesOffline")).value_or(0);
  return std::max(1, static_cast<std::int32_t>(told));
}

void show_modules_offline(ItemValues& values, std::int32_t modules) {
  values.set(q("/System/NrOfModulesOnline"), 0);
  values.set(q("/System/NrOfModulesOffline"), modules);
  values.set(q("/System/NrOfModulesBlockingCharge"), 0);
  values.set(q("/System/NrOfModulesBlockingDischarge"), 0);
}

std::optional<int> cells_in_series(const ItemValues& values,
                                   std::optional<double> max_charge_voltage_v) {
  constexpr double kLeastCellV = 2;
  constexpr double kMostCellV = 4.5;
  int cells = 0;
  for (int n = 1; n <= kMaxCells; ++n) cells += values.number(cell_voltage(n)).has_value();
  if (cells == 0 || !max_charge_voltage_v) return std::nullopt;
  const double charged_cell_v = *max_charge_voltage_v / cells;
  if (charged_cell_v < kLeastCellV || charged_cell_v > kMostCellV) return std::nullopt;
  return cells;
}

}  // namespace dmb
