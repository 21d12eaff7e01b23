// SPDX-License-Identifier: MIT
#include "wiring.h"

#include <algorithm>
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

namespace {

/// Of what gives or takes current beside the packs.
struct Beside {
  double conductance = 0;  ///< of a source of voltage behind a wire
  double short_a = 0;      ///< what it would give into 0 V, less the loads
};

/// Of packs without switches in the way it is a quotient of sums; a pack whose switch forbids the
/// current that this gives is left out, until none is.
std::optional<double> meeting_v(std::span<const Pack> packs, const Beside& beside) {
  std::vector<const Pack*> live;
  for (const Pack& pack : packs)
    if (!pack.contactor_open) live.push_back(&pack);
  while (!live.empty() || beside.conductance > 0) {
    double conductance = beside.conductance;
    double short_a = beside.short_a;
    for (const Pack* pack : live) {
      conductance += 1 / pack->resistance_ohm();
      short_a += pack->source_v() / pack->resistance_ohm();
    }
    const double bus_v = short_a / conductance;
    const auto blocked = std::erase_if(live, [bus_v](const Pack* pack) {
      return current_at(*pack, bus_v) == 0 && bus_v != pack->source_v();
    });
    if (blocked == 0) return bus_v;
  }
  return std::nullopt;
}

}  // namespace

std::optional<double> voltage_at(std::span<const Pack> packs, double total_a) {
  return meeting_v(packs, {.short_a = total_a});
}

double held_current_a(std::span<const Pack> packs, double charger_v, double wire_ohm,
                      double load_a) {
  const Beside charger{.conductance = 1 / wire_ohm, .short_a = charger_v / wire_ohm - load_a};
  return current_at(packs, meeting_v(packs, charger).value_or(charger_v));
}

}  // namespace dmb::sim
