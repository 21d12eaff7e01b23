// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace dmb::report {

/// What a program printed, and how it ended.
struct Outcome {
  std::string output;            ///< of both streams, cut after `max_bytes`
  std::optional<int> exit_code;  ///< nullopt: it could not be started, was killed, or took too long
};

/// Runs `command` (found along PATH) and waits for its end, and `time_limit` at most.
Outcome run_child(const std::vector<std::string>& command, std::size_t max_bytes,
                  std::chrono::seconds time_limit);

}  // namespace dmb::report
