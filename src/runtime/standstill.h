// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/value.h"
#include "runtime/loop.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <utility>

namespace dmb {

/// Notices that the loop stood still: the process was stopped or the device suspended, or something
/// kept the loop from turning. What others sent meanwhile waits somewhere, and nobody can tell how
/// old it is. A timer that runs long after it was due gives it away.
class Standstill {
 public:
  using Duration = std::chrono::milliseconds;

  /// `noticed` is told how long it was at least. `loop` must outlive it.
  Standstill(Loop& loop, std::function<void(Duration)> noticed)
      : loop_(loop), noticed_(std::move(noticed)), timer_(loop.add_timer([this] {
          check();
          arm();
        })) {}
  Standstill(const Standstill&) = delete;
  Standstill& operator=(const Standstill&) = delete;

  /// Each standstill of more than `patience` will be noticed, and none of less than half of it.
  /// nullopt: none.
  void watch(std::optional<Duration> patience) {
    patience_ = patience;
    arm();
  }

  /// To be called before anything is taken that may have waited: the timer runs only in its turn.
  /// Returns whether there was a standstill, once for each, after `noticed` was told.
  bool check() {
    if (!patience_ || loop_.now() < due_ + *patience_ - period()) return false;
    const auto late = std::chrono::duration_cast<Duration>(loop_.now() - due_);
    arm();
    noticed_(late);
    return true;
  }

 private:
  /// The timer costs a wake-up each time, so it is no more frequent than it has to be.
  Duration period() const {
    constexpr Duration kOftenEnough{30'000};
    return std::min(*patience_ / 2, kOftenEnough);
  }

  void arm() {
    if (!patience_) return timer_.disarm();
    due_ = loop_.now() + period();
    timer_.arm(due_);
  }

  Loop& loop_;
  std::function<void(Duration)> noticed_;
  std::optional<Duration> patience_;
  Instant due_;
  Timer timer_;
};

}  // namespace dmb
