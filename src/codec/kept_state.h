// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/codec/kept_values.h"
#include "state_json.h"

namespace dmb {

/// Kept values, as they stand in the state file.
state_json::Json encode_kept(const KeptValues& values);
/// What is no value of a setting is left out, and what goes beyond kMaxKeptValues. A value that
/// does not say that it was stored was not: then it wins over the settings service's.
KeptValues decode_kept(const state_json::Json& in);

}  // namespace dmb
