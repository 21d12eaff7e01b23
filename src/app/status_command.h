// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

namespace dmb {

/// `--status`: finds the process that uses this config file, prints how it is to standard output,
/// and returns the exit code: 0 healthy, 1 degraded, 3 not running. `json`: for scripts.
int print_status(const std::filesystem::path& config_path, bool json);

}  // namespace dmb
