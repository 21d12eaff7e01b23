// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

namespace dmb {

/// What the bus name of every battery service begins with.
inline constexpr std::string_view kBatteryPrefix = "com.victronenergy.battery.";

/// The last part of a battery's bus name; nullopt where it is another service's.
constexpr std::optional<std::string_view> battery_name(std::string_view service) {
  if (!service.starts_with(kBatteryPrefix)) return std::nullopt;
  return service.substr(kBatteryPrefix.size());
}

}  // namespace dmb
