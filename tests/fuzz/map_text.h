// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/mapping/map.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dmb::fuzz {

/// The lines of a [MAP] that says `map`, as keys and values; nullopt when one of its texts cannot
/// be written in any way.
std::optional<std::vector<std::pair<std::string, std::string>>> map_text(const Map& map);

}  // namespace dmb::fuzz
