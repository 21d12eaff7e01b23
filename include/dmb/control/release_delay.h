// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/value.h"

#include <chrono>
#include <optional>
#include <vector>

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

/// The share of a bank that may be used: the least that was present during the last release delay.
/// So it falls at once, what comes back counts after the delay, and a shunt that comes and goes
/// does not switch the chargers. A loss soon after all had come back doubles the delay.
class ShareGuard {
 public:
  /// `present`: 0…1. Returns the share that may be used.
  double update(double present, Instant now);
  /// Nobody is there, and the share stays what it is: nothing comes back meanwhile.
  void hold(Instant now);

  double share() const { return earlier_.empty() ? present_ : earlier_.front().share; }
  /// When the share rises, if nothing new comes.
  std::optional<Instant> rises_at() const;
  std::chrono::seconds delay() const { return delay_; }

  /// As in an earlier run of the program, see ReleaseDelay::resume().
  void resume(double share, std::chrono::seconds delay, Instant now);
  bool is_at_rest(Instant now) const;

 private:
  /// A share that was present, less than all that came after it.
  struct Earlier {
    double share;
    Instant until;
  };
  void fall(double present, Instant now);

  double present_ = 1;
  std::vector<Earlier> earlier_;  ///< oldest and least first
  std::chrono::seconds delay_ = kReleaseDelay;
  std::optional<Instant> whole_at_;
};

}  // namespace dmb
