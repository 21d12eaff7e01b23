// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <chrono>

namespace dmb {

/// Waiting times between attempts: first, twice that, … up to longest. A broker's are
/// 1 → 60 s.
class Backoff {
 public:
  using Duration = std::chrono::milliseconds;

  /// Both positive; `longest` is not below `first`.
  explicit Backoff(Duration first = std::chrono::seconds(1),
                   Duration longest = std::chrono::seconds(60))
      : first_(first), longest_(std::max(first, longest)), next_(first) {}

  /// How long to wait before the attempt that comes now; the next answer is twice as long.
  Duration next() {
    const Duration wait = next_;
    next_ = next_ > longest_ / 2 ? longest_ : next_ * 2;
    return wait;
  }

  /// The same while somebody is in a hurry: so that the next attempt begins no later than `every`
  /// after the last one, which took `taken`. Yet there is always a pause, if only the first one.
  Duration next_in_a_hurry(Duration every, Duration taken) {
    return std::min(next(), std::max(every - taken, first_));
  }

  /// After a success: the next wait is the first one again.
  void reset() { next_ = first_; }

 private:
  Duration first_;
  Duration longest_;
  Duration next_;
};

}  // namespace dmb
