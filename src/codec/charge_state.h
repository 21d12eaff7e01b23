// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/control/charge_control.h"
#include "state_json.h"

namespace dmb {

/// What a charge control remembers, as it stands in the state file.
state_json::Json encode_charge(const ChargeMemory& charge);
/// `in` is an object. What is out of any possible range is left out; a stop that is damaged counts
/// as one that is active, for it may have been.
ChargeMemory decode_charge(const state_json::Json& in);

}  // namespace dmb
