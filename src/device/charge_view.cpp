// SPDX-License-Identifier: MIT
#include "dmb/device/charge_view.h"

#include "dmb/bank/aggregate.h"
#include "dmb/battery/quantity.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace dmb {
namespace {

std::string text_in(const ItemValues& values, Quantity id) {
  const OptValue& value = values[id].value;
  const auto* text = value ? std::get_if<std::string>(&*value) : nullptr;
  return text != nullptr ? *text : std::string();
}

void add_cells(const ItemValues& values, PackCells& pack) {
  for (int number = 1; number <= kMaxCells; ++number)
    if (const auto voltage_v = values.number(cell_voltage(number)))
      pack.add_cell(number, *voltage_v);
  if (const auto highest_v = values.number(q("/System/MaxCellVoltage")))
    pack.add_highest(*highest_v, text_in(values, q("/System/MaxVoltageCellId")));
  if (const auto lowest_v = values.number(q("/System/MinCellVoltage")))
    pack.add_lowest(*lowest_v, text_in(values, q("/System/MinVoltageCellId")));
  if (const auto cells = values.number(q("/System/NrOfCellsPerBattery")))
    pack.set_in_series(static_cast<int>(*cells));
}

void add_temperatures(const ItemValues& values, PackCells& pack) {
  for (const auto& [id, where] : {std::pair(q("/Dc/0/Temperature"), "battery"),
                                  {q("/System/Temperature1"), "T1"},
                                  {q("/System/Temperature2"), "T2"},
                                  {q("/System/Temperature3"), "T3"},
                                  {q("/System/Temperature4"), "T4"}})
    if (const auto temperature_c = values.number(id)) pack.add_temperature(*temperature_c, where);
  for (const auto& [id, where] :
       {std::pair(q("/System/MinCellTemperature"), q("/System/MinTemperatureCellId")),
        {q("/System/MaxCellTemperature"), q("/System/MaxTemperatureCellId")}})
    if (const auto temperature_c = values.number(id))
      pack.add_temperature(*temperature_c, text_in(values, where));
  if (const auto temperature_c = values.number(q("/System/MOSTemperature")))
    pack.set_mosfet(*temperature_c);
}

void raise(ItemValues& values, Quantity alarm, const std::optional<int>& level) {
  if (!level) return;
  const int told = static_cast<int>(values.number(alarm).value_or(0));
  values.set(alarm, static_cast<std::int32_t>(std::max(told, *level)));
}

void show_direction(const LimitItem& limit, Quantity allowed, Quantity reason, ItemValues& values) {
  if (limit.value == 0)
    values.set(allowed, 0);
  else if (!values[allowed].value)
    values.set(allowed, 1);
  if (limit.reason.what() != nullptr || !values[reason].value)
    values.set(reason, describe(limit.reason));
}

}  // namespace

PackCells pack_cells_of(const ItemValues& values) {
  PackCells pack;
  add_cells(values, pack);
  add_temperatures(values, pack);
  if (const auto voltage_v = values.number(q("/Dc/0/Voltage"))) pack.set_voltage(*voltage_v);
  return pack;
}

PackCells pack_cells_of(const MemberSnapshot& member) {
  PackCells pack(member.id, member.texts.ids_named ? std::string() : member.name);
  const MemberValues& values = member.values;
  if (const auto& highest_v = values[q("/System/MaxCellVoltage")])
    pack.add_highest(*highest_v, member.texts.max_cell_id);
  if (const auto& lowest_v = values[q("/System/MinCellVoltage")])
    pack.add_lowest(*lowest_v, member.texts.min_cell_id);
  if (const auto& cells = values[q("/System/NrOfCellsPerBattery")])
    pack.set_in_series(static_cast<int>(*cells));
  if (const auto temperature_c = member_temperature_c(member))
    pack.add_temperature(*temperature_c, "");
  if (const auto& coldest_c = values[q("/System/MinCellTemperature")])
    pack.add_temperature(*coldest_c, member.texts.min_temperature_id);
  if (const auto& hottest_c = values[q("/System/MaxCellTemperature")])
    pack.add_temperature(*hottest_c, member.texts.max_temperature_id);
  if (const auto& mosfet_c = values[q("/System/MOSTemperature")]) pack.set_mosfet(*mosfet_c);
  if (const auto& voltage_v = values[q("/Dc/0/Voltage")]) pack.set_voltage(*voltage_v);
  return pack;
}

void show_charge_control(const ChargeControl& control, const LimitState& limits,
                         ItemValues& values) {
  values.set(q("/Info/ChargeMode"), control.charge_mode());
  show_direction(limits.max_charge_current, q("/Io/AllowToCharge"), q("/Info/ChargeLimitation"),
                 values);
  show_direction(limits.max_discharge_current, q("/Io/AllowToDischarge"),
                 q("/Info/DischargeLimitation"), values);
  raise(values, q("/Alarms/HighCellVoltage"), control.alarms().high_cell_voltage);
  raise(values, q("/Alarms/LowCellVoltage"), control.alarms().low_cell_voltage);
  raise(values, q("/Alarms/CellImbalance"), control.alarms().cell_imbalance);
}

}  // namespace dmb
