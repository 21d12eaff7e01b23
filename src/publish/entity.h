// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/quantity.h"

#include <optional>
#include <string>
#include <string_view>

namespace dmb {

/// What Home Assistant makes of a quantity; empty: nothing.
struct Entity {
  std::string_view platform = "sensor";
  std::string_view device_class;
  std::string_view unit;
  std::string_view state_class;
  std::optional<int> decimals;  ///< shown
  std::string value_template;   ///< of the message of a battery's state
};

Entity entity_of(Quantity quantity);

}  // namespace dmb
