// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/value.h"
#include "runtime/loop.h"

#include <optional>
#include <utility>

namespace dmb {

/// A timer for "call me when time changes something". It never fires late, but may fire early: a
/// time that moves later with each message is not worth a system call each, an idle turn now and
/// then is.
class WakeUp {
 public:
  /// `loop` must outlive it.
  WakeUp(Loop& loop, Loop::Handler handler)
      : timer_(loop.add_timer([this, handler = std::move(handler)] {
          armed_.reset();
          handler();
        })) {}
  WakeUp(const WakeUp&) = delete;
  WakeUp& operator=(const WakeUp&) = delete;

  /// nullopt: nothing to wait for.
  void at(std::optional<Instant> next) {
    if (!next || (armed_ && *armed_ <= *next)) return;
    armed_ = next;
    timer_.arm(*next);
  }

 private:
  std::optional<Instant> armed_;
  Timer timer_;
};

}  // namespace dmb
