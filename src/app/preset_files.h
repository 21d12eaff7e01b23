// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/config/parse.h"

#include <filesystem>

namespace dmb {

/// The presets that are there: first those in the folder "presets" beside the config file, which
/// are the user's own, then those that came with the program, in share/presets beside the folder of
/// the executable. Files are read when they are asked for.
Presets preset_files(const std::filesystem::path& config_path);

}  // namespace dmb
