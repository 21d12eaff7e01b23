// SPDX-License-Identifier: MIT
#include "battery_watch.h"

#include "dmb/battery/charge_voltage.h"
#include "dmb/battery/quantity.h"

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

void BatteryWatch::handle(BatteryDevice& device, const Event& event, Instant now) {
  const std::string before = device.topic().topic();
  device.handle(event, now);
  const TopicChoice& topic = device.topic();
  if (!before.empty() && topic.topic() != before) change_source();
  std::visit(
      [&](const auto& happened) {
        if constexpr (requires { happened.topic; }) is_mine_ = topic.is_ours(happened.topic);
        on(happened, now);
      },
      event);
}

/// What the battery before told is void.
void BatteryWatch::change_source() {
  vouched_ = false;
  told_ = {};
  ccl_named_ = false;
}

void BatteryWatch::on(const event::Message& message, Instant) {
  if (!is_mine_) return;
  if (message.retained && !never_ages()) {
    ccl_named_ = ccl_named_ || message.reading.find(q("/Info/MaxChargeCurrent")) != nullptr;
    return;
  }
  const bool is_life = knows_what_is_required(message.reading, rules_.battery.required);
  live_since_look_ = true;
  life_since_look_ = life_since_look_ || is_life;
  vouched_ = is_life;
  hear(message.reading, is_life);
}

void BatteryWatch::on(const event::Rejected& rejected, Instant) {
  if (is_mine_ && !rejected.retained) vouched_ = false;
}

void BatteryWatch::on(const event::Gone& gone, Instant) {
  if (!is_mine_ || (gone.retained && !never_ages())) return;
  told_gone_ = true;
  change_source();
}

void BatteryWatch::on(const event::Heartbeat& heartbeat, Instant now) {
  if (heartbeat.retained) return;
  if (phase_ != Phase::live || is_silent(now)) vouched_ = false;
  if (vouched_) last_sign_ = now;
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

bool BatteryWatch::is_silent(Instant now) const {
  return !never_ages() && last_sign_ && now - *last_sign_ >= rules_.battery.timeout;
}

BatteryWatch::Limits BatteryWatch::limits_of(const ItemValues& values) {
  return {
      values[q("/Info/MaxChargeVoltage")].exists,    values[q("/Info/MaxChargeCurrent")].exists,
      values[q("/Info/MaxDischargeCurrent")].exists, values.number(q("/Info/MaxChargeVoltage")),
      values.number(q("/Info/MaxChargeCurrent")),    values.number(q("/Info/MaxDischargeCurrent"))};
}

void BatteryWatch::look(BatteryDevice& device, Instant now) {
  const ItemValues& values = watch_.look(device, now);
  const Limits limits = limits_of(values);
  if (life_since_look_) last_sign_ = now;
  const auto voltage_v = values.number(q("/Dc/0/Voltage"));
  if (voltage_v && live_since_look_) last_voltage_v_ = voltage_v;
  check_always(limits);
  check_given(limits);
  if (!life_since_look_) check_without_life(limits);
  check_phase(phase_told(), now);
  check_presence(device, values);
  check_voltage_leaves_late(limits, now);
  if (phase_ == Phase::holding) check_holding(values, limits);
  before_ = limits;
  live_since_look_ = life_since_look_ = false;
  told_gone_ = false;
}

/// As the log tells it.
Phase BatteryWatch::phase_told() const {
  Phase phase = phase_;
  for (const Note& note : watch_.notes()) {
    if (std::holds_alternative<note::FirstMessage>(note) ||
        std::holds_alternative<note::MessagesBack>(note))
      phase = Phase::live;
    if (std::holds_alternative<note::BatterySilent>(note) ||
        std::holds_alternative<note::SourceGone>(note))
      phase = Phase::holding;
    if (std::holds_alternative<note::BatteryLeft>(note)) phase = Phase::gone;
  }
  return phase;
}

void BatteryWatch::check_presence(const BatteryDevice& device, const ItemValues& values) const {
  const bool comes = phase_ == Phase::live && values[q("/Dc/0/Voltage")].value;
  rule((device.presence() == Presence::on) == comes,
       "comes without a voltage, or stays away with one");
  rule((device.presence() == Presence::off) == (phase_ == Phase::gone),
       "the log says something else than the bus");
}

void BatteryWatch::check_always(const Limits& limits) const {
  rule(limits.ccl_exists == limits.ccl.has_value(), "a charge current that is no number");
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

void BatteryWatch::check_holding(const ItemValues& values, const Limits& limits) const {
  rule(!limits.ccl_exists || limits.ccl == 0, "charging is not stopped while silent");
  rule(!limits.cvl || !last_voltage_v_ || *last_voltage_v_ <= 0 || *limits.cvl <= *last_voltage_v_,
       "the charge voltage of a silent battery is above its last voltage");
  rule(!rules_.battery.stop_discharge_on_timeout || !limits.dcl_exists || limits.dcl == 0,
       "discharging is not stopped while silent");
  for (const Note& note : watch_.notes())
    if (const auto* silent = std::get_if<note::BatterySilent>(&note))
      rule(silent->charge_stopped == limits.ccl_exists, "the log says something else than the bus");
  rule(values.number(q("/Alarms/BmsCable")) == 2, "no alarm while silent");
  for (const Quantity id :
       {q("/Soc"), q("/Dc/0/Voltage"), q("/Dc/0/Current"), q("/Dc/0/Power"), q("/TimeToGo")})
    rule(!values[id].value, "a measurement is shown while silent");
}

}  // namespace dmb::test
