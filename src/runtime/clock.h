// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/value.h"

#include <chrono>
#include <cstdint>
#include <optional>

namespace dmb {

/// The time by the loop's clock, from any thread. It goes on while the device is suspended, unlike
/// CLOCK_MONOTONIC: what a suspended device was told is old when it wakes up. Nobody can set it.
Instant clock_now();

/// The date of the device's own clock, UTC; nullopt while nobody has set it since the power came.
std::optional<std::chrono::sys_days> date_now();

/// When CLOCK_MONOTONIC will show `usec`, by the loop's clock.
Instant at_monotonic(std::uint64_t usec);

}  // namespace dmb
