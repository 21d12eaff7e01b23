// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace dmb {

/// Version of the program: `--version`, /FirmwareVersion, /Mgmt/ProcessVersion.
std::string_view version();

inline constexpr std::string_view kProgramName = "dbus-mqtt-battery";

/// Something that tells this device from others: the VRM portal id on Venus OS, else
/// the host name.
std::string local_device_id();

}  // namespace dmb
