// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/item_values.h"

#include <string>
#include <string_view>

namespace dmb {

/// What a battery shows, as one JSON object nested by path, {"Dc":{"0":{"Voltage":52.7}},"Soc":63}:
/// all valid items that a payload may carry, with the numbers that go to the bus, so that
/// decode_payload() makes the same values of it. `about`: a JSON object with what else there is to
/// tell, under the key "About", which no reader of batteries looks at; empty: there is none.
std::string state_message(const ItemValues& values, std::string_view about);

}  // namespace dmb
