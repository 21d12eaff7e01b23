// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/domain/battery_items.h"

#include <algorithm>
#include <vector>

namespace dmb {

/// What must be known for a battery to be there and alive, in table order. The voltage is always
/// one of them, and counts as known when it follows from power and current: no battery may be on
/// the bus without one.
using RequiredItems = std::vector<ItemId>;

/// State of charge and voltage. A starter battery has no SoC: there the voltage alone will do.
inline const RequiredItems& default_required_items() {
  static const RequiredItems kItems{std::min(battery_ids().soc, battery_ids().voltage),
                                    std::max(battery_ids().soc, battery_ids().voltage)};
  return kItems;
}

}  // namespace dmb
