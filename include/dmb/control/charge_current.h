// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/value.h"

#include <chrono>
#include <optional>

namespace dmb {

/// A current limit that falls at once and rises late and slowly: only when more was allowed for 30
/// s without a break, and then by 5 % of the maximum per second; what is less than three tenths
/// more waits for five minutes. So the chargers do not swing with a cell that swings with the
/// chargers.
///
/// It goes by steps, downwards where what is allowed is between them, so that a cell that rises
/// does not change it with each millivolt: of a tenth of the maximum above the half of it, and the
/// finer the less is allowed.
class CurrentRamp {
 public:
  /// `allowed_a`: what is allowed now; below 0 or no number counts as 0. `max_a` > 0. Returns the
  /// limit, never above `allowed_a`.
  double update(double allowed_a, double max_a, Instant now);

  /// More is allowed than the limit is.
  bool held() const { return rises_at_.has_value(); }
  /// When update() can change by the mere passing of time.
  std::optional<Instant> next_change(Instant now) const;

 private:
  std::optional<double> limit_a_;
  std::optional<Instant> more_since_;  ///< while more is allowed
  std::optional<Instant> rises_at_;    ///< when the next step is due
  bool rises_ = false;                 ///< the wait is over
};

}  // namespace dmb
