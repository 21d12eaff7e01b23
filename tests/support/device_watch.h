// SPDX-License-Identifier: MIT
#pragma once

#include "broken_rule.h"
#include "dmb/battery/quantity.h"
#include "dmb/device/device.h"

#include <chrono>
#include <optional>
#include <string>

namespace dmb::test {

/// What holds for a published device of either kind, whatever happened to it: values that D-Bus and
/// their rows allow, no limit that was a number and is none beside a charge voltage, no call that
/// is due at once, no flood of notes.
class DeviceWatch {
 public:
  /// Calls view() and looks at what comes out. Throws BrokenRule.
  const ItemValues& look(Device& device, Instant now);
  /// The device is another object from now on, which is not on the bus yet.
  void restarted() { *this = {}; }

  bool on_bus() const { return on_bus_; }
  /// Of the last look().
  const Notes& notes() const { return notes_; }

 private:
  void check_limits(const ItemValues& values);

  Notes notes_;
  bool on_bus_ = false;
  bool had_charge_current_ = false;
  bool had_discharge_current_ = false;
};

/// Lets time pass until `end` and calls `look` each time that the device names, as a loop does that
/// nothing holds up.
template <typename AnyDevice, typename Look>
void call_when_due(const AnyDevice& device, Instant& now, Instant end, Look look) {
  for (auto due = device.next_change(now); due && *due < end; due = device.next_change(now)) {
    now = *due;
    look();
  }
  now = end;
}

/// Nothing that a device shows may change before the time that it names. A new time to go may wait
/// for the next event; `may_change(id, before, after)`: so may this. Throws BrokenRule.
template <typename AnyDevice, typename MayChange>
void check_announced(AnyDevice device, Instant now, MayChange may_change) {
  using namespace std::chrono_literals;
  const auto next = device.next_change(now);
  const ItemValues before = device.view(now);
  const Presence presence = device.presence();
  const ItemValues& after = device.view(next ? *next - 1ms : now + 24h);
  for (const Quantity id : all_quantities())
    rule_with(before[id] == after[id] || id == q("/TimeToGo") || may_change(id, before, after),
              [id] { return std::string(id.spec().path) + " changed before its time"; });
  rule(device.presence() == presence, "came or left before its time");
}

template <typename AnyDevice>
void check_announced(const AnyDevice& device, Instant now) {
  check_announced(device, now,
                  [](Quantity, const ItemValues&, const ItemValues&) { return false; });
}

}  // namespace dmb::test
