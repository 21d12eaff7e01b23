// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/record/line.h"

#include <string>

namespace dmb::replay {

/// When something happened in a recorded run: how long after its beginning, and by the clock of the
/// device, UTC, as it stood then.
class RunTime {
 public:
  RunTime() = default;
  RunTime(const record::Began& began, Instant at)
      : began_at_(at), wall_time_s_(began.wall_time_s) {}

  /// "1:02:03.456".
  std::string elapsed(Instant now) const;
  /// "2026-01-02 03:04:05".
  std::string clock(Instant now) const;

 private:
  Instant began_at_;
  std::int64_t wall_time_s_ = 0;
};

}  // namespace dmb::replay
