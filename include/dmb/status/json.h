// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/status/health.h"
#include "dmb/status/report.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dmb::status {

/// One line of JSON, keys as the fields of ProcessStatus, with "schema". Text that D-Bus
/// cannot carry is shown escaped, as in the log.
std::string to_json(const ProcessStatus& process);

/// What a process answered; whoever owns a status name may answer anything.
struct Parsed {
  std::optional<ProcessStatus> process;
  std::string trouble;  ///< for people, when there is none
};
/// Keys that are missing or of the wrong type keep their defaults; at most 1 MiB is looked at.
Parsed parse_process(std::string_view json);

/// What is published of a battery beside its values, as one JSON object: its life, its limits and
/// why they are what they are, who its members are, and how old all this is.
std::string about_json(const BatteryStatus& battery);
std::string about_json(const AggregateStatus& aggregate);

/// The whole report for scripts, indented.
std::string report_json(const Report& report, const std::vector<Advice>& advice);

}  // namespace dmb::status
