// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dmb {

/// The command line of a process for a log line, its arguments without directories:
/// "python3 dbus-mqtt-battery.py (pid 1234)".
std::string describe_process(std::uint32_t pid);

/// `cmdline` as in /proc/<pid>/cmdline: arguments that each end with a NUL.
std::string describe_command_line(std::string_view cmdline);

}  // namespace dmb
