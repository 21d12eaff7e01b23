// SPDX-License-Identifier: MIT
#pragma once

#include "pack.h"

#include <optional>
#include <span>

namespace dmb::sim {

/// What a pack takes when there is this voltage where the packs meet.
double current_at(const Pack& pack, double bus_v);
/// What all take together; rises with the voltage.
double current_at(std::span<const Pack> packs, double bus_v);

/// The voltage where the packs meet at which together they take this current; nullopt when they
/// cannot: none is connected, or each blocks it.
std::optional<double> voltage_at(std::span<const Pack> packs, double total_a);

/// The same of a charger that holds `charger_v` at its end of a wire, and loads beside the packs.
/// The result is the packs' current.
double held_current_a(std::span<const Pack> packs, double charger_v, double wire_ohm,
                      double load_a);

}  // namespace dmb::sim
