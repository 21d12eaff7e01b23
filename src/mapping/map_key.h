// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/quantity.h"
#include "map_faults.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace dmb {

/// What stands on the left of a line.
struct MapKey {
  enum class Kind : std::uint8_t { item, any_item, availability, alive, only_changes };
  Kind kind = Kind::item;
  Quantity first = Quantity::at(0);  ///< of an item
  bool numbered = false;             ///< "Voltages/Cell{n}": `first` and those after it
  std::size_t numbers = 1;           ///< how many these are
};

/// nullopt: no such key, said with the nearest one that there is.
std::optional<MapKey> read_key(std::string_view key, MapFaults& faults);

}  // namespace dmb
