// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/status/status.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dmb::status {

/// A process with a status name that is not the one asked for, or does not tell.
struct OtherProcess {
  std::int64_t pid = 0;
  std::string process;      ///< program and arguments, for people
  std::string config_file;  ///< empty: it did not tell
  std::string trouble;      ///< why it did not tell
  bool operator==(const OtherProcess&) const = default;
};

/// What the GX device makes of the batteries. Empty and nullopt: not told.
struct SystemStatus {
  bool present = false;         ///< systemcalc is on the bus
  std::string battery_monitor;  ///< bus name, or "com.victronenergy.battery/<instance>"
  std::string bms;              ///< bus name
  std::optional<bool> dvcc;
  bool operator==(const SystemStatus&) const = default;
};

/// Everything `--status` found.
struct Report {
  std::string config_file;    ///< canonical; whose process is asked for
  std::string config_digest;  ///< of that file as it is now; empty: it cannot be read
  std::string bus_trouble;    ///< why the bus could not be asked
  std::vector<ProcessStatus> processes;
  std::vector<OtherProcess> others;
  SystemStatus system;
  bool operator==(const Report&) const = default;
};

}  // namespace dmb::status
