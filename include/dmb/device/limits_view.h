// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/item_values.h"
#include "dmb/control/guard.h"

namespace dmb {

/// The limits that exist, of any battery.
void show_limits(const LimitState& limits, ItemValues& values);

/// What a virtual BMS shows: its limits, whether it allows charging and discharging, and why not,
/// and whether a member is lost.
void show_bms(const LimitState& limits, bool member_lost, ItemValues& values);

}  // namespace dmb
