// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/member.h"
#include "dmb/bank/temperature_danger.h"

#include <span>

namespace dmb {

/// Whether a shunt tells what it is there for; not without voltage or current, nor while it says
/// that it is not connected.
bool measures(const MemberSnapshot& shunt);

/// A battery for which a shunt measures: voltage, current and power are the shunt's, SoC,
/// ampere-hours and time to go too once it knows its SoC; an alarm of either counts; what the
/// battery does not tell is the shunt's; all else stays the battery's. A battery that tells no
/// voltage itself stays without one: its limits are not known any more.
MemberSnapshot pair_of(MemberSnapshot battery, const MemberSnapshot& shunt);

/// Batteries in series as one: voltages and cells add up, which needs every battery's; currents and
/// ampere-hours are the mean; capacity, current limits, what is allowed and the time to go are the
/// least; all else is as of a bank. Its id and name are theirs, joined with "+".
MemberSnapshot string_of(std::span<const MemberSnapshot> batteries,
                         const TemperatureDanger& danger);

/// What is there of a string that lacks a battery: a name, and no value.
MemberSnapshot torn_string_of(std::span<const MemberSnapshot> batteries);

}  // namespace dmb
