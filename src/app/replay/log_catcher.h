// SPDX-License-Identifier: MIT
#pragma once

#include <spdlog/spdlog.h>

#include <memory>
#include <string>
#include <vector>

namespace dmb::replay {

/// Keeps what is logged while it lives, instead of the log: what devices note is put into words by
/// who writes the log, and nobody else.
class LogCatcher {
 public:
  LogCatcher();
  ~LogCatcher();
  LogCatcher(const LogCatcher&) = delete;
  LogCatcher& operator=(const LogCatcher&) = delete;

  /// "WARNING House: …", since the last call.
  std::vector<std::string> take_lines();

 private:
  class Sink;
  std::shared_ptr<spdlog::logger> before_;  // spdlog hands out and takes shared loggers only
  std::shared_ptr<Sink> sink_;
};

}  // namespace dmb::replay
