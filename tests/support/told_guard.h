// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/control/guard.h"
#include "dmb/control/told_limits.h"

#include <optional>
#include <vector>

namespace dmb::test {

/// The guard behind what one battery tells, as in BatteryModel.
class ToldGuard {
 public:
  const LimitState& update(const GivenLimits& given, bool stop_discharge, Instant now) {
    now_ = now;
    votes_.clear();
    told_.vote(given, votes_);
    return guard_.update(votes_, {.stop_discharge = stop_discharge}, now_);
  }
  const LimitState& fail_safe(bool stop_discharge, std::optional<double> ceiling_v) {
    votes_.clear();
    vote_silence(guard_.state(), ceiling_v, stop_discharge, votes_);
    return guard_.update(votes_, {.stop_discharge = stop_discharge}, now_);
  }
  void battery_left() { guard_.battery_left(); }
  std::optional<Instant> deadline() const { return guard_.next_change(true, now_); }

 private:
  ToldLimits told_;
  Guard guard_;
  std::vector<Vote> votes_;
  Instant now_{};
};

}  // namespace dmb::test
