// SPDX-License-Identifier: MIT
#include "dmb/domain/aggregate_view.h"

#include "dmb/domain/battery_items.h"

#include <array>
#include <cmath>
#include <utility>

namespace dmb {
namespace {

/// The items of kShuntRows, in its order.
const std::array<ItemId, kShuntRows.size()>& row_items() {
  static const auto kIds = [] {
    std::array<ItemId, kShuntRows.size()> found{};
    for (ShuntItem row = 0; row < kShuntRows.size(); ++row)
      found[row] = find_item(kShuntRows[row].path).value();
    return found;
  }();
  return kIds;
}

/// As the item's type; out of its range is no reading, not even of a sum.
OptValue as_item(const std::optional<double>& number, const ItemSpec& item) {
  if (!number || *number < item.min || *number > item.max) return std::nullopt;
  if (item.kind != Kind::measure) return static_cast<std::int32_t>(std::lround(*number));
  const bool flip = has(item.traits, Trait::non_positive) && *number > 0;
  const double value = flip ? -*number : *number;
  return value == 0 ? 0.0 : value;
}

void show(ItemValues& values, ItemId id, const std::optional<double>& number) {
  // Most are shown already; their rows of the table need not be looked at.
  if (values[id].exists && values.number(id) == number) return;
  values.set(id, as_item(number, battery_items()[id]));
}

void show_direction(const BmsDirection& direction, ItemId limit, ItemId flag, ItemId reason,
                    ItemValues& values) {
  show(values, limit, direction.limit_a);
  values.set(flag, direction.allowed ? 1 : 0);
  values.set(reason, direction.reason);
}

void show_nobody(ItemValues& values) {
  constexpr std::int32_t kAlarm = 2;
  const BatteryIds& ids = battery_ids();
  for (ShuntItem row = 0; row < kShuntRows.size(); ++row)
    if (kShuntRows[row].rule != ShuntRule::about) values.set(row_items()[row], std::nullopt);
  values.set(ids.capacity, std::nullopt);
  values.set(ids.time_to_go, std::nullopt);
  values.set(ids.modules_online, 0);
  values.set(ids.tracks_services, std::string());
  values.set(ids.bms_cable_alarm, kAlarm);
}

}  // namespace

void create_aggregate_items(ItemValues& values) {
  for (ItemId id = 0; id < item_count(battery_items()); ++id)
    if (has(battery_items()[id].traits, Trait::shunt)) values.set(id, std::nullopt);
  values.set(battery_ids().measurement_kind, std::string("derived"));
  values.set(battery_ids().tracks_services, std::string());
}

void show_members(MemberCount count, std::string tracked_services, ItemValues& values) {
  const BatteryIds& ids = battery_ids();
  show(values, ids.modules_online, static_cast<double>(count.online));
  show(values, ids.modules_offline, static_cast<double>(count.offline));
  values.set(ids.tracks_services, std::move(tracked_services));
}

void show_aggregate(const Aggregate& bank, ItemValues& values) {
  const BatteryIds& ids = battery_ids();
  for (ShuntItem row = 0; row < kShuntRows.size(); ++row)
    if (kShuntRows[row].rule != ShuntRule::about) show(values, row_items()[row], bank.values[row]);
  show(values, ids.capacity, bank.capacity_ah);
  values.set(ids.time_to_go, bank.time_to_go_s ? OptValue(*bank.time_to_go_s) : std::nullopt);
  const bool has_temperature = bank.values[shunt_item("/Dc/0/Temperature")].has_value();
  values.set(ids.has_temperature, has_temperature ? 1 : 0);
}

void show_bms(const BmsOutput& bms, ItemValues& values) {
  const BatteryIds& ids = battery_ids();
  show(values, ids.max_charge_voltage, bms.max_charge_voltage_v);
  show_direction(bms.charge, ids.max_charge_current, ids.allow_to_charge, ids.charge_limitation,
                 values);
  show_direction(bms.discharge, ids.max_discharge_current, ids.allow_to_discharge,
                 ids.discharge_limitation, values);
  values.set(ids.bms_cable_alarm, bms.member_lost ? 1 : 0);
}

void show_fail_safe(const FailSafe& fail_safe, ItemValues& values) {
  const BatteryIds& ids = battery_ids();
  const std::string reason(fail_safe.reason);
  if (fail_safe.nobody_heard) show_nobody(values);
  if (fail_safe.max_charge_voltage_v)
    show(values, ids.max_charge_voltage, fail_safe.max_charge_voltage_v);
  values.set(ids.max_charge_current, 0.0);
  values.set(ids.allow_to_charge, 0);
  values.set(ids.charge_limitation, reason);
  if (!fail_safe.stop_discharge) return;
  values.set(ids.max_discharge_current, 0.0);
  values.set(ids.allow_to_discharge, 0);
  values.set(ids.discharge_limitation, reason);
}

}  // namespace dmb
