// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/reading.h"
#include "dmb/battery/required_items.h"

namespace dmb {

// What a part of a battery's data says about the items that must be known. The voltage may come by
// power and current.

/// Whether one of them has a value in it.
bool tells_required(const Reading& reading, const RequiredItems& required);

/// Whether one of them is in it without a value. `voltage_told`: the voltage has a source of its
/// own; else it is told by power and current.
bool tells_required_unknown(const Reading& reading, const RequiredItems& required,
                            bool voltage_told);

}  // namespace dmb
