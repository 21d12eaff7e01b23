// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/config/config.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dmb {

/// Something to tell the user about the configuration. Never holds a password.
struct ConfigProblem {
  enum class Severity : std::uint8_t { info, warning, error };
  Severity severity = Severity::error;
  int line = 0;              ///< 1-based; 0 when it is about something that is missing
  std::string section = {};  ///< as the user wrote it; may be empty
  std::string key = {};      ///< as the user wrote it; may be empty
  std::string message = {};  ///< what is wrong and what is expected
};

struct ConfigResult {
  std::optional<Config> config = {};         ///< set when no problem is an error
  std::vector<ConfigProblem> problems = {};  ///< all of them, in line order
};

/// Where the texts of presets come from.
struct Presets {
  /// The text of the preset; nullopt when there is none of that name.
  std::function<std::optional<std::string>(const std::string& name)> read;
  std::vector<std::string> names = {};  ///< of all there are, to suggest
};

/// Checks and translates the text of a config.ini (docs/behaviour.md, "Configuration"). Pure: no
/// clock, no log, and no file but what `presets` reads. `device_id`: what tells this device from
/// others at a broker, unless the text says so.
ConfigResult parse_config(std::string_view text, const Presets& presets = {},
                          std::string_view device_id = {});

/// What holds when no config file exists: every SmartShunt is aggregated. Whoever has shunts and no
/// wishes needs no file.
Config config_without_file();

/// "config.ini:12: [MQTT] broker_port: must be a whole number from 1 to 65535, not "abc"".
std::string describe(const ConfigProblem& problem, std::string_view file);

}  // namespace dmb
