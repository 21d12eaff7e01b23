// SPDX-License-Identifier: MIT
#include "dmb/control/charge_phase.h"

#include <algorithm>
#include <cmath>

namespace dmb {
namespace {

using namespace std::chrono_literals;

constexpr double kAtGoalV = 0.010;
/// What it falls back by is absorption still.
constexpr double kBackV = 0.020;
constexpr double kReachedV = 0.0005;  // less than the last digit of a cell's voltage
constexpr auto kFullAfter = 60s;
constexpr auto kAbsorptionForgottenAfter = 5min;
/// What one step counts at most: nobody knows what happened while we stood still.
constexpr double kMaxStepS = 60;

/// 1 mV per second at 48 V.
constexpr double kGoalFallPerS = 0.001 / 16;
/// A cell falls back by itself from where only balancing takes it.
constexpr double kFasterAboveFull = 4;
constexpr auto kGoalStep = 8s;

/// How far below float a cell stands whom no charger holds there.
constexpr double kBelowFloatV = 0.025;
constexpr auto kBelowFloatFor = 60s;
constexpr auto kEmptyFor = 10min;
/// Of what the state of charge says has flowed out: less does not confirm it, more needs no word.
constexpr double kConfirms = 0.5;
constexpr double kNeedsNoSoc = 1.25;

/// Cells that hover about the spread that means bulk have not drifted apart.
constexpr double kClearlySmaller = 0.75;
constexpr auto kSpreadFor = 60s;

constexpr auto kRestFor = 5min;
constexpr double kRestPerAh = 0.01;
constexpr double kRestA = 2;  // where capacity is unknown

bool known(const std::optional<double>& value) {
  return value && std::isfinite(*value);
}

bool has_capacity(const PhaseInputs& inputs) {
  return known(inputs.capacity_ah) && *inputs.capacity_ah > 0;
}

/// Without a capacity, that of a battery that may be charged with half of it per hour.
double tail_a(const PhaseInputs& inputs, const ChargeRules& rules) {
  const double capacity_ah =
      has_capacity(inputs) ? *inputs.capacity_ah : 2 * rules.max_charge_current_a;
  return rules.tail_current_percent / 100 * capacity_ah;
}

/// Since when it holds; begins now, ends at once.
bool lasts(std::optional<Instant>& since, bool holds, std::chrono::seconds long_enough,
           Instant now) {
  if (!holds) {
    since.reset();
    return false;
  }
  if (!since) since = now;
  return now - *since >= long_enough;
}

bool is_at_goal(const PhaseInputs& inputs) {
  return known(inputs.highest_v) && *inputs.highest_v >= inputs.full_v - kAtGoalV;
}

bool all_reached(const PhaseInputs& inputs) {
  return known(inputs.mean_v) && *inputs.mean_v >= inputs.full_v - kReachedV;
}

bool is_full(const PhaseInputs& inputs, const ChargeRules& rules) {
  const bool tail = known(inputs.current_a) && std::fabs(*inputs.current_a) < tail_a(inputs, rules);
  return (is_at_goal(inputs) && tail) || all_reached(inputs);
}

bool stands_below(const PhaseInputs& inputs, double voltage_v) {
  return known(inputs.highest_v) && *inputs.highest_v < voltage_v;
}

}  // namespace

void ChargeCycle::begin_bulk() {
  phase_ = ChargePhase::bulk;
  full_so_far_s_ = 0;
  full_since_.reset();
  low_since_.reset();
}

void ChargeCycle::move_goal(double wanted_v, const ChargeRules& rules) {
  const double fall_v =
      kGoalFallPerS * since_last_s_ * (goal_v_ > rules.cell_full_v ? kFasterAboveFull : 1);
  goal_v_ = std::min(std::max(wanted_v, goal_v_ - fall_v), rules.cell_never_above_v);
}

void ChargeCycle::watch_rest(const PhaseInputs& inputs, Instant now) {
  const double rest_a = has_capacity(inputs) ? *inputs.capacity_ah * kRestPerAh : kRestA;
  const bool little = known(inputs.current_a) && std::fabs(*inputs.current_a) <= rest_a;
  at_rest_ = lasts(rest_since_, little, kRestFor, now);
}

bool ChargeCycle::charge(const PhaseInputs& inputs, const ChargeRules& rules, Instant now) {
  const bool full = lasts(full_since_, is_full(inputs, rules), kFullAfter, now);
  if (full) full_so_far_s_ += since_last_s_;
  if (lasts(low_since_, stands_below(inputs, rules.cell_float_v), kAbsorptionForgottenAfter, now))
    full_so_far_s_ = 0;
  const bool stays =
      phase_ == ChargePhase::absorption && !stands_below(inputs, inputs.full_v - kAtGoalV - kBackV);
  const bool absorbs = stays || is_at_goal(inputs) || all_reached(inputs) || full_so_far_s_ > 0;
  phase_ = absorbs ? ChargePhase::absorption : ChargePhase::bulk;
  const double left_s = static_cast<double>(rules.full_for.count()) - full_so_far_s_;
  if (full) left_ = std::chrono::seconds(std::llround(std::max(left_s, 0.0)));
  if (!full || left_s > 0) return false;
  phase_ = ChargePhase::to_float;
  left_.reset();
  out_ah_ = 0;
  spread_was_small_ = false;
  for (auto* since : {&full_since_, &low_since_, &left_float_, &empty_since_, &wide_since_})
    since->reset();
  return true;
}

bool ChargeCycle::spread_passes(const PhaseInputs& inputs, const ChargeRules& rules, Instant now) {
  const bool seen = at_rest_ && known(inputs.highest_v) && known(inputs.lowest_v);
  const double spread_v = seen ? *inputs.highest_v - *inputs.lowest_v : 0;
  if (seen && spread_v <= kClearlySmaller * rules.bulk_again_spread_v) spread_was_small_ = true;
  const bool wide = seen && spread_was_small_ && spread_v > rules.bulk_again_spread_v;
  return lasts(wide_since_, wide, kSpreadFor, now);
}

bool ChargeCycle::is_bulk_again(const PhaseInputs& inputs, const ChargeRules& rules, Instant now) {
  const bool fell = lasts(left_float_, stands_below(inputs, rules.cell_float_v - kBelowFloatV),
                          kBelowFloatFor, now);
  const bool empty =
      lasts(empty_since_, stands_below(inputs, rules.cell_bulk_again_v), kEmptyFor, now);
  const double out_share = has_capacity(inputs) ? out_ah_ / *inputs.capacity_ah : 0;
  const double asked_share = 1 - rules.bulk_again_soc_percent / 100;
  const bool counted = has_capacity(inputs) && known(inputs.current_a);
  const bool confirmed = counted ? out_share >= kConfirms * asked_share : fell;
  const bool soc_low =
      known(inputs.soc_percent) && *inputs.soc_percent < rules.bulk_again_soc_percent;
  return inputs.balance_due || empty || (soc_low && confirmed && fell) ||
         (fell && out_share >= kNeedsNoSoc * asked_share) || spread_passes(inputs, rules, now);
}

void ChargeCycle::float_on(const PhaseInputs& inputs, const ChargeRules& rules, Instant now) {
  if (known(inputs.current_a))
    out_ah_ = std::max(0.0, out_ah_ - *inputs.current_a * since_last_s_ / 3600);
  if (is_bulk_again(inputs, rules, now)) {
    begin_bulk();
    return;
  }
  phase_ = goal_v_ > rules.cell_float_v ? ChargePhase::to_float : ChargePhase::at_float;
}

bool ChargeCycle::update(const PhaseInputs& inputs, const ChargeRules& rules, Instant now) {
  const auto since_last = last_ ? now - *last_ : Instant::duration{0};
  since_last_s_ = std::clamp(std::chrono::duration<double>(since_last).count(), 0.0, kMaxStepS);
  last_ = now;
  left_.reset();
  watch_rest(inputs, now);
  bool completed = false;
  if (phase_ == ChargePhase::bulk || phase_ == ChargePhase::absorption)
    completed = charge(inputs, rules, now);
  else
    float_on(inputs, rules, now);
  const bool floats = phase_ == ChargePhase::to_float || phase_ == ChargePhase::at_float;
  move_goal(floats ? rules.cell_float_v : inputs.full_v, rules);
  if (floats) phase_ = goal_v_ > rules.cell_float_v ? ChargePhase::to_float : ChargePhase::at_float;
  ramps_ = goal_v_ > (floats ? rules.cell_float_v : inputs.full_v);
  return completed;
}

std::optional<Instant> ChargeCycle::next_change(Instant now) const {
  std::optional<Instant> next;
  const auto ends = [&](const std::optional<Instant>& since, std::chrono::seconds after) {
    if (since && *since + after > now) next = earlier(next, *since + after);
  };
  ends(full_since_, kFullAfter);
  ends(low_since_, kAbsorptionForgottenAfter);
  ends(left_float_, kBelowFloatFor);
  ends(empty_since_, kEmptyFor);
  ends(wide_since_, kSpreadFor);
  ends(rest_since_, kRestFor);
  if (ramps_) next = earlier(next, now + kGoalStep);
  // Counts in pieces no longer than what one step counts, and tells the minutes.
  if (left_) next = earlier(next, now + std::clamp<std::chrono::seconds>(*left_, 1s, 60s));
  return next;
}

PhaseMemory ChargeCycle::memory() const {
  constexpr double kGoalRounding = 200;  // 5 mV
  return {phase_, std::chrono::minutes(static_cast<int>(full_so_far_s_ / 60)),
          std::round(goal_v_ * kGoalRounding) / kGoalRounding, std::floor(out_ah_)};
}

void ChargeCycle::resume(const PhaseMemory& memory) {
  phase_ = memory.phase;
  full_so_far_s_ = static_cast<double>(std::max<long long>(memory.full_so_far.count(), 0)) * 60;
  goal_v_ = std::isfinite(memory.goal_v) ? memory.goal_v : 0;
  out_ah_ = memory.out_ah > 0 && std::isfinite(memory.out_ah) ? memory.out_ah : 0;
}

std::string describe(const ChargeCycle& cycle) {
  switch (cycle.phase()) {
    case ChargePhase::bulk:
      return "Bulk";
    case ChargePhase::to_float:
      return "Float Transition";
    case ChargePhase::at_float:
      return "Float";
    case ChargePhase::absorption:
      break;
  }
  if (!cycle.left()) return "Absorption";
  const auto minutes = std::chrono::ceil<std::chrono::minutes>(*cycle.left());
  return "Absorption, " + std::to_string(minutes.count()) + " min left";
}

}  // namespace dmb
