// SPDX-License-Identifier: MIT
#include "dmb/control/guard.h"

#include "dmb/battery/life.h"

#include <algorithm>
#include <tuple>
#include <utility>

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
  return vote.limit == Limit::charge_current && vote.cause != Cause::charge_voltage_refused &&
         vote.cause != Cause::manual;
}

void lower(const Vote* vote, LimitItem& item) {
  if (vote != nullptr && std::tie(vote->value, vote->cause) < std::tie(*item.value, item.cause))
    item = item_of(*vote);
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
  guard_discharge(decide_without_manual(votes, Limit::discharge_current), news.stop_discharge,
                  state);
  obey_person(votes, state);
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
  const Vote* vote = decide_without_manual(votes, Limit::charge_current);
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
    item = {true, std::nullopt, Cause::not_usable, own_discharge_.reason};
    if (stop_when_lost || discharge_a_ == 0)
      item.value = 0;
    else if (voltage_shown_v_ || limits_discharge_for_person_)
      item = {true, discharge_a_, Cause::kept, std::move(item.reason)};
  }
}

/// A current limit that goes from a number to invalid would stay in force: where nobody else says
/// one, the end of a wish is "no limit".
void Guard::obey_person(std::span<const Vote> votes, LimitState& state) {
  LimitItem& charge = state.max_charge_current;
  LimitItem& discharge = state.max_discharge_current;
  own_discharge_ = discharge;
  own_stop_.wanted = charge.value == 0;
  manual_stop_.wanted = false;
  if (!charge.exists) return;
  const Vote* charge_vote = decide_manual(votes, Limit::charge_current);
  const Vote* discharge_vote = decide_manual(votes, Limit::discharge_current);
  manual_stop_.wanted = charge_vote != nullptr && charge_vote->value == 0;
  lower(charge_vote, charge);
  limits_discharge_for_person_ = limits_discharge_for_person_ || discharge_vote != nullptr;
  if (!limits_discharge_for_person_) return;
  if (!discharge.value)
    discharge = {true, discharge_a_.value_or(kNoCurrentLimitA),
                 discharge_a_ ? Cause::kept : Cause::unlimited, std::move(discharge.reason)};
  lower(discharge_vote, discharge);
}

LimitState Guard::state_without_manual() const {
  LimitState state = state_;
  state.max_discharge_current = own_discharge_;
  return state;
}

/// CVL as it must be for a CCL of 0 to be obeyed.
void Guard::make_stop_true(const GuardNews& news, Instant now, LimitState& state) {
  LimitItem& voltage = state.max_charge_voltage;
  const std::optional<double> wanted_v = voltage.value;
  for (Stop* stop : {&own_stop_, &manual_stop_})
    if (stop->lacks_news(state, news.current_is_news))
      voltage.value = lower(voltage.value, state_.max_charge_voltage.value);
    else
      voltage.value = lower(voltage.value, stop->stop.update({.stopped = stop->wanted,
                                                              .max_charge_voltage_v = wanted_v,
                                                              .voltage_v = news.voltage_v,
                                                              .current_a = news.current_a,
                                                              .capacity_ah = news.capacity_ah,
                                                              .cells = news.cells,
                                                              .current_at = news.current_at},
                                                             now));
  if (!lowers_voltage()) return;
  voltage.cause = Cause::goes_on;
  state.causes.set(bit_of(Cause::goes_on));
}

bool Guard::Stop::lacks_news(const LimitState& state, bool current_is_news) const {
  return !current_is_news && wanted && stop.lowered() && state.max_charge_voltage.value;
}

void Guard::battery_left() {
  if (voltage_v_) voltage_gone_at_ = Instant{};
  voltage_shown_v_.reset();
  state_.max_charge_voltage.value.reset();
  own_stop_ = manual_stop_ = {};
}

std::optional<Instant> Guard::next_change(bool current_is_news, Instant now) const {
  // Past its time a lost CVL no longer changes anything.
  const auto hold_ends = voltage_shown_v_ ? voltage_gone_at_ : std::nullopt;
  std::optional<Instant> next = hold_ends;
  for (const Stop* stop : {&own_stop_, &manual_stop_})
    if (!stop->lacks_news(state_, current_is_news))
      next = earlier(next, stop->stop.next_change(now));
  return next;
}

}  // namespace dmb
