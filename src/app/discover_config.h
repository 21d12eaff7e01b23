// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/config/config.h"
#include "dmb/mapping/discovery.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace dmb {

/// The config file as far as finding batteries has to know it.
struct DiscoverConfig {
  std::filesystem::path path = {};
  std::string text = {};  ///< empty: there is no file
  /// The broker it names. One whose topic is still missing counts too: to find it is what this is
  /// for.
  std::optional<BrokerConfig> broker = {};
  KnownBatteries known = {};
  std::vector<std::string> problems = {};  ///< why it cannot be used, a line each; empty: it can
};

DiscoverConfig read_discover_config(const std::filesystem::path& path);

/// The presets beside the config and those shipped.
std::vector<DiscoveryPreset> read_presets(const std::filesystem::path& config_path);

/// What was appended, or why not.
struct Written {
  std::string fault = {};      ///< for people; empty: it was appended
  std::string copy_path = {};  ///< what was there before; empty: there was no file
};

/// Appends `piece` to the config file, if that makes a config without errors and nobody changed it
/// since it was read. The old one is kept under another name; whoever reads the file meanwhile sees
/// one or the other.
Written append_to_config(const DiscoverConfig& config, const std::string& piece);

}  // namespace dmb
