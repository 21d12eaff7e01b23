// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/item_values.h"
#include "dmb/battery/value.h"
#include "dmb/control/release_delay.h"
#include "dmb/control/vote.h"

#include <bitset>
#include <optional>
#include <string>
#include <vector>

namespace dmb {

/// Alarms of a battery, level 2, stop what they warn of. One ends when the battery says so, not
/// when it is not told any more; what it stopped is released by ReleaseDelay. Level 1 is a warning,
/// and stops nothing.
class AlarmStops {
 public:
  /// `values` hold what the battery tells at this moment, and no alarm of anybody else.
  void update(const ItemValues& values, Instant now);
  void vote(std::vector<Vote>& votes) const;
  /// When update() can change by the mere passing of time.
  std::optional<Instant> next_change() const;
  /// What was told is void.
  void forget() { active_.reset(); }

 private:
  static constexpr std::size_t kMostAlarms = 16;
  struct Direction {
    ReleaseDelay stop;
    std::string why;  ///< "high cell voltage alarm, fuse alarm"
  };
  void advance(Direction& direction, bool charging, Instant now);

  std::bitset<kMostAlarms> active_;  ///< by place in the table of alarms
  Direction charge_;
  Direction discharge_;
};

}  // namespace dmb
