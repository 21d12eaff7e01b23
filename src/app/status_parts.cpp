// SPDX-License-Identifier: MIT
#include "status_parts.h"

#include "dmb/domain/battery_items.h"
#include "dmb/domain/change.h"

#include <cstddef>

namespace dmb {

std::optional<double> age_s(const std::optional<Instant>& then, Instant now) {
  if (!then) return std::nullopt;
  // What arrived while this turn ran is newer than the turn.
  return *then < now ? std::chrono::duration<double>(now - *then).count() : 0;
}

status::ValuesStatus values_status(const ItemValues& values) {
  const BatteryIds& ids = battery_ids();
  const auto shown = [&values](ItemId id) -> std::optional<double> {
    const OptValue value = as_published(values[id].value, battery_items()[id]);
    return value ? std::optional(std::get<double>(*value)) : std::nullopt;
  };
  status::ValuesStatus status{.voltage_v = shown(ids.voltage),
                              .current_a = shown(ids.current),
                              .power_w = shown(ids.power),
                              .soc_percent = shown(ids.soc)};
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[static_cast<ItemId>(i)].value) ++status.items_known;
  return status;
}

}  // namespace dmb
