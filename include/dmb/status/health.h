// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/status/report.h"

#include <cstdint>
#include <string>
#include <vector>

namespace dmb::status {

/// Something a person should know, and what to do about it.
struct Advice {
  bool problem = true;  ///< false: a hint; all is well without it
  std::string subject;  ///< what it is about
  std::string what;
  std::string todo;
  bool operator==(const Advice&) const = default;
};

/// How to handle the process that uses this config file: through its supervisor when the file lies
/// where the installer puts it, else by hand.
struct Commands {
  std::string start;
  std::string reload;
  std::string restart;
  std::string log;
  std::string forget;  ///< a shunt's name follows
};
Commands commands_for(const std::string& config_file, std::int64_t pid);

/// What is wrong with one process, what matters most first.
std::vector<Advice> advise(const ProcessStatus& process);

/// The same of all that was found.
std::vector<Advice> advise(const Report& report);

/// As exit codes.
enum class Verdict : std::uint8_t { healthy = 0, degraded = 1, not_running = 3 };
Verdict verdict(const Report& report, const std::vector<Advice>& advice);

}  // namespace dmb::status
