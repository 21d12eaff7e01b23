// SPDX-License-Identifier: MIT
#include "dmb/control/manual.h"

#include <chrono>
#include <cmath>

namespace dmb {
namespace {

constexpr double kGoalHysteresisPercent = 3;
/// Values that come one by one are not all there at the start.
constexpr std::chrono::seconds kPatience{60};

void vote_maximum(Limit limit, const std::optional<double>& maximum_a, std::vector<Vote>& votes) {
  if (!maximum_a || !(*maximum_a >= 0)) return;
  votes.push_back({limit, *maximum_a, Cause::manual,
                   ManualReason{.limit = ManualLimit::maximum,
                                .charging = limit == Limit::charge_current,
                                .value = *maximum_a}});
}

void vote_stop(Limit limit, std::vector<Vote>& votes) {
  votes.push_back(
      {limit, 0, Cause::manual,
       ManualReason{.limit = ManualLimit::stop, .charging = limit == Limit::charge_current}});
}

}  // namespace

void ManualLimits::change(const ManualWishes& wishes) {
  if (wishes.charge_to_percent != wishes_.charge_to_percent) {
    goal_reached_ = false;
    lack_said_ = lacks_soc_ = false;
  }
  wishes_ = wishes;
}

/// One below the old goal has not been reached yet, so a new goal begins anew.
void ManualLimits::vote_goal(std::optional<double> soc_percent, bool is_full_wanted,
                             std::vector<Vote>& votes) {
  const auto& goal_percent = wishes_.charge_to_percent;
  if (!goal_percent || !(*goal_percent < 100)) return;
  if (is_full_wanted) {
    goal_reached_ = false;
    return;
  }
  if (soc_percent && std::isfinite(*soc_percent))
    goal_reached_ = *soc_percent >= *goal_percent - (goal_reached_ ? kGoalHysteresisPercent : 0);
  if (!goal_reached_) return;
  votes.push_back(
      {Limit::charge_current, 0, Cause::manual,
       ManualReason{
           .limit = ManualLimit::charge_to, .value = *goal_percent, .soc_percent = soc_percent}});
}

void ManualLimits::watch_soc(bool is_known, Instant now) {
  const bool asks = wishes_.charge_to_percent && *wishes_.charge_to_percent < 100;
  if (is_known || !asks) return soc_unknown_since_.reset();
  if (!soc_unknown_since_) soc_unknown_since_ = now;
  if (now - *soc_unknown_since_ < kPatience || std::exchange(lack_said_, true)) return;
  lacks_soc_ = true;
}

/// Of equal votes the first is told.
void ManualLimits::vote(std::optional<double> soc_percent, bool is_full_wanted, Instant now,
                        std::vector<Vote>& votes) {
  watch_soc(soc_percent.has_value(), now);
  if (wishes_.stop_charge) vote_stop(Limit::charge_current, votes);
  if (wishes_.stop_discharge) vote_stop(Limit::discharge_current, votes);
  vote_goal(soc_percent, is_full_wanted, votes);
  vote_maximum(Limit::charge_current, wishes_.max_charge_current_a, votes);
  vote_maximum(Limit::discharge_current, wishes_.max_discharge_current_a, votes);
}

}  // namespace dmb
