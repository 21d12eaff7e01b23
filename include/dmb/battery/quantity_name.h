// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/quantity.h"

#include <string>

namespace dmb {

/// What a person calls it: "State of charge", "Cell 7 voltage", "Low voltage alarm". Of its path
/// ("/Alarms/LowVoltage") where that says enough.
std::string name_of(Quantity quantity);

}  // namespace dmb
