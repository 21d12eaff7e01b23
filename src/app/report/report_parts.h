// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace dmb::report {

/// One file of a report, still with its secrets.
struct Part {
  std::string name;
  std::string about;  ///< in a few words
  std::string text;   ///< empty: there is none
};

/// Of this program, the GX device and its system.
Part versions();

/// What this program prints about the installation of this config, asked as anybody would.
std::vector<Part> told_by_program(const std::filesystem::path& config_path);

/// The end of the log of the installation that has this config.
Part log_of(const std::filesystem::path& config_path);

/// The recording that the text of this config speaks of and the part before, oldest first; those
/// that are there. `instead`: of another one than the config's.
std::vector<std::filesystem::path> recordings_of(
    const std::string& config_text, const std::filesystem::path& config_path,
    const std::optional<std::filesystem::path>& instead);

}  // namespace dmb::report
