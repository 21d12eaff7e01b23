// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/value.h"

#include <chrono>
#include <cstdint>

namespace dmb {

/// Keeps events that others can cause without end from filling the log: a number of lines, then
/// none until the events have stopped for a minute; one an hour lets a new number through.
class LogBudget {
 public:
  enum class Say : std::uint8_t {
    line,    ///< write a line about the event
    notice,  ///< write, instead, that there will be no more lines
    nothing
  };

  explicit LogBudget(unsigned lines = 20) : lines_(lines) {}

  /// Whether an event that happens `now` is worth a line.
  Say spend(Instant now);
  /// Whether the next event would be worth nothing.
  bool is_spent(Instant now) const;

 private:
  static constexpr std::chrono::minutes kCalm{1};
  static constexpr std::chrono::hours kAnew{1};

  unsigned lines_;
  unsigned spent_ = 0;
  Instant last_;
  Instant begin_;
};

}  // namespace dmb
