// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/item_values.h"
#include "dmb/config/config.h"
#include "dmb/status/status.h"
#include "mqtt/broker_state.h"

#include <optional>

namespace dmb {

/// Seconds since `then`; nullopt when it never was.
std::optional<double> age_s(const std::optional<Instant>& then, Instant now);

/// How it goes with a broker; what went over its connection is the caller's to add.
status::BrokerStatus status_of(const BrokerConfig& broker, const BrokerState& state, Instant now);

/// The main values among those of a battery service of ours.
status::ValuesStatus values_status(const ItemValues& values);

}  // namespace dmb
