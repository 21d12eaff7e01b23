// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/reading.h"
#include "dmb/battery/required_items.h"

#include <vector>

namespace dmb {

/// What a message says about the items that must be known. Life is usable data: publishers go on
/// sending when they have lost their battery, with "unavailable" or null for what they measured.
struct Sufficiency {
  std::vector<Quantity> missing;  ///< not told at all: this is no battery's message
  std::vector<Quantity> unknown;  ///< told, but without a value

  bool is_life() const { return missing.empty() && unknown.empty(); }
};

/// The voltage counts as told, or known, also by power and current.
Sufficiency sufficiency_of(const Reading& reading, const RequiredItems& required);

}  // namespace dmb
