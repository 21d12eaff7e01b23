// SPDX-License-Identifier: MIT
#pragma once

#include "app/config_file.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace dmb {

inline constexpr int kExitUsage = 2;

/// What the command line asks for.
struct Options {
  enum class Action : std::uint8_t { run, check_config, status, forget };
  Action action = Action::run;
  bool json = false;   ///< status for scripts
  std::string forget;  ///< the shunt's name
  std::filesystem::path config_path = default_config_path();
};

/// The options, or the code to exit with at once.
struct ParsedOptions {
  Options options;
  std::optional<int> exit_code;
};

/// Prints what --help and --version ask for, and what is wrong with the arguments.
ParsedOptions parse_options(int argc, char** argv);

}  // namespace dmb
