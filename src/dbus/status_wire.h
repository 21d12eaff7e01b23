// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

/// How a running process and `--status` talk: GetStatus of "/" returns `s`, a line of JSON.
namespace dmb::status_wire {

/// Followed by the process id: each process has a name of its own.
inline constexpr std::string_view kNamePrefix = "io.github.dbus_mqtt_battery.Status.p";
inline constexpr const char* kPath = "/";
inline constexpr const char* kInterface = "io.github.dbus_mqtt_battery.Status";
inline constexpr const char* kMethod = "GetStatus";

}  // namespace dmb::status_wire
