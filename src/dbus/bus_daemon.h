// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

/// The D-Bus daemon as a service of its own bus (D-Bus specification, "Message Bus Messages").
namespace dmb::bus_daemon {

/// Its bus name, and that of its interface.
inline constexpr const char* kName = "org.freedesktop.DBus";
inline constexpr const char* kPath = "/org/freedesktop/DBus";
/// It always answers; at boot it may be busy.
inline constexpr std::chrono::minutes kTimeout{2};

}  // namespace dmb::bus_daemon
