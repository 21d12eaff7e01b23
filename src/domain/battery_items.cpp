// SPDX-License-Identifier: MIT
#include "dmb/domain/battery_items.h"

#include "battery_rows.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace dmb {
namespace {

constexpr std::size_t items_in(const ItemRow& row) {
  return static_cast<std::size_t>((row.last - row.first) / row.step) + 1;
}

constexpr std::size_t kItemCount = [] {
  std::size_t count = 0;
  for (const ItemRow& row : kBatteryRows) count += items_in(row);
  return count;
}();

constexpr std::size_t kMaxPath = 40;

/// Text of a path, long enough for the longest; lets families be expanded at compile time.
struct PathText {
  std::array<char, kMaxPath> chars{};
  std::size_t size = 0;
  constexpr void add(char c) { chars.at(size++) = c; }
  constexpr std::string_view view() const { return {chars.data(), size}; }
};

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr PathText expand(std::string_view pattern, int number) {
  PathText path;
  for (const char c : pattern) {
    if (c != '#') {
      path.add(c);
      continue;
    }
    if (number >= 100) path.add(static_cast<char>('0' + number / 100));
    if (number >= 10) path.add(static_cast<char>('0' + number / 10 % 10));
    path.add(static_cast<char>('0' + number % 10));
  }
  return path;
}

constexpr std::array<PathText, kItemCount> kPaths = [] {
  std::array<PathText, kItemCount> paths{};
  std::size_t at = 0;
  for (const ItemRow& row : kBatteryRows)
    for (int n = row.first; n <= row.last; n += row.step) paths[at++] = expand(row.path, n);
  return paths;
}();

constexpr std::array<ItemSpec, kItemCount> kItems = [] {
  std::array<ItemSpec, kItemCount> items{};
  std::size_t at = 0;
  for (const ItemRow& row : kBatteryRows)
    for (int n = row.first; n <= row.last; n += row.step, ++at)
      items[at] = {kPaths[at].view(), row.kind, row.text, row.min, row.max, row.traits};
  return items;
}();

/// FNV-1a.
constexpr std::uint32_t hash(std::string_view text) {
  std::uint32_t sum = 2166136261U;
  for (const char c : text) sum = (sum ^ static_cast<unsigned char>(c)) * 16777619U;
  return sum ^ sum >> 15U;
}

/// The items' paths in lower case, without the slash.
constexpr std::array<PathText, kItemCount> kKeys = [] {
  std::array<PathText, kItemCount> keys{};
  for (std::size_t i = 0; i < kItemCount; ++i)
    for (const char c : kItems[i].path.substr(1)) keys[i].add(lower(c));
  return keys;
}();

/// Where each key's search begins, and goes on while others were there first. Every field of every
/// message is looked up here.
constexpr std::size_t kSlots = 1024;
static_assert(kItemCount < kSlots * 2 / 3, "searches get long");
constexpr ItemId kFree = 0xFFFF;

constexpr std::array<ItemId, kSlots> kIdOfHash = [] {
  std::array<ItemId, kSlots> slots{};
  slots.fill(kFree);
  for (std::size_t i = 0; i < kItemCount; ++i) {
    const auto id = static_cast<ItemId>(i);
    std::size_t slot = hash(kKeys[i].view()) % kSlots;
    for (; slots[slot] != kFree; slot = (slot + 1) % kSlots)
      if (kKeys[slots[slot]].view() == kKeys[i].view()) throw "a path stands in the table twice";
    slots[slot] = id;
  }
  return slots;
}();

constexpr std::optional<ItemId> find_key(std::string_view lower_case_key) {
  for (std::size_t slot = hash(lower_case_key) % kSlots; kIdOfHash[slot] != kFree;
       slot = (slot + 1) % kSlots)
    if (kKeys[kIdOfHash[slot]].view() == lower_case_key) return kIdOfHash[slot];
  return std::nullopt;
}

/// The id of a path that must be in the table: a typo does not compile.
consteval ItemId id(std::string_view path) {
  for (std::size_t i = 0; i < kItemCount; ++i)
    if (kItems[i].path == path) return static_cast<ItemId>(i);
  throw "no such path in the table";
}

constexpr BatteryIds kIds{
    .power = id("/Dc/0/Power"),
    .voltage = id("/Dc/0/Voltage"),
    .current = id("/Dc/0/Current"),
    .installed_capacity = id("/InstalledCapacity"),
    .capacity = id("/Capacity"),
    .consumed_amphours = id("/ConsumedAmphours"),
    .soc = id("/Soc"),
    .time_to_go = id("/TimeToGo"),
    .max_charge_voltage = id("/Info/MaxChargeVoltage"),
    .max_charge_current = id("/Info/MaxChargeCurrent"),
    .max_discharge_current = id("/Info/MaxDischargeCurrent"),
    .bms_cable_alarm = id("/Alarms/BmsCable"),
    .min_cell_voltage = id("/System/MinCellVoltage"),
    .max_cell_voltage = id("/System/MaxCellVoltage"),
    .min_voltage_cell_id = id("/System/MinVoltageCellId"),
    .max_voltage_cell_id = id("/System/MaxVoltageCellId"),
    .cells = id("/System/NrOfCellsPerBattery"),
    .cell_sum = id("/Voltages/Sum"),
    .cell_diff = id("/Voltages/Diff"),
    .first_cell_voltage = id("/Voltages/Cell1"),
    .first_cell_balance = id("/Balances/Cell1"),
    .mgmt_process_name = id("/Mgmt/ProcessName"),
    .mgmt_process_version = id("/Mgmt/ProcessVersion"),
    .mgmt_connection = id("/Mgmt/Connection"),
    .device_instance = id("/DeviceInstance"),
    .product_id = id("/ProductId"),
    .product_name = id("/ProductName"),
    .firmware_version = id("/FirmwareVersion"),
    .hardware_version = id("/HardwareVersion"),
    .connected = id("/Connected"),
    .custom_name = id("/CustomName"),
    .serial = id("/Serial"),
    .update_index = id("/UpdateIndex"),
    .modules_online = id("/System/NrOfModulesOnline"),
    .modules_offline = id("/System/NrOfModulesOffline"),
    .modules_blocking_charge = id("/System/NrOfModulesBlockingCharge"),
    .modules_blocking_discharge = id("/System/NrOfModulesBlockingDischarge"),
    .has_temperature = id("/Settings/HasTemperature"),
    .allow_to_charge = id("/Io/AllowToCharge"),
    .allow_to_discharge = id("/Io/AllowToDischarge"),
    .charge_limitation = id("/Info/ChargeLimitation"),
    .discharge_limitation = id("/Info/DischargeLimitation"),
    .measurement_kind = id("/Measurement/Kind"),
    .tracks_services = id("/Measurement/TracksServices"),
};
static_assert(id("/Voltages/Cell128") == kIds.first_cell_voltage + kMaxCells - 1);
static_assert(id("/Balances/Cell128") == kIds.first_cell_balance + kMaxCells - 1);

}  // namespace

std::span<const ItemSpec> battery_items() {
  return kItems;
}

const BatteryIds& battery_ids() {
  return kIds;
}

std::optional<ItemId> find_item(std::string_view path) {
  PathText key;
  if (path.empty() || path.size() > kMaxPath) return std::nullopt;
  for (const char c : path.substr(1)) key.add(lower(c));
  const std::optional<ItemId> found = find_key(key.view());
  if (!found || kItems[*found].path != path) return std::nullopt;
  return found;
}

std::optional<ItemId> find_payload_item(std::string_view lower_case_key) {
  const std::optional<ItemId> found = find_key(lower_case_key);
  if (!found || !has(kItems[*found].traits, Trait::payload)) return std::nullopt;
  return found;
}

}  // namespace dmb
