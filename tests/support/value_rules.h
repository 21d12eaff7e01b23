// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/item_spec.h"
#include "dmb/battery/item_values.h"
#include "dmb/battery/reading.h"

#include <span>

namespace dmb::test {

/// Of the item's D-Bus type, finite, within its row's range, never a negative zero, and text that
/// D-Bus can carry. Throws BrokenRule.
void check_value(const OptValue& value, const ItemSpec& item);

/// check_value() for everything that goes to the bus.
void check_values(const ItemValues& values, std::span<const ItemSpec> items);

/// What a decoder may put into a reading of quantity_specs().
void check_reading(const Reading& reading);

}  // namespace dmb::test
