// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/quantity.h"
#include "dmb/mapping/ha_discovery.h"

#include <optional>
#include <string>
#include <vector>

namespace dmb {

/// An announced entity as what it tells of a battery.
struct HaItem {
  Quantity item;
  /// The better of two entities for one item has more.
  int rank = 0;
  double factor = 1;  ///< from the announced unit to the item's
  double offset = 0;
  /// The config has to ask for it: nobody's charging may depend on a guess.
  bool is_limit = false;
  bool has_two_states = false;
};

/// By unit, device class and words of its name; nullopt: nothing of a battery, or a setting.
std::optional<HaItem> ha_item_of(const HaEntity& entity);

}  // namespace dmb
