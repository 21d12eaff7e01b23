// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/domain/item_spec.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace dmb {

/// Every item a battery service of ours can have, in one table (contract 2.1, 3.1, 3.4). A new
/// value is one row in src/domain/battery_rows.h. Ids are indices into it.
std::span<const ItemSpec> battery_items();

/// The item at `path` ("/Dc/0/Voltage"), letter for letter.
std::optional<ItemId> find_item(std::string_view path);

/// The item a payload means by `key`: an item path without its leading slash, in lower case
/// ("dc/0/voltage"). Only items that a payload may carry.
std::optional<ItemId> find_payload_item(std::string_view lower_case_key);

inline constexpr int kMaxCells = 128;       ///< per battery (specification 3.2)
inline constexpr int kCellsFromStart = 24;  ///< always there, as in the seed driver

/// The items that rules name, looked up at compile time: a path that is not in the table does not
/// compile.
struct BatteryIds {
  ItemId power, voltage, current;
  ItemId installed_capacity, capacity, consumed_amphours, soc, time_to_go;
  ItemId max_charge_voltage, max_charge_current, max_discharge_current;
  ItemId bms_cable_alarm;
  ItemId min_cell_voltage, max_cell_voltage, min_voltage_cell_id, max_voltage_cell_id;
  ItemId cells, cell_sum, cell_diff;
  ItemId first_cell_voltage, first_cell_balance;  ///< kMaxCells ids each, in cell order
  ItemId mgmt_process_name, mgmt_process_version, mgmt_connection, device_instance, product_id;
  ItemId product_name, firmware_version, hardware_version, connected, custom_name, serial;
  ItemId update_index;
  ItemId modules_online, modules_offline, modules_blocking_charge, modules_blocking_discharge;
  ItemId has_temperature;
  ItemId allow_to_charge, allow_to_discharge, charge_limitation, discharge_limitation;
  ItemId measurement_kind, tracks_services;
};
const BatteryIds& battery_ids();

}  // namespace dmb
