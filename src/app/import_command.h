// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

namespace dmb {

/// `--import`: prints another driver's config in the words of ours. Returns the exit code: 0 when
/// it was understood.
int import_file(const std::filesystem::path& path);

}  // namespace dmb
