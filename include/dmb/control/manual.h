// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/value.h"
#include "dmb/control/vote.h"

#include <optional>
#include <utility>
#include <vector>

namespace dmb {

/// What a person wants of a battery or bank. Whatever that is, it only lowers limits.
struct ManualWishes {
  bool stop_charge = false;
  bool stop_discharge = false;
  std::optional<double> charge_to_percent = {};  ///< SoC; nullopt, or from 100 on: no goal
  std::optional<double> max_charge_current_a = {};
  std::optional<double> max_discharge_current_a = {};
  bool operator==(const ManualWishes&) const = default;
};

/// Makes votes of what a person wants.
///
/// Charging stops when the state of charge has reached the goal, and goes on when it is 3 % below.
/// Without a state of charge there is no new stop; one that is in force stays.
class ManualLimits {
 public:
  void change(const ManualWishes& wishes);
  /// There is something to vote for.
  bool any() const { return wishes_ != ManualWishes(); }
  bool needs_soc() const { return wishes_.charge_to_percent.has_value(); }

  /// Appends to `votes`. nullopt: the state of charge is not known. `is_full_wanted`: beyond the
  /// goal of charging, for this once.
  void vote(std::optional<double> soc_percent, bool is_full_wanted, Instant now,
            std::vector<Vote>& votes);

  /// There is a goal, and for some time no state of charge that could reach it: true once for each
  /// goal.
  bool take_soc_lack() { return std::exchange(lacks_soc_, false); }

 private:
  void vote_goal(std::optional<double> soc_percent, bool is_full_wanted, std::vector<Vote>& votes);
  void watch_soc(bool is_known, Instant now);

  ManualWishes wishes_;
  bool goal_reached_ = false;
  std::optional<Instant> soc_unknown_since_;
  bool lack_said_ = false;
  bool lacks_soc_ = false;
};

}  // namespace dmb
