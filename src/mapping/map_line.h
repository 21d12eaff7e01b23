// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/mapping/map.h"
#include "dmb/mapping/parse_map.h"
#include "map_faults.h"
#include "map_key.h"

#include <optional>
#include <vector>

namespace dmb {

// The right side of a line, by what stands on the left. nullopt, or none: something is wrong with
// it, said.

std::optional<MapLine> read_line(const MapEntry& entry, const MapKey& key,
                                 const Placeholders& placeholders, MapFaults& faults);
std::vector<MapAvailability> read_availability(const MapEntry& entry,
                                               const Placeholders& placeholders, MapFaults& faults);
std::vector<MapSource> read_alive(const MapEntry& entry, const Placeholders& placeholders,
                                  MapFaults& faults);
std::optional<bool> read_only_changes(const MapEntry& entry, MapFaults& faults);

}  // namespace dmb
