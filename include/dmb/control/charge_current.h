// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/value.h"

#include <chrono>
#include <optional>

namespace dmb {

/// A current limit that falls at once and rises late and slowly: only when more was allowed for 30
/// s without a break, and then by 5 % of the maximum per second. So the chargers do not swing with
/// a cell that swings with the chargers.
class CurrentRamp {
 public:
  /// `allowed_a`: what is allowed now; below 0 or no number counts as 0. `max_a` > 0. Returns the
  /// limit, never above `allowed_a`, in steps of half a percent of `max_a`.
  double update(double allowed_a, double max_a, Instant now);

  /// More is allowed than the limit is.
  bool held() const { return rising_; }
  /// When update() can change by the mere passing of time.
  std::optional<Instant> next_change(Instant now) const;

 private:
  std::optional<double> limit_a_;
  bool rising_ = false;
  Instant rises_at_{};  ///< while it rises: when the next step is due
};

}  // namespace dmb
