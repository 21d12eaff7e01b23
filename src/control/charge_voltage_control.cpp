// SPDX-License-Identifier: MIT
#include "dmb/control/charge_voltage_control.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace dmb {
namespace {

using namespace std::chrono_literals;

constexpr auto kHold = 30s;
constexpr auto kStep = 1s;
/// What one step makes up for at most: after we stood still, nothing jumps.
constexpr double kMaxStepS = 5;
constexpr double kRisePerCellV = 0.001;      // each second
constexpr double kFallShare = 0.2;           // of the excess of all cells, each second
constexpr double kMostFallPerCellV = 0.005;  // each second
constexpr double kFallPerCellAndC = 0.04;    // each second, by a current of the capacity per hour
constexpr double kChargersAbovePerCellV = 0.4 / 16;  // with feed-in
constexpr double kFallAtRestPerCellV = 0.0001;       // each second
/// Between them CVL rests: the last digit of a cell's voltage must not move it.
constexpr double kAboveGoalV = 0.001;
constexpr double kBelowGoalV = 0.005;
/// One that starts near its goal starts from where it stands.
constexpr double kNearGoalV = 0.020;
constexpr double kStepsPerV = 2000;  // of a cell
constexpr double kRoundingError = 1e-6;

/// By how much less a cell that is well ahead is let rise while much current flows.
constexpr double kMarginV = 0.020;
constexpr double kWellAheadV = 0.030;  // of the others on the whole
constexpr double kMuchPerAh = 0.1;
constexpr double kMuchA = 10;  // where capacity is unknown

constexpr double kDropLearnedInS = 60;
/// With the current that makes it the drop goes, and must not lift cells above their goal.
constexpr double kDropForgottenInS = 15;
constexpr double kLearnAbovePerAh = 0.05;
constexpr double kLearnAboveA = 5;  // where capacity is unknown
constexpr double kWithoutCapacityAh = 200;
constexpr double kFlowsPerAh = 0.002;
constexpr double kFlowsA = 0.5;

std::optional<double> finite(std::optional<double> value) {
  return value && std::isfinite(*value) ? value : std::nullopt;
}

double of_capacity(const ChargeVoltageInputs& inputs, double per_ah, double otherwise_a) {
  const bool known = inputs.capacity_ah && *inputs.capacity_ah > 0;
  return known ? *inputs.capacity_ah * per_ah : otherwise_a;
}

/// Current that flows out for sure. A lower CVL could only make it more.
bool discharges(const ChargeVoltageInputs& inputs) {
  const double noise_a = std::max(of_capacity(inputs, kFlowsPerAh, kFlowsA), kFlowsA);
  return inputs.current_a && *inputs.current_a < -noise_a;
}

/// Current that flows in for sure, so that the last step down was not enough.
bool charges(const ChargeVoltageInputs& inputs) {
  const double noise_a = std::max(of_capacity(inputs, kFlowsPerAh, kFlowsA), kFlowsA);
  return inputs.current_a && *inputs.current_a > noise_a;
}

double fall_per_cell_v(const ChargeVoltageInputs& inputs, double excess_v) {
  const double by_current_v =
      kFallPerCellAndC * *inputs.current_a / of_capacity(inputs, 1, kWithoutCapacityAh);
  return std::min({kFallShare * excess_v, by_current_v, kMostFallPerCellV});
}

/// A cell that is ahead of the others rises steeply, and chargers obey some seconds late.
double margin_v(const ChargeVoltageInputs& inputs) {
  const auto all_v = inputs.sum_v ? inputs.sum_v : inputs.voltage_v;
  if (!all_v || !inputs.highest_v || !inputs.current_a) return 0;
  const double ahead_v = *inputs.highest_v - *all_v / inputs.cells;
  return kMarginV * std::clamp(ahead_v / kWellAheadV, 0.0, 1.0) *
         std::clamp(*inputs.current_a / of_capacity(inputs, kMuchPerAh, kMuchA), 0.0, 1.0);
}

ChargeVoltageInputs without_nonsense(ChargeVoltageInputs inputs) {
  for (auto* value : {&inputs.highest_v, &inputs.voltage_v, &inputs.sum_v, &inputs.charger_v,
                      &inputs.current_a, &inputs.capacity_ah})
    *value = finite(*value);
  inputs.cells = std::max(inputs.cells, 1);
  return inputs;
}

}  // namespace

void WireDrop::learn(const ChargeVoltageInputs& inputs, Instant now) {
  const double enough_a = of_capacity(inputs, kLearnAbovePerAh, kLearnAboveA);
  if (!inputs.charger_v || !inputs.sum_v || !inputs.current_a || *inputs.current_a < enough_a) {
    learned_at_.reset();
    return;
  }
  const double seconds =
      learned_at_ ? std::chrono::duration<double>(now - *learned_at_).count() : 0;
  learned_at_ = now;
  const double seen_v =
      std::clamp((*inputs.charger_v - *inputs.sum_v) / inputs.cells, 0.0, kMostPerCellV);
  const double follows_in_s = seen_v > per_cell_v_ ? kDropLearnedInS : kDropForgottenInS;
  per_cell_v_ += std::clamp(seconds / follows_in_s, 0.0, 1.0) * (seen_v - per_cell_v_);
}

