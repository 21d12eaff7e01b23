// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/control/charge_curve.h"

#include <array>
#include <cstdint>
#include <string_view>

namespace dmb {

enum class Chemistry : std::uint8_t { lfp, li_ion, lto, custom };

/// As configs spell them, by Chemistry.
inline constexpr std::array<std::string_view, 4> kChemistryWords{"lfp", "li-ion", "lto", "custom"};

/// What goes by chemistry. All voltages are of one cell.
struct ChemistryNumbers {
  double cell_full_v = 0;
  double cell_float_v = 0;
  double cell_empty_v = 0;
  double cell_never_above_v = 0;
  double balance_cell_v = 0;
  double cell_bulk_again_v = 0;  ///< whoever stands lower for ten minutes is not full, SoC or not
  Curve charge_by_cell;
  Curve discharge_by_cell;
  Curve charge_by_temperature;
  Curve discharge_by_temperature;
  double highest_v = 0;  ///< beyond this no maker lets a cell be charged
  double lowest_v = 0;   ///< or discharged
};

/// Of Chemistry::custom those of lfp, but for the widest bounds: each number is the owner's.
const ChemistryNumbers& numbers_of(Chemistry chemistry);

}  // namespace dmb
