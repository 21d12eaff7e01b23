// SPDX-License-Identifier: MIT
#include "battery_watch.h"

#include "broken_rule.h"
#include "dmb/domain/battery_items.h"
#include "value_rules.h"

namespace dmb::test {

using Phase = Life::Phase;

void BatteryWatch::on_heartbeat(Instant now) {
  const bool silent =
      rules_.timeout.count() > 0 && last_sign_ && now - *last_sign_ >= rules_.timeout;
  if (phase_ == Phase::live && !silent && !told_gone_) last_sign_ = now;
}

BatteryWatch::Limits BatteryWatch::limits_of(const ItemValues& values) {
  const BatteryIds& ids = battery_ids();
  return {values[ids.max_charge_voltage].exists,    values[ids.max_charge_current].exists,
          values[ids.max_discharge_current].exists, values.number(ids.max_charge_voltage),
          values.number(ids.max_charge_current),    values.number(ids.max_discharge_current)};
}

void BatteryWatch::look(BatteryModel& model, Instant now) {
  const ItemValues& values = model.view(now);
  check_values(values, battery_items());
  const Limits limits = limits_of(values);
  if (live_since_look_) last_sign_ = now;
  check_always(limits);
  if (!live_since_look_) check_without_message(limits);
  check_phase(model.phase(), now);
  check_voltage_leaves_late(limits, now);
  if (phase_ == Phase::holding) check_holding(model, values, limits);
  before_ = limits;
  live_since_look_ = false;
  told_gone_ = false;
}

void BatteryWatch::check_always(const Limits& limits) const {
  rule(!limits.cvl || !limits.ccl_exists || limits.ccl,
       "a charge current that was given once is invalid beside a charge voltage");
  rule(limits.cvl_exists >= before_.cvl_exists && limits.ccl_exists >= before_.ccl_exists &&
           limits.dcl_exists >= before_.dcl_exists,
       "a limit's item went away");
}

void BatteryWatch::check_without_message(const Limits& limits) const {
  const auto rises = [](const std::optional<double>& old, const std::optional<double>& fresh) {
    return old && fresh && *fresh > *old;
  };
  rule(!rises(before_.ccl, limits.ccl), "the charge current limit rose without a live message");
  rule(!rises(before_.dcl, limits.dcl), "the discharge current limit rose without a live message");
  rule(!rises(before_.cvl, limits.cvl), "the charge voltage limit rose without a live message");
  rule(!before_.cvl_exists || before_.cvl || !limits.cvl,
       "a charge voltage came back without a live message");
}

void BatteryWatch::check_voltage_leaves_late(const Limits& limits, Instant now) {
  if (limits.ccl_exists && limits.ccl != 0) {
    rule(!before_.cvl || limits.cvl, "the charge voltage left while charging was allowed");
    no_charge_since_.reset();
    return;
  }
  if (!no_charge_since_) no_charge_since_ = now;
  if (!before_.cvl || limits.cvl || !before_.ccl_exists) return;
  rule(now - *no_charge_since_ >= kFailSafeHold,
       "the charge voltage left before the zero had ten seconds to reach the chargers");
}

void BatteryWatch::check_phase(Phase phase, Instant now) {
  const bool silent =
      rules_.timeout.count() > 0 && last_sign_ && now - *last_sign_ >= rules_.timeout;
  if (live_since_look_)
    rule(phase == Phase::live || (told_gone_ && phase == Phase::holding),
         "a live message did not bring the battery back");
  else
    rule(phase == phase_ || phase != Phase::live, "came back without a live message");
  if (phase == Phase::live) rule(!silent, "silent past its time-out and still live");
  if (phase == Phase::holding) {
    if (phase_ != Phase::holding || live_since_look_) holding_since_ = now;
    rule(now - *holding_since_ < kFailSafeHold, "held longer than ten seconds");
  }
  if (phase == Phase::gone && phase_ != Phase::gone)
    rule(holding_since_ && now - *holding_since_ >= kFailSafeHold && phase_ == Phase::holding,
         "left the bus before the zero had its ten seconds");
  if (phase != Phase::holding) holding_since_.reset();
  phase_ = phase;
}

void BatteryWatch::check_holding(const BatteryModel& model, const ItemValues& values,
                                 const Limits& limits) {
  rule(!limits.ccl_exists || limits.ccl == 0, "charging is not stopped while silent");
  rule(!rules_.stop_discharge_on_timeout || !limits.dcl_exists || limits.dcl == 0,
       "discharging is not stopped while silent");
  rule(model.limits().charge_stopped == limits.ccl_exists, "the log would say something else");
  const BatteryIds& ids = battery_ids();
  rule(values.number(ids.bms_cable_alarm) == 2, "no alarm while silent");
  for (const ItemId id : {ids.soc, ids.voltage, ids.current, ids.power, ids.time_to_go})
    rule(!values[id].value, "a measurement is shown while silent");
}

}  // namespace dmb::test
