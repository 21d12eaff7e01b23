// SPDX-License-Identifier: MIT
#pragma once

#include "app/config_file.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace dmb {

inline constexpr int kExitUsage = 2;

/// What the command line asks for.
struct Options {
  enum class Action : std::uint8_t {
    run,
    check_config,
    status,
    forget,
    discover,
    import_file,
    why,
    replay,
    report
  };
  struct Replay {
    std::filesystem::path file;
    bool items = false;                                   ///< tell each that changes
    bool diff = false;                                    ///< compare with what the file says
    std::optional<std::filesystem::path> diff_with = {};  ///< or what this one says
    bool publish = false;                                 ///< on the session bus
    std::optional<double> speed = {};                     ///< then: so many times as fast as it was
  };
  struct Broker {
    std::string address;
    std::optional<std::uint16_t> port = {};  ///< nullopt: the usual one
  };
  Action action = Action::run;
  bool json = false;   ///< status or why for scripts
  std::string forget;  ///< the shunt's name
  std::string why;     ///< a battery's name; empty: the one that matters
  std::chrono::seconds discover_time{30};
  std::optional<Broker> broker = {};  ///< of discover, instead of the config's
  bool write = false;                 ///< discover appends to the config
  std::optional<std::filesystem::path> record_to = {};
  std::filesystem::path report_path;  ///< the archive to write
  std::filesystem::path import_path;  ///< another driver's config
  std::filesystem::path config_path = default_config_path();
  bool config_given = false;  ///< and not that of the installation
  Replay replay = {};
};

/// The options, or the code to exit with at once.
struct ParsedOptions {
  Options options;
  std::optional<int> exit_code;
};

/// Prints what --help and --version ask for, and what is wrong with the arguments.
ParsedOptions parse_options(int argc, char** argv);

}  // namespace dmb
