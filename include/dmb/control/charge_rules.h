// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/control/charge_chemistry.h"
#include "dmb/control/charge_curve.h"

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dmb {

/// What a charge control goes by. The defaults are those of a chemistry, and safe; a set of numbers
/// that an owner changed is for faults_of() to check before anybody charges by it.
struct ChargeRules {
  ChargeRules() : ChargeRules(Chemistry::lfp) {}
  explicit ChargeRules(Chemistry of);

  Chemistry chemistry = Chemistry::lfp;
  double max_charge_current_a = 0;  ///< of the whole battery or bank, > 0
  double max_discharge_current_a = 0;
  std::optional<int> cells;  ///< in series; nullopt: as many as are known
  double cell_full_v = 0;
  double cell_float_v = 0;
  double cell_empty_v = 0;
  double cell_never_above_v = 0;
  double cell_bulk_again_v = 0;
  double tail_current_percent = 2;  ///< of the capacity per hour
  std::chrono::seconds full_for{15 * 60};
  double bulk_again_soc_percent = 80;
  double bulk_again_spread_v = 0.080;  ///< between highest and lowest cell, at rest
  Curve charge_by_cell;
  Curve discharge_by_cell;
  Curve charge_by_temperature;
  Curve discharge_by_temperature;
  Curve charge_by_mosfet{{70, 100}, {80, 25}, {90, 0}};
  Curve discharge_by_mosfet;  ///< of these three without any point: nothing is limited
  Curve charge_by_soc;
  Curve discharge_by_soc;
  std::chrono::days balance_every{0};  ///< 0: never
  double balance_cell_v = 0;
  double charge_to_soc_percent = 100;
  /// What takes the place of cell_full_v, by month from January on; nullopt: the month before's.
  std::array<std::optional<double>, 12> season_full_v = {};
  bool operator==(const ChargeRules&) const = default;
};

/// The goal of a full cell in a month, 1 … 12; nullopt: nobody knows the month, the least of all.
double cell_full_in(const ChargeRules& rules, std::optional<unsigned> month);

/// A number that a battery cannot be charged by.
struct ChargeFault {
  std::string_view key;  ///< as configs spell it
  std::string problem;   ///< for people: what is wrong, and what would be right
};

/// Every reason why these rules could harm a battery, or never charge it.
std::vector<ChargeFault> faults_of(const ChargeRules& rules);

/// Why a charge voltage of the whole battery cannot be that of so many cells, for people.
std::optional<std::string> misfit_of(double max_charge_voltage_v, int cells,
                                     const ChargeRules& rules);

}  // namespace dmb