void WireDrop::resume(double per_cell_v) {
  if (per_cell_v >= 0 && per_cell_v <= kMostPerCellV) per_cell_v_ = per_cell_v;
}

/// Whole steps only, so that CVL does not change with every message.
double ChargeVoltageControl::seconds_to_step(Instant now) {
  if (!stepped_at_) stepped_at_ = now;
  const auto since = now - *stepped_at_;
  if (since < kStep) return 0;
  stepped_at_ = now;
  return std::min(std::chrono::duration<double>(since).count(), kMaxStepS);
}

/// What was told before the last step down says nothing of what that did.
bool ChargeVoltageControl::is_news(const ChargeVoltageInputs& inputs) {
  if (!inputs.told_at) return true;
  return std::exchange(stepped_for_, inputs.told_at) != inputs.told_at;
}

void ChargeVoltageControl::lower(const ChargeVoltageInputs& inputs, double excess_v, Instant now) {
  if (discharges(inputs)) {
    stepped_at_.reset();
    return;
  }
  const double cells = inputs.cells;
  const auto measured_v = inputs.voltage_v ? inputs.voltage_v : inputs.sum_v;
  const bool may_charge = !inputs.current_a || charges(inputs);
  double lower_v = *level_v_;
  if (may_charge && measured_v)
    lower_v = std::min(lower_v, *measured_v + drop_.per_cell_v() * cells - excess_v);
  if (!inputs.current_a)
    stepped_at_.reset();
  else if (!may_charge)
    lower_v = lower_at_rest(measured_v.value_or(lower_v), excess_v, cells, now);
  else if (seconds_to_step(now) > 0 && is_news(inputs))
    lower_v -= fall_per_cell_v(inputs, excess_v) * cells;
  level_v_ = std::min(*level_v_, std::max(lower_v, inputs.floor_v * cells));
}

/// No further than to where chargers give nothing, wherever they stand above CVL.
double ChargeVoltageControl::lower_at_rest(double measured_v, double excess_v, double cells,
                                           Instant now) {
  const double slowly_v = kFallAtRestPerCellV * cells * seconds_to_step(now);
  const double least_v = measured_v - std::min(excess_v, kChargersAbovePerCellV) * cells;
  return std::max(std::min(*level_v_, measured_v) - slowly_v, least_v);
}

void ChargeVoltageControl::rise(const ChargeVoltageInputs& inputs, double ceiling_v, Instant now) {
  if (!rises_at_) {
    rises_at_ = now + kHold;
    stepped_at_ = *rises_at_ - kStep;
  }
  if (now < *rises_at_) return;
  const double rise_v = kRisePerCellV * inputs.cells * seconds_to_step(now);
  level_v_ = std::min(*level_v_ + rise_v, ceiling_v);
}

double ChargeVoltageControl::update(const ChargeVoltageInputs& told, Instant now) {
  const ChargeVoltageInputs inputs = without_nonsense(told);
  drop_.learn(inputs, now);
  const double goal_of_all_v = inputs.goal_v * inputs.cells;
  const double ceiling_v = goal_of_all_v + drop_.per_cell_v() * inputs.cells;
  const double excess_v =
      inputs.highest_v ? *inputs.highest_v + margin_v(inputs) - inputs.goal_v : 0;
  if (!level_v_) {
    level_v_ = ceiling_v;
    if (excess_v > -kNearGoalV && inputs.voltage_v)
      level_v_ = std::min(ceiling_v, *inputs.voltage_v);
  }
  level_v_ = std::min(*level_v_, ceiling_v);
  if (excess_v > kAboveGoalV) {
    rises_at_.reset();
    lower(inputs, excess_v, now);
  } else if (excess_v < -kBelowGoalV && *level_v_ < ceiling_v) {
    rise(inputs, ceiling_v, now);
  } else {
    rises_at_.reset();
    stepped_at_.reset();
  }
  held_back_ = *level_v_ < goal_of_all_v - kBelowGoalV * inputs.cells;
  const double steps = kStepsPerV / inputs.cells;
  return std::floor(*level_v_ * steps + kRoundingError) / steps;
}

std::optional<Instant> ChargeVoltageControl::next_change(Instant now) const {
  if (rises_at_) return std::max({*rises_at_, stepped_at_.value_or(now) + kStep, now});
  if (stepped_at_) return std::max(*stepped_at_ + kStep, now);
  return std::nullopt;
}

}  // namespace dmb
