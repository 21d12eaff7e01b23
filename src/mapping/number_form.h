// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/mapping/map.h"

#include <optional>
#include <string>
#include <string_view>

namespace dmb {

/// `number` as `form` writes it: 3 in "{n-1:02}" is "02".
std::string written(int number, const NumberForm& form);

/// The number, from 1, that `form` writes exactly so; nullopt for any other text: "7" is none of
/// "{n:02}", nor is "007".
std::optional<int> number_written(std::string_view digits, const NumberForm& form);

/// The same of a whole level or key, with what stands around the number.
std::optional<int> number_in(std::string_view text, const MapStep& step);

}  // namespace dmb
