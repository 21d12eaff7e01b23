// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string_view>

/// How a running process, `--status` and `--forget` talk. Of "/", GetStatus and Forget(`s`: the
/// name of a shunt) each return `s`, a line of JSON.
namespace dmb::status_wire {

/// Followed by the process id: each process has a name of its own.
inline constexpr std::string_view kNamePrefix = "io.github.dbus_mqtt_battery.Status.p";
inline constexpr const char* kPath = "/";
inline constexpr const char* kInterface = "io.github.dbus_mqtt_battery.Status";
inline constexpr const char* kGetStatus = "GetStatus";
inline constexpr const char* kForget = "Forget";
/// What is longer is no name.
inline constexpr std::size_t kMaxNameBytes = 255;

}  // namespace dmb::status_wire
