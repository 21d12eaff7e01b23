// SPDX-License-Identifier: MIT
#include "battery_watch.h"

#include "broken_rule.h"
#include "dmb/battery/charge_voltage.h"
#include "dmb/battery/quantity.h"
#include "value_rules.h"

namespace dmb::test {

using Phase = Life::Phase;

namespace {

std::optional<double> number(const Reading::Field& field) {
  if (!field.value) return std::nullopt;
  if (const auto* d = std::get_if<double>(&*field.value)) return *d;
  if (const auto* i = std::get_if<std::int32_t>(&*field.value)) return *i;
  return std::nullopt;
}

/// By another way than the model's own.
bool knows_what_is_required(const Reading& reading, const RequiredItems& required) {
  const auto known = [&reading](Quantity id) {
    const Reading::Field* field = reading.find(id);
    return field != nullptr && field->value;
  };
  for (const Quantity id : required) {
    if (known(id)) continue;
    const Reading::Field* field = reading.find(id);
    if (id != q("/Dc/0/Voltage") || (field != nullptr && field->bad)) return false;
    if (!known(q("/Dc/0/Power")) || !known(q("/Dc/0/Current"))) return false;
  }
  return true;
}

}  // namespace

void BatteryWatch::on_live_message(const Reading& reading) {
  live_since_look_ = true;
  life_since_look_ = vouched_ = knows_what_is_required(reading, rules_.required);
  hear(reading, life_since_look_);
}

void BatteryWatch::hear(const Reading& reading, bool is_life) {
  const auto tell = [is_life](std::optional<double>& told, const Reading::Field& field) {
    const auto fresh = number(field);
    if (is_life || !fresh || (told && *fresh < *told)) told = fresh;
  };
  for (const Reading::Field& field : reading.fields()) {
    if (field.id == q("/Info/MaxChargeVoltage")) tell(told_.cvl, field);
    if (field.id == q("/Info/MaxChargeCurrent")) {
      if (ccl_named_)
        tell(told_.ccl, field);
      else
        told_.ccl = number(field);
      ccl_named_ = true;
    }
    if (field.id != q("/Io/AllowToCharge") || !field.value) continue;
    told_.allowed_once = told_.allowed_once || number(field) == 1;
    if (number(field) == 0) told_.blocked = told_.allowed_once;
    if (number(field) == 1 && is_life) told_.blocked = false;
  }
}

void BatteryWatch::on_retained_message(const Reading& reading) {
  ccl_named_ = ccl_named_ || reading.find(q("/Info/MaxChargeCurrent")) != nullptr;
}

bool BatteryWatch::is_silent(Instant now) const {
  return rules_.timeout.count() > 0 && last_sign_ && now - *last_sign_ >= rules_.timeout;
}

void BatteryWatch::on_heartbeat(Instant now) {
  if (phase_ != Phase::live || is_silent(now)) vouched_ = false;
  if (vouched_) last_sign_ = now;
}

void BatteryWatch::on_gone() {
  told_gone_ = true;
  vouched_ = false;
  told_ = {};
}

BatteryWatch::Limits BatteryWatch::limits_of(const ItemValues& values) {
  return {
      values[q("/Info/MaxChargeVoltage")].exists,    values[q("/Info/MaxChargeCurrent")].exists,
      values[q("/Info/MaxDischargeCurrent")].exists, values.number(q("/Info/MaxChargeVoltage")),
      values.number(q("/Info/MaxChargeCurrent")),    values.number(q("/Info/MaxDischargeCurrent"))};
}

void BatteryWatch::look(BatteryModel& model, Instant now) {
  const ItemValues& values = model.view(now);
  check_values(values, quantity_specs());
  const Limits limits = limits_of(values);
  if (life_since_look_) last_sign_ = now;
  const auto voltage_v = values.number(q("/Dc/0/Voltage"));
  if (voltage_v && live_since_look_) last_voltage_v_ = voltage_v;
  check_always(limits);
  check_given(limits);
  if (!life_since_look_) check_without_life(limits);
  check_phase(model.phase(), now);
  check_voltage_leaves_late(limits, now);
  if (phase_ == Phase::holding) check_holding(model, values, limits);
  before_ = limits;
  live_since_look_ = life_since_look_ = false;
  told_gone_ = false;
}

void BatteryWatch::check_always(const Limits& limits) const {
  rule(!limits.cvl || *limits.cvl > 0, "a charge voltage of 0 is on the bus");
  rule(!limits.cvl || limits.ccl, "a charge voltage without a charge current that is a number");
  rule(!limits.cvl || !limits.dcl_exists || limits.dcl,
       "a discharge current that was given once is invalid beside a charge voltage");
  rule(!before_.ccl || limits.ccl, "a charge current went from a number to invalid");
  rule(limits.cvl_exists >= before_.cvl_exists && limits.ccl_exists >= before_.ccl_exists &&
           limits.dcl_exists >= before_.dcl_exists,
       "a limit's item went away");
}

/// No limit but what a live message gave, and none that cannot be right.
void BatteryWatch::check_given(const Limits& limits) const {
  rule(!limits.cvl || (told_.cvl && *limits.cvl <= *told_.cvl) ||
           (before_.cvl && *limits.cvl <= *before_.cvl),
       "a charge voltage that no live message gave");
  if (!limits.ccl || limits.ccl == 0) return;
  rule(limits.ccl == told_.ccl || (limits.ccl == kNoCurrentLimitA && !ccl_named_),
       "a charge current that no live message gave");
  rule(!limits.cvl || !told_.blocked, "charging is allowed although the battery blocks it");
  rule(!limits.cvl || !told_.cvl ||
           charge_voltage_fits(*told_.cvl, last_voltage_v_, kHighestChargeVoltageShareOfEmpty),
       "charging is allowed with a charge voltage that cannot be right");
}

void BatteryWatch::check_without_life(const Limits& limits) const {
  const auto rises = [](const std::optional<double>& old, const std::optional<double>& fresh) {
    return old && fresh && *fresh > *old;
  };
  rule(!rises(before_.ccl, limits.ccl), "the charge current limit rose without a sign of life");
  rule(!rises(before_.dcl, limits.dcl), "the discharge current limit rose without a sign of life");
  // After a stop it rises slowly to what was told.
  const bool allowed = told_.cvl && limits.ccl != 0 && limits.cvl <= told_.cvl;
  rule(!rises(before_.cvl, limits.cvl) || allowed,
       "the charge voltage limit rose without a sign of life");
  rule(before_.cvl || !limits.cvl, "a charge voltage came without a sign of life");
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
  if (life_since_look_)
    rule(phase == Phase::live || (told_gone_ && phase == Phase::holding),
         "a live message did not bring the battery back");
  else
    rule(phase == phase_ || phase != Phase::live, "came back without a live message");
  if (phase == Phase::live) rule(!is_silent(now), "silent past its time-out and still live");
  if (phase == Phase::holding) {
    if (phase_ != Phase::holding || life_since_look_) holding_since_ = now;
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
  rule(!limits.cvl || !last_voltage_v_ || *last_voltage_v_ <= 0 || *limits.cvl <= *last_voltage_v_,
       "the charge voltage of a silent battery is above its last voltage");
  rule(!rules_.stop_discharge_on_timeout || !limits.dcl_exists || limits.dcl == 0,
       "discharging is not stopped while silent");
  rule(model.limits().charge_stopped() == limits.ccl_exists, "the log would say something else");
  rule(values.number(q("/Alarms/BmsCable")) == 2, "no alarm while silent");
  for (const Quantity id :
       {q("/Soc"), q("/Dc/0/Voltage"), q("/Dc/0/Current"), q("/Dc/0/Power"), q("/TimeToGo")})
    rule(!values[id].value, "a measurement is shown while silent");
}

}  // namespace dmb::test
