// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/value.h"

#include <optional>

namespace dmb {

/// Which part of a bank's current one member carries: its part of the capacity, and while enough
/// current flows its measured part, smoothed over a minute and held within 0.5 to 2 times the
/// former. Never 0, never above 1.
class MemberShare {
 public:
  /// `by_capacity`: 0…1, without 0. `measured`: nullopt while too little flows to tell.
  void update(double by_capacity, std::optional<double> measured, Instant now);
  double value() const { return value_; }

 private:
  std::optional<double> smooth_;
  Instant updated_at_{};
  double value_ = 1;
};

}  // namespace dmb
