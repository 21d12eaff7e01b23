// SPDX-License-Identifier: MIT
#include "status_parts.h"

#include "dmb/battery/quantity.h"
#include "dmb/device/change.h"

#include <cstddef>

namespace dmb {

std::optional<double> age_s(const std::optional<Instant>& then, Instant now) {
  if (!then) return std::nullopt;
  // What arrived while this turn ran is newer than the turn.
  return *then < now ? std::chrono::duration<double>(now - *then).count() : 0;
}

status::BrokerStatus status_of(const BrokerConfig& broker, const BrokerState& state, Instant now) {
  status::BrokerStatus status;
  status.host = broker.address;
  status.port = broker.port;
  status.connected = state.is_up();
  status.state_age_s = age_s(state.since(), now).value_or(0);
  status.trouble = state.trouble();
  status.last_error = state.last_error();
  status.last_error_age_s = age_s(state.last_error_at(), now);
  return status;
}

status::ValuesStatus values_status(const ItemValues& values) {
  const auto shown = [&values](Quantity id) -> std::optional<double> {
    const OptValue value = as_published(values[id].value, id.spec());
    return value ? std::optional(std::get<double>(*value)) : std::nullopt;
  };
  status::ValuesStatus status{.voltage_v = shown(q("/Dc/0/Voltage")),
                              .current_a = shown(q("/Dc/0/Current")),
                              .power_w = shown(q("/Dc/0/Power")),
                              .soc_percent = shown(q("/Soc"))};
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[Quantity::at(i)].value) ++status.items_known;
  return status;
}

}  // namespace dmb
