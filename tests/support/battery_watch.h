// SPDX-License-Identifier: MIT
#pragma once

#include "device_watch.h"
#include "dmb/battery/life.h"
#include "dmb/device/battery_device.h"

#include <optional>
#include <string>
#include <utility>

namespace dmb::test {

/// Hands events to a BatteryDevice, looks at what it shows and says after each, and throws
/// BrokenRule when it breaks the fail-safe order: charging 0 while the charge voltage still stands,
/// ten seconds later gone, nothing higher until a live message comes; and no limit that nobody
/// gave. All of it goes by what can be seen from outside: values, presence, notes.
class BatteryWatch {
 public:
  explicit BatteryWatch(BatteryDeviceRules rules) : rules_(std::move(rules)) {}

  /// What happens to the device, in the order it happens; look() after each.
  void handle(BatteryDevice& device, const Event& event, Instant now);
  /// What the device shows after it.
  void look(BatteryDevice& device, Instant now);

  /// As of the last look().
  Life::Phase phase() const { return phase_; }
  bool is_shown() const { return phase_ == Life::Phase::live || phase_ == Life::Phase::holding; }

 private:
  struct Limits {
    bool cvl_exists = false, ccl_exists = false, dcl_exists = false;
    std::optional<double> cvl, ccl, dcl;
  };
  /// What live messages last said; nullopt: nothing, or nothing usable. Of one that is no sign of
  /// life only what is lower counts.
  struct Told {
    std::optional<double> cvl, ccl;
    bool allowed_once = false, blocked = false;
  };

  static Limits limits_of(const ItemValues& values);
  void on(const event::Members&, Instant) {}
  void on(const event::Message& message, Instant now);
  // What holds for batteries whose values come in parts is in the transcripts of maps.
  void on(const event::Values&, Instant) {}
  void on(const event::OtherTopic&, Instant) {}
  void on(const event::Rejected& rejected, Instant now);
  void on(const event::Gone& gone, Instant now);
  void on(const event::Heartbeat& heartbeat, Instant now);
  void on(const event::Connected&, Instant) { vouched_ = false; }
  void on(const event::LookedAround&, Instant) {}
  void on(const event::Wishes&, Instant) {}
  void on(const event::FullCharge&, Instant) {}
  void on(const event::Today&, Instant) {}
  void change_source();
  bool never_ages() const { return rules_.battery.timeout.count() == 0; }
  bool is_silent(Instant now) const;
  Life::Phase phase_told() const;
  void check_presence(const BatteryDevice& device, const ItemValues& values) const;
  void check_always(const Limits& limits) const;
  void check_given(const Limits& limits) const;
  void hear(const Reading& reading, bool is_life);
  void check_without_life(const Limits& limits) const;
  void check_voltage_leaves_late(const Limits& limits, Instant now);
  void check_phase(Life::Phase phase, Instant now);
  void check_holding(const ItemValues& values, const Limits& limits) const;

  BatteryDeviceRules rules_;
  DeviceWatch watch_;
  bool is_mine_ = false;  ///< the event is about this battery, not another one behind the wildcards
  Limits before_;
  Told told_;
  bool ccl_named_ = false;
  Life::Phase phase_ = Life::Phase::waiting;
  bool live_since_look_ = false;  ///< a live message
  bool life_since_look_ = false;  ///< a live message that knew all that is required
  bool told_gone_ = false;
  bool vouched_ = false;  ///< the last word on this connection was a sign of life
  std::optional<Instant> last_sign_;
  std::optional<double> last_voltage_v_;
  std::optional<Instant> holding_since_;
  std::optional<Instant> no_charge_since_;  ///< CCL 0, or there is none
};

}  // namespace dmb::test
