// SPDX-License-Identifier: MIT
#include "dmb/domain/limits.h"

#include <algorithm>
#include <cmath>

namespace dmb {

bool charge_voltage_fits(double charge_voltage_v, std::optional<double> measured_v,
                         double highest_share) {
  if (charge_voltage_v <= 0) return false;
  if (!measured_v) return true;
  return charge_voltage_v >= *measured_v * kLowestChargeVoltageShare &&
         charge_voltage_v <= *measured_v * highest_share;
}

bool ChargeVoltageFit::fits(double charge_voltage_v, std::optional<double> measured_v) {
  constexpr double kNear = 0.1;
  const bool known = right_v_ && std::fabs(charge_voltage_v - *right_v_) <= kNear * *right_v_;
  if (!charge_voltage_fits(charge_voltage_v, measured_v,
                           known ? kHighestChargeVoltageShareOfEmpty : kHighestChargeVoltageShare))
    return false;
  if (measured_v) right_v_ = charge_voltage_v;
  return true;
}

LimitState LimitMemory::update(const GivenLimits& given, bool stop_discharge, Instant now) {
  LimitState state;
  update_voltage(given, now, state);
  update_charge(given, state);
  update_discharge(given, stop_discharge, state);
  return state;
}

void LimitMemory::update_voltage(const GivenLimits& given, Instant now, LimitState& state) {
  if (given.max_charge_voltage_v) {
    voltage_v_ = given.max_charge_voltage_v;
    voltage_gone_at_.reset();
  } else if (voltage_v_ && !voltage_gone_at_) {
    voltage_gone_at_ = now + kFailSafeHold;
  }
  voltage_shown_v_ = !voltage_gone_at_ || now < *voltage_gone_at_ ? voltage_v_ : std::nullopt;
  state.voltage_lost = voltage_gone_at_.has_value();
  voltage_refused_ =
      given.charge_voltage_refused || (voltage_refused_ && !given.max_charge_voltage_v);
  state.voltage_refused = voltage_refused_;
  state.max_charge_voltage = {voltage_v_.has_value(), voltage_shown_v_};
}

void LimitMemory::update_charge(const GivenLimits& given, LimitState& state) {
  const auto& given_a = given.max_charge_current_a;
  charge_named_ = charge_named_ || given_a || given.charge_current_named;
  charge_shown_ = charge_shown_ || given_a || voltage_v_;
  if (!charge_shown_) return;
  state.charge_blocked = given.charge_blocked && voltage_shown_v_ && given_a != 0;
  state.charge_stopped = state.voltage_lost || state.voltage_refused || state.charge_blocked ||
                         (charge_named_ && !given_a);
  state.charge_unlimited = !state.charge_stopped && !given_a;
  state.max_charge_current = {true, state.charge_stopped ? 0 : given_a.value_or(kNoCurrentLimitA)};
}

void LimitMemory::update_discharge(const GivenLimits& given, bool stop_discharge,
                                   LimitState& state) {
  const auto& given_a = given.max_discharge_current_a;
  if (given_a) discharge_a_ = given_a;
  if (given.discharge_current_unusable && (discharge_a_ || voltage_v_)) discharge_a_ = 0;
  const bool lost = discharge_a_ && !given_a;
  state.max_discharge_current = {discharge_a_.has_value(), given_a};
  state.discharge_stopped = lost && (stop_discharge || discharge_a_ == 0);
  state.discharge_kept = lost && !state.discharge_stopped && voltage_shown_v_;
  if (state.discharge_stopped) state.max_discharge_current.value = 0;
  if (state.discharge_kept) state.max_discharge_current.value = discharge_a_;
}

LimitState LimitMemory::fail_safe(bool stop_discharge, std::optional<double> ceiling_v) {
  LimitState state;
  // Remembered, so that it does not rise again before one is given.
  if (voltage_shown_v_ && ceiling_v && *ceiling_v > 0) {
    voltage_v_ = voltage_shown_v_ = std::min(*voltage_shown_v_, *ceiling_v);
    state.voltage_lowered = voltage_shown_v_ == ceiling_v;
  }
  state.max_charge_voltage = {voltage_v_.has_value(), voltage_shown_v_};
  state.charge_stopped = charge_shown_;
  if (charge_shown_) state.max_charge_current = {true, 0};
  if (discharge_a_) state.max_discharge_current = {true, stop_discharge ? 0 : *discharge_a_};
  state.discharge_kept = discharge_a_ && !stop_discharge;
  state.discharge_stopped = discharge_a_ && stop_discharge;
  return state;
}

void LimitMemory::battery_left() {
  if (voltage_v_) voltage_gone_at_ = Instant{};
  voltage_shown_v_.reset();
}

std::optional<Instant> LimitMemory::deadline() const {
  // Past its time it no longer changes anything.
  return voltage_shown_v_ ? voltage_gone_at_ : std::nullopt;
}

}  // namespace dmb
