// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/quantity.h"
#include "dmb/battery/reading.h"

#include <string>
#include <string_view>

namespace dmb {

// One scalar of a payload as the type, sign and range of its item. Each either
// sets the field or sets it bad with the reason.

void set_number(Reading& out, Quantity id, const ItemSpec& item, double number);
void set_boolean(Reading& out, Quantity id, const ItemSpec& item, bool value);
/// "" is invalid; numbers may come as text.
void set_string(Reading& out, Quantity id, const ItemSpec& item, std::string_view text);

}  // namespace dmb
