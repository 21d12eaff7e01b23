// SPDX-License-Identifier: MIT
#include "device_watch.h"

#include "value_rules.h"

namespace dmb::test {
namespace {

/// More than any event has reason for: a payload may have some words about each of its fields.
constexpr std::size_t kManyNotes = 2000;

}  // namespace

const ItemValues& DeviceWatch::look(Device& device, Instant now) {
  const ItemValues& values = device.view(now);
  const auto next = device.next_change(now);
  rule(!next || *next > now, "a change is due that has been made");
  if (device.presence() != Presence::stays) on_bus_ = device.presence() == Presence::on;
  notes_ = device.take_notes();
  rule(notes_.size() < kManyNotes, "a flood of notes");
  check_values(values, quantity_specs());
  check_limits(values);
  return values;
}

/// systemcalc skips a limit that turns invalid: the last number would stay with the chargers.
void DeviceWatch::check_limits(const ItemValues& values) {
  const auto cvl = values.number(q("/Info/MaxChargeVoltage"));
  const auto ccl = values.number(q("/Info/MaxChargeCurrent"));
  const auto dcl = values.number(q("/Info/MaxDischargeCurrent"));
  rule(!cvl || *cvl > 0, "a charge voltage of 0 is on the bus");
  rule(!cvl || ccl, "a charge voltage without a charge current that is a number");
  rule(!on_bus_ || !had_charge_current_ || ccl, "a charge current went from a number to invalid");
  rule(!on_bus_ || !cvl || !had_discharge_current_ || dcl,
       "a discharge current that was given once is invalid beside a charge voltage");
  rule((!ccl || *ccl >= 0) && (!dcl || *dcl >= 0), "a current limit below 0");
  had_charge_current_ = on_bus_ && ccl;
  had_discharge_current_ = on_bus_ && (dcl || had_discharge_current_);
}

}  // namespace dmb::test
