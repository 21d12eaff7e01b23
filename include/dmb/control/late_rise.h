// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/value.h"
#include "dmb/control/limit_reason.h"
#include "dmb/control/release_delay.h"
#include "dmb/control/vote.h"

#include <chrono>
#include <deque>
#include <optional>

namespace dmb {

/// What a limit should be, and why. `value` in V or A.
struct WantedLimit {
  double value = 0;
  Cause cause = Cause::given;
  LimitReason reason = {};
};

/// A limit that falls at once and rises late: it is the least that was wanted during the last
/// release delay. One that falls by more than a tenth soon after such a rise doubles the delay, so
/// that a member which comes and goes does not switch the chargers.
class LateRise {
 public:
  /// Returns what may go out. The first call has no past: what it wants is what it gets.
  const WantedLimit& update(WantedLimit wanted, Instant now);

  /// As of the last update(); nullopt before the first, and without resume().
  std::optional<double> value() const;
  /// When it rises, if nothing new comes.
  std::optional<Instant> rises_at() const;
  std::chrono::seconds delay() const { return delay_; }

  bool is_held() const { return !earlier_.empty(); }

  /// As in an earlier run of the program, which may have ended just now: no more than `value` for
  /// the whole delay.
  void resume(double value, std::chrono::seconds delay, Instant now);

 private:
  /// What was wanted, less than all that came after it.
  struct Earlier {
    WantedLimit wanted;
    Instant since;  ///< that it is exceeded
    Instant until;  ///< when it was wanted last
  };
  void fall(const WantedLimit& wanted, Instant now);
  void rise(Instant now);
  void expire(Instant now);

  std::optional<WantedLimit> present_;
  std::deque<Earlier> earlier_;  ///< oldest and least first
  std::chrono::seconds delay_ = kReleaseDelay;
  std::optional<Instant> risen_at_;
};

}  // namespace dmb
