// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/domain/log_budget.h"

#include <spdlog/spdlog.h>

#include <string>
#include <utility>

namespace dmb {

/// Log lines about changes that others can cause without end: a battery that comes and goes, an
/// alarm that flickers. Each is a line of its own until there are too many; then one line says so.
/// What must not be silenced by something else has a log of its own.
class TransitionLog {
 public:
  /// `what` is said to change all the time, as in "House: its limits".
  explicit TransitionLog(std::string what) : what_(std::move(what)) {}

  template <typename... Args>
  void say(spdlog::level::level_enum level, Instant now, spdlog::format_string_t<Args...> text,
           Args&&... args) {
    const LogBudget::Say worth = budget_.spend(now);
    if (worth == LogBudget::Say::line) spdlog::log(level, text, std::forward<Args>(args)...);
    if (worth == LogBudget::Say::notice)
      spdlog::warn(
          "{} change all the time: no more lines about that until it has stopped for a minute",
          what_);
  }

 private:
  std::string what_;
  LogBudget budget_;
};

}  // namespace dmb
