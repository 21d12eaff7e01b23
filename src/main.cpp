// SPDX-License-Identifier: MIT
#include "app/check_command.h"
#include "app/config_file.h"
#include "app/discover_command.h"
#include "app/driver.h"
#include "app/forget_command.h"
#include "app/import_command.h"
#include "app/log_sink.h"
#include "app/options.h"
#include "app/replay/replay_command.h"
#include "app/report/report_command.h"
#include "app/status_command.h"
#include "app/why_command.h"
#include "runtime/loop.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/spdlog.h>

#include <malloc.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <string>

namespace {

constexpr int kExitFailure = 1;
constexpr int kLargeBytes = 256 * 1024;

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

/// One line per event; multilog adds the time.
void set_up_log(int fd) {
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<LevelFlag>('L').set_pattern("%L %v");
  auto logger = std::make_shared<spdlog::logger>("", std::make_shared<dmb::LogSink>(fd));
  logger->set_formatter(std::move(formatter));
  logger->set_level(spdlog::level::warn);
  spdlog::set_default_logger(std::move(logger));
}

/// The memory holds the broker's password. Whoever wants a core dump says so: `ulimit -c
/// unlimited`. A limit of 0 alone does not keep a crash handler behind core_pattern from getting
/// one.
void leave_no_core_dump() {
  rlimit core{};
  if (getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur > 0) return;
  prctl(PR_SET_DUMPABLE, 0);
}

/// Whoever installs or edits sends SIGHUP at any moment: it waits until the loop can handle it.
void hold_back_reload() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

int run(const dmb::Options& options) {
  hold_back_reload();
  // Paho's threads allocate little; an arena each would only cost memory and, under a supervisor's
  // softlimit, address space.
  mallopt(M_ARENA_MAX, 1);
  // Left alone, one huge message would move this up to 32 MiB, and memory of that size would never
  // go back to the system.
  mallopt(M_MMAP_THRESHOLD, kLargeBytes);
  std::signal(SIGPIPE, SIG_IGN);  // a log reader or broker that goes away is no reason to die
  dmb::Loop loop;
  dmb::Driver driver(loop, options.config_path, options.record_to);
  const auto stop = [&loop] { loop.exit(0); };
  const auto on_term = loop.on_signal(SIGTERM, stop);
  const auto on_int = loop.on_signal(SIGINT, stop);
  const auto on_hup = loop.on_signal(SIGHUP, [&driver] { driver.reload(); });
  driver.start();
  return loop.run();
}

}  // namespace

int main(int argc, char** argv) {
  leave_no_core_dump();
  const dmb::ParsedOptions parsed = dmb::parse_options(argc, argv);
  if (parsed.exit_code) return *parsed.exit_code;
  const dmb::Options& options = parsed.options;
  if (options.action == dmb::Options::Action::check_config)
    return dmb::check_config(options.config_path);
  if (options.action == dmb::Options::Action::import_file)
    return dmb::import_file(options.import_path);
  if (options.action == dmb::Options::Action::report) return dmb::write_report(options);
  if (options.action == dmb::Options::Action::replay) return dmb::replay_recording(options);
  const bool discovers = options.action == dmb::Options::Action::discover;
  set_up_log(discovers ? STDERR_FILENO : STDOUT_FILENO);  // what discover prints is a config
  if (discovers) return dmb::discover(options);
  if (options.action == dmb::Options::Action::status)
    return dmb::print_status(options.config_path, options.json);
  if (options.action == dmb::Options::Action::why) return dmb::print_why(options.why, options.json);
  if (options.action == dmb::Options::Action::forget) return dmb::forget_shunt(options.forget);
  try {
    return run(options);
  } catch (const std::exception& error) {
    spdlog::error("stopping: {}", error.what());
    return kExitFailure;
  }
}
