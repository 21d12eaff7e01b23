// SPDX-License-Identifier: MIT
#include "dmb/domain/limits.h"

namespace dmb {

LimitState LimitMemory::update(const GivenLimits& given, bool stop_discharge, Instant now) {
  if (given.max_charge_voltage_v) {
    voltage_v_ = given.max_charge_voltage_v;
    voltage_gone_at_.reset();
  } else if (voltage_v_ && !voltage_gone_at_) {
    voltage_gone_at_ = now + kFailSafeHold;
  }
  if (given.max_charge_current_a) charge_given_ = true;
  if (given.max_discharge_current_a) discharge_a_ = given.max_discharge_current_a;

  LimitState state;
  state.voltage_lost = voltage_gone_at_.has_value();
  voltage_shown_v_ = !voltage_gone_at_ || now < *voltage_gone_at_ ? voltage_v_ : std::nullopt;
  state.max_charge_voltage = {voltage_v_.has_value(), voltage_shown_v_};

  state.charge_stopped = charge_given_ && (state.voltage_lost || !given.max_charge_current_a);
  state.max_charge_current = {charge_given_, state.charge_stopped ? 0 : given.max_charge_current_a};

  const bool discharge_lost = discharge_a_ && !given.max_discharge_current_a;
  state.max_discharge_current = {discharge_a_.has_value(), given.max_discharge_current_a};
  state.discharge_stopped = discharge_lost && stop_discharge;
  if (state.discharge_stopped) state.max_discharge_current.value = 0;
  if (discharge_lost && !stop_discharge && voltage_shown_v_) {
    state.max_discharge_current.value = discharge_a_;
    state.discharge_kept = true;
  }
  return state;
}

LimitState LimitMemory::fail_safe(bool stop_discharge) const {
  LimitState state;
  state.max_charge_voltage = {voltage_v_.has_value(), voltage_shown_v_};
  state.charge_stopped = charge_given_;
  if (charge_given_) state.max_charge_current = {true, 0};
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
