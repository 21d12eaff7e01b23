// SPDX-License-Identifier: MIT
#include "wiring.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace dmb::sim {

double current_at(const Pack& pack, double bus_v) {
  return pack.passed_a((bus_v - pack.source_v()) / pack.resistance_ohm());
}

double current_at(std::span<const Pack> packs, double bus_v) {
  double sum_a = 0;
  for (const Pack& pack : packs) sum_a += current_at(pack, bus_v);
  return sum_a;
}

/// Of packs without switches in the way it is a quotient of sums; a pack whose switch forbids the
/// current that this gives is left out, until none is.
std::optional<double> voltage_at(std::span<const Pack> packs, double total_a) {
  std::vector<const Pack*> live;
  for (const Pack& pack : packs)
    if (!pack.contactor_open) live.push_back(&pack);
  while (!live.empty()) {
    double conductance = 0;
    double short_a = 0;
    for (const Pack* pack : live) {
      conductance += 1 / pack->resistance_ohm();
      short_a += pack->source_v() / pack->resistance_ohm();
    }
    const double bus_v = (total_a + short_a) / conductance;
    const auto blocked = std::erase_if(live, [bus_v](const Pack* pack) {
      return current_at(*pack, bus_v) == 0 && bus_v != pack->source_v();
    });
    if (blocked == 0) return bus_v;
  }
  return std::nullopt;
}

double held_current_a(std::span<const Pack> packs, double charger_v, double wire_ohm,
                      double load_a) {
  // At `low_v` the charger could give more than packs and loads take, at `high_v` less.
  double high_v = charger_v;
  double low_v = 0;
  for (int halvings = 0; halvings < 45; ++halvings) {
    const double bus_v = (low_v + high_v) / 2;
    const double given_a = (charger_v - bus_v) / wire_ohm;
    (given_a > current_at(packs, bus_v) + load_a ? low_v : high_v) = bus_v;
  }
  return current_at(packs, low_v);
}

}  // namespace dmb::sim
