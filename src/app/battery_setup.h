// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/config/config.h"
#include "sinks/bus/device_service.h"

#include <string>

namespace dmb {

/// What an MQTT battery is called and is on the bus. `connection` is shown as /Mgmt/Connection.
DeviceDescription description_of(const BatteryConfig& config, const std::string& connection);

}  // namespace dmb
