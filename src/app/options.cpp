// SPDX-License-Identifier: MIT
#include "app/options.h"

#include "runtime/identity.h"

#include <getopt.h>

#include <array>
#include <cstdio>

namespace dmb {
namespace {

constexpr const char* kHelp =
    R"(Usage: dbus-mqtt-battery [--config FILE] [--check-config | --status [--json] | --forget NAME]
                         [--version] [--help]

Publishes battery data from an MQTT broker, and all SmartShunts as one, as batteries on the
Venus OS D-Bus.

  --config FILE    use FILE (default: %s)
  --check-config   list every problem of the config file and exit: 0 valid, 2 not
  --status         say how the one that runs with this config file is, and what to do if something
                   is wrong; exit: 0 healthy, 1 degraded, 3 not running
  --json           with --status: for scripts
  --forget NAME    a SmartShunt that was taken out for good is not missed any more: its custom
                   name or serial; exit: 0 forgotten, 1 not, 3 nothing runs
  --version        print the version and exit
  --help           print this help and exit

Signals: SIGTERM and SIGINT end it, SIGHUP reads the config file again.
The log goes to standard output. Every key is explained in config.sample.ini.
)";

constexpr std::array<option, 8> kLong{{{"config", required_argument, nullptr, 'c'},
                                       {"check-config", no_argument, nullptr, 'k'},
                                       {"status", no_argument, nullptr, 's'},
                                       {"json", no_argument, nullptr, 'j'},
                                       {"forget", required_argument, nullptr, 'f'},
                                       {"version", no_argument, nullptr, 'v'},
                                       {"help", no_argument, nullptr, 'h'},
                                       {nullptr, 0, nullptr, 0}}};

ParsedOptions refuse(const char* program) {
  std::fprintf(stderr, "Try '%s --help'.\n", program);
  return {{}, kExitUsage};
}

/// What can only be said when all options are known.
ParsedOptions checked(const ParsedOptions& parsed, int argc, char** argv) {
  if (optind < argc) {
    std::fprintf(stderr, "%s: unexpected argument '%s'\n", argv[0], argv[optind]);
    return refuse(argv[0]);
  }
  if (parsed.options.json && parsed.options.action != Options::Action::status) {
    std::fprintf(stderr, "%s: --json goes with --status\n", argv[0]);
    return refuse(argv[0]);
  }
  if (parsed.options.action == Options::Action::forget && parsed.options.forget.empty()) {
    std::fprintf(stderr, "%s: --forget needs the name of a shunt\n", argv[0]);
    return refuse(argv[0]);
  }
  return parsed;
}

}  // namespace

ParsedOptions parse_options(int argc, char** argv) {
  ParsedOptions parsed;
  for (int option = 0; (option = getopt_long(argc, argv, "c:vh", kLong.data(), nullptr)) != -1;) {
    switch (option) {
      case 'c':
        parsed.options.config_path = optarg;
        break;
      case 'k':
        parsed.options.action = Options::Action::check_config;
        break;
      case 's':
        parsed.options.action = Options::Action::status;
        break;
      case 'j':
        parsed.options.json = true;
        break;
      case 'f':
        parsed.options.action = Options::Action::forget;
        parsed.options.forget = optarg;
        break;
      case 'v':
        std::printf("%s %s\n", kProgramName.data(), version().data());
        return {{}, 0};
      case 'h':
        std::printf(kHelp, parsed.options.config_path.c_str());
        return {{}, 0};
      default:
        return refuse(argv[0]);
    }
  }
  return checked(parsed, argc, argv);
}

}  // namespace dmb
