// SPDX-License-Identifier: MIT
#include "dmb/control/charge_chemistry.h"

namespace dmb {
namespace {

/// Makers of prismatic cells (280 Ah class) charge up to 3.65 V, discharge down to 2.5 V, and do
/// not charge below 0 °C. A cell is full at 3.45 V when little current flows; above 3.4 V it rises
/// steeply, and what it gains there is less than 1 % of its capacity.
ChemistryNumbers lfp() {
  return {.cell_full_v = 3.45,
          .cell_float_v = 3.375,
          .cell_empty_v = 2.90,
          .cell_never_above_v = 3.60,
          .balance_cell_v = 3.55,
          .cell_bulk_again_v = 3.20,
          .charge_by_cell = {{3.375, 100}, {3.40, 50}, {3.45, 20}, {3.50, 5}, {3.55, 0}},
          .discharge_by_cell = {{2.80, 0}, {2.90, 5}, {3.00, 25}, {3.10, 60}, {3.19, 100}},
          .charge_by_temperature =
              {{0, 0}, {2, 10}, {5, 20}, {10, 100}, {40, 100}, {45, 50}, {50, 20}, {55, 0}},
          .discharge_by_temperature = {{-20, 0}, {-10, 20}, {0, 100}, {50, 100}, {55, 50}, {60, 0}},
          .highest_v = 3.65,
          .lowest_v = 2.5};
}

/// Cells of nickel, manganese or cobalt with graphite. Samsung SDI's specification of the
/// ICR18650-26C, for one, has 4.20 ± 0.05 V, an end of discharge at 2.75 V, charging at 0 … 45 °C
/// and discharging at -10 … 60 °C. 4.10 V instead of 4.20 V costs a tenth of the capacity and
/// spares the cell; there is little use of a float close to full, which ages it.
ChemistryNumbers li_ion() {
  return {
      .cell_full_v = 4.10,
      .cell_float_v = 4.00,
      .cell_empty_v = 3.20,
      .cell_never_above_v = 4.20,
      .balance_cell_v = 4.15,
      .cell_bulk_again_v = 3.80,
      .charge_by_cell = {{4.00, 100}, {4.05, 50}, {4.10, 20}, {4.15, 5}, {4.18, 0}},
      .discharge_by_cell = {{3.10, 0}, {3.20, 5}, {3.30, 25}, {3.40, 60}, {3.50, 100}},
      .charge_by_temperature = {{0, 0}, {5, 10}, {10, 50}, {15, 100}, {35, 100}, {40, 50}, {45, 0}},
      .discharge_by_temperature = {{-10, 0}, {0, 50}, {10, 100}, {50, 100}, {60, 0}},
      .highest_v = 4.25,
      .lowest_v = 2.5};
}

/// Titanate anodes. Toshiba's SCiB cells work between 1.5 V (1.7 V above 0 °C) and 2.7 … 2.8 V, and
/// from -30 °C on for charging too, as no lithium is plated at that potential; 55 °C is the end.
ChemistryNumbers lto() {
  return {.cell_full_v = 2.60,
          .cell_float_v = 2.50,
          .cell_empty_v = 1.90,
          .cell_never_above_v = 2.70,
          .balance_cell_v = 2.65,
          .cell_bulk_again_v = 2.30,
          .charge_by_cell = {{2.50, 100}, {2.55, 50}, {2.60, 20}, {2.65, 5}, {2.68, 0}},
          .discharge_by_cell = {{1.80, 0}, {1.90, 5}, {2.00, 25}, {2.05, 60}, {2.10, 100}},
          .charge_by_temperature = {{-30, 0}, {-20, 20}, {0, 100}, {45, 100}, {50, 50}, {55, 0}},
          .discharge_by_temperature = {{-30, 0}, {-20, 50}, {0, 100}, {45, 100}, {50, 50}, {55, 0}},
          .highest_v = 2.80,
          .lowest_v = 1.5};
}

ChemistryNumbers custom() {
  ChemistryNumbers numbers = lfp();
  numbers.highest_v = 4.5;
  numbers.lowest_v = 1.0;
  return numbers;
}

}  // namespace

const ChemistryNumbers& numbers_of(Chemistry chemistry) {
  static const std::array<ChemistryNumbers, 4> kNumbers{lfp(), li_ion(), lto(), custom()};
  return kNumbers[static_cast<std::size_t>(chemistry)];
}

}  // namespace dmb
