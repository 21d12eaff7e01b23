// SPDX-License-Identifier: MIT
#pragma once

#include "curve.h"

namespace dmb::sim {

/// What cells of a kind have in common. By the part of the capacity that is in a cell, 0 to 1; a
/// little above 1 is an overcharged one.
struct Chemistry {
  Curve open_circuit_v;
  Curve resistance_by_soc;  ///< times the resistance in the middle
  Curve resistance_by_c;    ///< times the one at 25 °C
};

const Chemistry& lfp();
const Chemistry& li_ion_nmc();
const Chemistry& lto();

}  // namespace dmb::sim
