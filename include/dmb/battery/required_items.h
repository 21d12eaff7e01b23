// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/quantity.h"

#include <algorithm>
#include <vector>

namespace dmb {

/// What must be known for a battery to be there and alive, in table order. The voltage is always
/// one of them, and counts as known when it follows from power and current: no battery may be on
/// the bus without one.
using RequiredItems = std::vector<Quantity>;

/// State of charge and voltage. A starter battery has no SoC: there the voltage alone will do.
inline const RequiredItems& default_required_items() {
  static const RequiredItems kItems{std::min(q("/Soc"), q("/Dc/0/Voltage")),
                                    std::max(q("/Soc"), q("/Dc/0/Voltage"))};
  return kItems;
}

}  // namespace dmb
