// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/config/parse.h"

#include <filesystem>
#include <optional>
#include <string>

namespace dmb {

/// What stands in the config file, or why it cannot be read.
struct ConfigFile {
  enum class State : std::uint8_t { read, missing, unreadable };
  State state = State::missing;
  std::string text;
  std::string error;  ///< for people, when unreadable
  bool operator==(const ConfigFile&) const = default;
};

/// Reads at most 1 MiB; anything larger is not a config file.
ConfigFile read_config_file(const std::filesystem::path& path);

/// Tells contents of a file from each other, between processes as well; empty when there is none.
std::string digest_of(const ConfigFile& file);

/// Whether users other than the file's own and its group may read it.
bool everybody_may_read(const std::filesystem::path& path);

/// `config.ini` beside the directory that holds the executable.
std::filesystem::path default_config_path();

/// The same text for the same file, whichever way it is spelt; it need not exist.
std::string canonical_config_path(const std::filesystem::path& path);

/// Reads and checks `path`. A missing or unreadable file is a problem like any other.
ConfigResult load_config(const ConfigFile& file, const std::filesystem::path& path);

}  // namespace dmb
