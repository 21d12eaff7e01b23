// SPDX-License-Identifier: MIT
#pragma once

#include "closed_loop.h"

namespace dmb::sim {

/// What all contenders may charge with: half of 280 Ah per hour.
inline constexpr double kMaxChargeA = 140;
inline constexpr double kMaxDischargeA = 200;

/// The serial driver's algorithm; of several packs DVCC goes by the first one's.
Contender serial_driver();
/// That of dbus-aggregate-batteries, in March.
Contender aggregate_batteries();

}  // namespace dmb::sim
