// SPDX-License-Identifier: MIT
#include "dmb/control/guard.h"

#include "dmb/battery/life.h"

#include <algorithm>

namespace dmb {
namespace {

LimitItem item_of(const Vote& vote) {
  return {true, vote.value, vote.cause, vote.reason};
}

std::optional<double> lower(std::optional<double> a, std::optional<double> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

/// A CVL that was refused from the beginning makes no BMS of a battery.
bool makes_charge_limit(const Vote& vote) {
  return vote.limit == Limit::charge_current && vote.cause != Cause::charge_voltage_refused;
}

}  // namespace

bool LimitState::charge_stopped() const {
  const LimitItem& item = max_charge_current;
  return item.value == 0 && item.cause < Cause::configured;
}

bool LimitState::voltage_lowered() const {
  const LimitItem& item = max_charge_voltage;
  return item.value && (item.cause == Cause::goes_on || item.cause == Cause::silence);
}

bool LimitState::discharge_stopped() const {
  const LimitItem& item = max_discharge_current;
  return item.value == 0 && (item.cause == Cause::not_usable || item.cause == Cause::silence);
}

const LimitState& Guard::update(std::span<const Vote> votes, const GuardNews& news, Instant now) {
  LimitState state;
  for (const Vote& vote : votes) state.causes.set(bit_of(vote.cause));
  guard_voltage(decide(votes, Limit::charge_voltage), now, state);
  guard_charge(votes, state);
  guard_discharge(decide(votes, Limit::discharge_current), news.stop_discharge, state);
  make_stop_true(news, now, state);
  state_ = std::move(state);
  return state_;
}

void Guard::guard_voltage(const Vote* vote, Instant now, LimitState& state) {
  if (vote != nullptr) {
    voltage_v_ = vote->value;
    voltage_gone_at_.reset();
  } else if (voltage_v_ && !voltage_gone_at_) {
    voltage_gone_at_ = now + kFailSafeHold;
  }
  const bool held = voltage_gone_at_ && now < *voltage_gone_at_;
  voltage_shown_v_ = !voltage_gone_at_ || held ? voltage_v_ : std::nullopt;
  if (voltage_gone_at_) state.causes.set(bit_of(Cause::charge_voltage_lost));
  const Cause why_lost = state.has(Cause::charge_voltage_refused) ? Cause::charge_voltage_refused
                                                                  : Cause::charge_voltage_lost;
  state.max_charge_voltage = vote != nullptr
                                 ? item_of(*vote)
                                 : LimitItem{voltage_v_.has_value(), voltage_shown_v_,
                                             voltage_gone_at_ ? why_lost : Cause::given};
}

void Guard::guard_charge(std::span<const Vote> votes, LimitState& state) {
  const Vote* vote = decide(votes, Limit::charge_current);
  charge_shown_ = charge_shown_ || voltage_v_ || std::ranges::any_of(votes, makes_charge_limit);
  if (!charge_shown_) return;
  const bool lost_wins = voltage_gone_at_ && (vote == nullptr || vote->value > 0 ||
                                              vote->cause > Cause::charge_voltage_lost);
  if (lost_wins)
    state.max_charge_current = {true, 0, Cause::charge_voltage_lost};
  else if (vote != nullptr)
    state.max_charge_current = item_of(*vote);
  else
    state.max_charge_current = {true, kNoCurrentLimitA, Cause::unlimited};
}

void Guard::guard_discharge(const Vote* vote, bool stop_when_lost, LimitState& state) {
  LimitItem& item = state.max_discharge_current;
  if (vote != nullptr) {
    discharge_a_ = vote->value;
    item = item_of(*vote);
  } else if (discharge_a_) {
    item = {true, std::nullopt, Cause::not_usable, std::move(state_.max_discharge_current.reason)};
    if (stop_when_lost || discharge_a_ == 0)
      item.value = 0;
    else if (voltage_shown_v_)
      item = {true, discharge_a_, Cause::kept, std::move(item.reason)};
  }
}

/// CVL as it must be for a CCL of 0 to be obeyed.
void Guard::make_stop_true(const GuardNews& news, Instant now, LimitState& state) {
  LimitItem& voltage = state.max_charge_voltage;
  if (lacks_news(state, news.current_is_news))
    voltage.value = lower(voltage.value, state_.max_charge_voltage.value);
  else
    voltage.value = stop_.update({.stopped = state.max_charge_current.value == 0,
                                  .max_charge_voltage_v = voltage.value,
                                  .voltage_v = news.voltage_v,
                                  .current_a = news.current_a,
                                  .capacity_ah = news.capacity_ah,
                                  .cells = news.cells,
                                  .current_at = news.current_at},
                                 now);
  if (!stop_.lowered()) return;
  voltage.cause = Cause::goes_on;
  state.causes.set(bit_of(Cause::goes_on));
}

bool Guard::lacks_news(const LimitState& state, bool current_is_news) const {
  return !current_is_news && stop_.lowered() && state.max_charge_voltage.value &&
         state.max_charge_current.value == 0;
}

void Guard::battery_left() {
  if (voltage_v_) voltage_gone_at_ = Instant{};
  voltage_shown_v_.reset();
  state_.max_charge_voltage.value.reset();
  stop_ = {};
}

std::optional<Instant> Guard::next_change(bool current_is_news, Instant now) const {
  // Past its time a lost CVL no longer changes anything.
  const auto hold_ends = voltage_shown_v_ ? voltage_gone_at_ : std::nullopt;
  return lacks_news(state_, current_is_news) ? hold_ends
                                             : earlier(hold_ends, stop_.next_change(now));
}

}  // namespace dmb
