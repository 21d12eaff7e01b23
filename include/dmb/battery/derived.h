// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/item_values.h"
#include "dmb/battery/reading.h"

#include <cstdint>
#include <optional>
#include <span>

namespace dmb {

// Values a battery does not tell but that follow from those it does. Each fills what is absent and
// never touches what is given; where the inputs are absent, or the result would be no possible
// reading, it stays absent. `values` is indexed by quantity_specs().
//
// Nothing takes the place of a value that was given and refused: those are `refused`. A voltage of
// 5223 is a fault to be mended, not to be covered by power divided by current.

using Refused = std::span<const Quantity>;

/// Whichever one of power, voltage and current a message does not tell, from the other two. Only
/// within one message: they belong to one moment.
std::optional<Reading::Field> derive_dc(const Reading& reading);

/// Remaining and consumed capacity, from the installed one and each other, else from the SoC.
void derive_capacity(ItemValues& values, Refused refused);

/// Number of cells, lowest and highest with their ids ("C3"), sum and difference, over the cells
/// that have a voltage. A cell whose voltage was refused counts as one, and then there is no sum.
void derive_cells(ItemValues& values, Refused refused);

/// One module that is online, and blocks what the battery does not allow. Other drivers add these
/// numbers up, and end when one of them is not there.
void derive_modules(ItemValues& values, Refused refused);

/// Shows what `values` told of modules as modules that are not heard any more.
void show_modules_offline(ItemValues& values, std::int32_t modules);
/// How many there are; at least one.
std::int32_t number_of_modules(const ItemValues& values);

/// Number of cells whose voltages are known, 1 … kMaxCells, if they are all there are in series and
/// no blocks of several: a charged one then has 2 to 4.5 V. nullopt otherwise, and without a CVL.
std::optional<int> cells_in_series(const ItemValues& values,
                                   std::optional<double> max_charge_voltage_v);

}  // namespace dmb
