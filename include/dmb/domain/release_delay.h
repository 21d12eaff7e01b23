// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/domain/value.h"

#include <chrono>
#include <optional>

namespace dmb {

/// How long a condition must be clear before what it stopped is released.
inline constexpr std::chrono::seconds kReleaseDelay{30};
/// The longest it can become, and within which a stop counts as the last one come back.
inline constexpr std::chrono::minutes kLongestReleaseDelay{10};

/// Stops at once and releases late. A stop that comes back soon after its release doubles the
/// delay: an alarm that clears because charging was stopped would else let the full current through
/// for a second in every thirty.
class ReleaseDelay {
 public:
  /// There is a reason to stop.
  void stop(Instant now);
  /// There is none. Returns whether it is stopped all the same.
  bool clear(Instant now);

  bool stopped() const { return stopped_; }
  /// When the stop ends, if nothing new comes.
  std::optional<Instant> ends_at() const { return ends_at_; }
  /// How long a stop lasts after its reason.
  std::chrono::seconds delay() const { return delay_; }

  /// As in an earlier run of the program, which may have ended just now: a stop goes on for its
  /// whole delay, and one that comes now is one that comes back.
  void resume(bool stopped, std::chrono::seconds delay, Instant now);
  bool is_at_rest(Instant now) const;

 private:
  bool stopped_ = false;
  std::chrono::seconds delay_ = kReleaseDelay;
  std::optional<Instant> ends_at_;
  std::optional<Instant> released_at_;
};

/// The share of a bank that may be used: falls at once with what is present, and rises to it only
/// after the release delay, so that a shunt that comes and goes does not switch the chargers.
class ShareGuard {
 public:
  /// `present`: 0…1. Returns the share that may be used.
  double update(double present, Instant now);
  /// Nobody is there, and the share stays what it is: nothing comes back meanwhile.
  void hold(Instant now);

  double share() const { return share_; }
  const ReleaseDelay& delay() const { return delay_; }
  void resume(double share, std::chrono::seconds delay, Instant now);

 private:
  bool is_more(double present) const;
  void wait(double present, Instant now);

  double share_ = 1;
  double last_ = 1;    ///< present at the last update()
  double coming_ = 0;  ///< present during the whole wait
  ReleaseDelay delay_;
};

}  // namespace dmb
