// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/domain/item_values.h"

namespace dmb {

// Values a battery does not tell but that follow from those it does (specification 3.3). Each fills
// what is absent and never touches what is given; where the inputs are absent, or the result would
// be no possible reading, it stays absent. `values` is indexed by battery_items().

/// Whichever one of power, voltage and current is missing, from the other two.
void derive_dc(ItemValues& values);

/// Remaining and consumed capacity, from the installed one and each other, else from the SoC.
void derive_capacity(ItemValues& values);

/// Lowest and highest cell with their ids ("C3"), sum and difference, over the cells that have a
/// voltage.
void derive_cells(ItemValues& values);

}  // namespace dmb
