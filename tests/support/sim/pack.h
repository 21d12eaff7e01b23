// SPDX-License-Identifier: MIT
#pragma once

#include "chemistry.h"

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace dmb::sim {

struct PackSpec {
  std::reference_wrapper<const Chemistry> chemistry = lfp();
  std::size_t cells = 16;
  double capacity_ah = 280;
  double cell_resistance_ohm = 0.0003;  ///< in the middle, at 25 °C
  double wire_ohm = 0.001;              ///< from its terminals to where the packs meet
  double soc = 0.5;                     ///< of its cells, 0 to 1
  std::vector<double> ahead_ah;         ///< by cell; none: 0
  double balance_a = 0;                 ///< of the balancer, into heat
  double balance_above_v = 3.40;
  double temperature_c = 20;
  double heat_j_per_k = 100'000;  ///< of a pack of 100 kg
  double cooling_w_per_k = 5;
};

/// Cells in series behind a contactor. Current into it counts positive.
class Pack {
 public:
  explicit Pack(const PackSpec& spec);

  /// At rest, where the packs meet.
  double source_v() const { return source_v_; }
  double resistance_ohm() const { return resistance_ohm_; }  ///< wires included
  /// By current_a for so long. `ambient_c` is around it.
  void step(double current_a, double ambient_c, double step_s);

  std::span<const double> cells_v() const { return cells_v_; }
  double highest_cell_v() const;
  double lowest_cell_v() const;
  double voltage_v() const;  ///< at its terminals
  double current_a() const { return current_a_; }
  double temperature_c() const { return temperature_c_; }
  void set_temperature_c(double temperature_c);
  double capacity_ah() const { return spec_.capacity_ah; }
  double soc() const;  ///< mean of its cells, 0 to 1
  double heat_j() const { return heat_j_; }

  bool contactor_open = false;
  bool blocks_charge = false;  ///< by a switch that lets current out
  bool blocks_discharge = false;
  /// What of this current may flow.
  double passed_a(double current_a) const;

 private:
  void settle();

  PackSpec spec_;
  std::vector<double> charge_ah_;
  std::vector<double> open_v_;
  std::vector<double> resistances_ohm_;
  std::vector<double> cells_v_;
  double source_v_ = 0;
  double resistance_ohm_ = 0;
  double current_a_ = 0;
  double temperature_c_;
  double heat_j_ = 0;  ///< lost in cells, not in balancers
};

}  // namespace dmb::sim
