// SPDX-License-Identifier: MIT
#include "pack.h"

#include <algorithm>
#include <numeric>

namespace dmb::sim {
namespace {

/// A balancer leaves cells alone that hardly differ.
constexpr double kBalanceSpreadV = 0.005;

}  // namespace

Pack::Pack(const PackSpec& spec)
    : spec_(spec),
      charge_ah_(spec.cells, spec.soc * spec.capacity_ah),
      open_v_(spec.cells),
      resistances_ohm_(spec.cells),
      temperature_c_(spec.temperature_c) {
  for (std::size_t i = 0; i < spec.ahead_ah.size(); ++i) charge_ah_.at(i) += spec.ahead_ah[i];
  settle();
  cells_v_ = open_v_;
}

void Pack::set_temperature_c(double temperature_c) {
  temperature_c_ = temperature_c;
  settle();
}

/// Voltages at rest and resistances, for what is in the cells now.
void Pack::settle() {
  const Chemistry& chemistry = spec_.chemistry;
  const double by_c = chemistry.resistance_by_c.at(temperature_c_);
  for (std::size_t i = 0; i < charge_ah_.size(); ++i) {
    const double soc = charge_ah_[i] / spec_.capacity_ah;
    open_v_[i] = chemistry.open_circuit_v.at(soc);
    resistances_ohm_[i] = spec_.cell_resistance_ohm * by_c * chemistry.resistance_by_soc.at(soc);
  }
  source_v_ = std::accumulate(open_v_.begin(), open_v_.end(), 0.0);
  resistance_ohm_ =
      std::accumulate(resistances_ohm_.begin(), resistances_ohm_.end(), spec_.wire_ohm);
}

void Pack::step(double current_a, double ambient_c, double step_s) {
  current_a_ = current_a;
  for (std::size_t i = 0; i < cells_v_.size(); ++i)
    cells_v_[i] = open_v_[i] + current_a * resistances_ohm_[i];
  const double balanced_from_v = std::max(spec_.balance_above_v, lowest_cell_v() + kBalanceSpreadV);
  double warmth_w = (ambient_c - temperature_c_) * spec_.cooling_w_per_k;
  for (std::size_t i = 0; i < cells_v_.size(); ++i) {
    const double balance_a = cells_v_[i] > balanced_from_v ? spec_.balance_a : 0;
    charge_ah_[i] += (current_a - balance_a) * step_s / 3600;
    const double loss_w = current_a * current_a * resistances_ohm_[i];
    heat_j_ += loss_w * step_s;
    warmth_w += loss_w + balance_a * cells_v_[i];
  }
  temperature_c_ += warmth_w * step_s / spec_.heat_j_per_k;
  settle();
}

double Pack::highest_cell_v() const {
  return *std::ranges::max_element(cells_v_);
}
double Pack::lowest_cell_v() const {
  return *std::ranges::min_element(cells_v_);
}
double Pack::voltage_v() const {
  return std::accumulate(cells_v_.begin(), cells_v_.end(), 0.0);
}
double Pack::soc() const {
  return std::accumulate(charge_ah_.begin(), charge_ah_.end(), 0.0) /
         (static_cast<double>(charge_ah_.size()) * spec_.capacity_ah);
}

double Pack::passed_a(double current_a) const {
  if (contactor_open) return 0;
  if (blocks_charge && current_a > 0) return 0;
  if (blocks_discharge && current_a < 0) return 0;
  return current_a;
}

}  // namespace dmb::sim
