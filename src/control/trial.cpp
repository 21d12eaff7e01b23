// SPDX-License-Identifier: MIT
#include "dmb/control/trial.h"

#include <algorithm>
#include <cmath>

namespace dmb {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr std::chrono::hours kHour{1};
/// For how long a comparison speaks, where the next one does not come.
constexpr Seconds kHolds{30};
/// Two drivers never do the same in the same second.
constexpr double kMoment_s = 15;
// Less is how numbers are rounded.
constexpr double kSameV = 0.05;
constexpr double kSameA = 0.5;

std::optional<double> value_of(const LimitItem& limit) {
  return limit.exists ? limit.value : std::nullopt;
}

/// As a number says it that stands for "no limit".
std::optional<double> real_limit(const std::optional<double>& current_a) {
  return current_a && *current_a < kNoCurrentLimitA ? current_a : std::nullopt;
}

ComparedLimits without_no_limits(const ComparedLimits& limits) {
  return {limits.max_charge_voltage_v, real_limit(limits.max_charge_current_a),
          real_limit(limits.max_discharge_current_a)};
}

void count_stop(bool is_one, double passed_s, double& lasted_s, bool& counted, double& total_s,
                int& stops) {
  if (!is_one) {
    lasted_s = 0;
    counted = false;
    return;
  }
  const bool was_a_moment = lasted_s < kMoment_s;
  lasted_s += passed_s;
  if (lasted_s < kMoment_s) return;
  total_s += was_a_moment ? lasted_s : passed_s;
  if (!std::exchange(counted, true)) ++stops;
}

}  // namespace

/// One limit of both, and what of it is no difference.
struct Trial::Numbers {
  std::optional<double> own;
  std::optional<double> other;
  double same;
};

ComparedLimits compared_limits(const LimitState& limits) {
  return without_no_limits({value_of(limits.max_charge_voltage),
                            value_of(limits.max_charge_current),
                            value_of(limits.max_discharge_current)});
}

std::optional<double> LimitComparison::mean() const {
  return measured_s > 0 ? std::optional(difference_s / measured_s) : std::nullopt;
}

void Trial::compare(const ComparedLimits& own, const LimitsInForce& in_force, Instant now) {
  if (in_force.missing == NoComparison::not_known_yet) return;
  if (!running_) begin(now);
  if (last_at_) count(std::min(Seconds(now - *last_at_), kHolds).count());
  last_at_ = now;
  own_ = without_no_limits(own);
  in_force_ = in_force;
  in_force_.limits = without_no_limits(in_force.limits);
  if (!in_force_.missing && !in_force_.limits.max_charge_voltage_v)
    in_force_.missing = NoComparison::no_answer;
  if (!in_force_.missing && !own_.max_charge_voltage_v)
    in_force_.missing = NoComparison::no_own_voltage;
  running_->ended_at = now;
  if (now - running_->began_at >= kHour) end(now);
  note_source();
}

void Trial::begin(Instant now) {
  running_ = TrialHour{.began_at = now, .ended_at = now};
  for (Pair* pair : {&voltage_, &charge_, &discharge_})
    pair->own_counted = pair->other_counted = false;
}

void Trial::end(Instant now) {
  ended_ = *running_;
  hours_.push_back(*ended_);
  if (hours_.size() > kHours) hours_.pop_front();
  begin(now);
}

/// Whose limits are compared from now on, or why none are.
void Trial::note_source() {
  if (in_force_.missing) {
    running_->missing = in_force_.missing;
    return;
  }
  if (!running_->beside.empty() && running_->beside != in_force_.who) running_->several = true;
  running_->beside = in_force_.who;
}

void Trial::count(double passed_s) {
  if (in_force_.missing) {
    voltage_ = charge_ = discharge_ = Pair();
    return;
  }
  TrialHour& hour = *running_;
  const ComparedLimits& other = in_force_.limits;
  hour.compared_s += passed_s;
  count({own_.max_charge_voltage_v, other.max_charge_voltage_v, kSameV}, passed_s, voltage_,
        hour.charge_voltage);
  count({own_.max_charge_current_a, other.max_charge_current_a, kSameA}, passed_s, charge_,
        hour.charge_current);
  count({own_.max_discharge_current_a, other.max_discharge_current_a, kSameA}, passed_s, discharge_,
        hour.discharge_current);
}

void Trial::count(const Numbers& numbers, double passed_s, Pair& pair,
                  LimitComparison& comparison) {
  const auto& [own, other, same] = numbers;
  std::optional<double> difference;
  if (own && other) difference = *own - *other;
  if (difference ? *difference < -same : own && !other) comparison.lower_s += passed_s;
  if (difference ? *difference > same : other && !own) comparison.higher_s += passed_s;
  if (difference) {
    comparison.measured_s += passed_s;
    comparison.difference_s += *difference * passed_s;
    const double before = pair.difference.value_or(0);
    comparison.most_lower = std::max(comparison.most_lower, std::min(-*difference, -before));
    comparison.most_higher = std::max(comparison.most_higher, std::min(*difference, before));
  }
  pair.difference = difference;
  count_stop(own == 0 && other != 0, passed_s, pair.own_stop_s, pair.own_counted,
             comparison.own_stop_s, comparison.own_stops);
  count_stop(other == 0 && own != 0, passed_s, pair.other_stop_s, pair.other_counted,
             comparison.other_stop_s, comparison.other_stops);
}

}  // namespace dmb
