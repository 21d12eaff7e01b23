// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

namespace dmb {

/// `--check-config`: prints every problem in the file and what its maps read. Returns the exit
/// code: 0 when it is valid.
int check_config(const std::filesystem::path& path);

}  // namespace dmb
