// SPDX-License-Identifier: MIT
#include "dmb/app/config_file.h"
#include "dmb/app/driver.h"
#include "dmb/app/identity.h"
#include "dmb/runtime/loop.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <getopt.h>
#include <malloc.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace {

constexpr int kExitFailure = 1;
constexpr int kExitUsage = 2;

constexpr const char* kHelp =
    R"(Usage: dbus-mqtt-battery [--config FILE] [--check-config] [--version] [--help]

Publishes battery data from an MQTT broker, and all SmartShunts as one, as batteries on the
Venus OS D-Bus.

  --config FILE    use FILE (default: %s)
  --check-config   list every problem of the config file and exit: 0 valid, 2 not
  --version        print the version and exit
  --help           print this help and exit

Signals: SIGTERM and SIGINT end it, SIGHUP reads the config file again.
The log goes to standard output. Every key is explained in config.sample.ini.
)";

struct Options {
  std::filesystem::path config_path = dmb::default_config_path();
  bool check_config = false;
};

/// The options, or the code to exit with at once.
struct ParsedOptions {
  Options options;
  std::optional<int> exit_code;
};

ParsedOptions parse_options(int argc, char** argv) {
  static const std::array<option, 5> kLong{{{"config", required_argument, nullptr, 'c'},
                                            {"check-config", no_argument, nullptr, 'k'},
                                            {"version", no_argument, nullptr, 'v'},
                                            {"help", no_argument, nullptr, 'h'},
                                            {nullptr, 0, nullptr, 0}}};
  ParsedOptions parsed;
  for (int option = 0; (option = getopt_long(argc, argv, "c:vh", kLong.data(), nullptr)) != -1;) {
    switch (option) {
      case 'c':
        parsed.options.config_path = optarg;
        break;
      case 'k':
        parsed.options.check_config = true;
        break;
      case 'v':
        std::printf("%s %s\n", dmb::kProgramName.data(), dmb::version().data());
        return {{}, 0};
      case 'h':
        std::printf(kHelp, parsed.options.config_path.c_str());
        return {{}, 0};
      default:
        std::fprintf(stderr, "Try '%s --help'.\n", argv[0]);
        return {{}, kExitUsage};
    }
  }
  if (optind < argc) {
    std::fprintf(stderr, "%s: unexpected argument '%s'\nTry '%s --help'.\n", argv[0], argv[optind],
                 argv[0]);
    return {{}, kExitUsage};
  }
  return parsed;
}

int check_config(const std::filesystem::path& path) {
  const dmb::ConfigResult result = dmb::load_config(dmb::read_config_file(path), path);
  for (const auto& problem : result.problems)
    std::printf("%s\n", dmb::describe(problem, path.string()).c_str());
  if (!result.config) return kExitUsage;
  std::printf("%s is valid\n", path.c_str());
  return 0;
}

/// "LEVEL": spdlog's own names are in lower case.
class LevelFlag final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& out) override {
    static constexpr std::array<std::string_view, spdlog::level::n_levels> kNames{
        "TRACE", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL", ""};
    const std::string_view name = kNames.at(static_cast<std::size_t>(message.level));
    out.append(name.data(), name.data() + name.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override {
    return spdlog::details::make_unique<LevelFlag>();
  }
};

/// One line per event on standard output; multilog adds the time (specification 1).
void set_up_log() {
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<LevelFlag>('L').set_pattern("%L %v");
  auto logger =
      std::make_shared<spdlog::logger>("", std::make_shared<spdlog::sinks::stdout_sink_st>());
  logger->set_formatter(std::move(formatter));
  logger->set_level(spdlog::level::warn);
  logger->flush_on(spdlog::level::trace);
  spdlog::set_default_logger(std::move(logger));
}

int run(const Options& options) {
  // Paho's threads allocate little; an arena each would only cost memory and, under a supervisor's
  // softlimit, address space.
  mallopt(M_ARENA_MAX, 1);
  std::signal(SIGPIPE, SIG_IGN);  // a log reader or broker that goes away is no reason to die
  dmb::Loop loop;
  dmb::Driver driver(loop, options.config_path);
  const auto stop = [&loop] { loop.exit(0); };
  const auto on_term = loop.on_signal(SIGTERM, stop);
  const auto on_int = loop.on_signal(SIGINT, stop);
  const auto on_hup = loop.on_signal(SIGHUP, [&driver] { driver.reload(); });
  driver.start();
  return loop.run();
}

}  // namespace

int main(int argc, char** argv) {
  const ParsedOptions parsed = parse_options(argc, argv);
  if (parsed.exit_code) return *parsed.exit_code;
  if (parsed.options.check_config) return check_config(parsed.options.config_path);
  set_up_log();
  try {
    return run(parsed.options);
  } catch (const std::exception& error) {
    spdlog::error("stopping: {}", error.what());
    return kExitFailure;
  }
}
