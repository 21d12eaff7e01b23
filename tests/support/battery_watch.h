// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/device/battery_model.h"

#include <optional>

namespace dmb::test {

/// Looks at what a BatteryModel shows after each event and throws BrokenRule when it breaks the
/// fail-safe order: charging 0 while the charge voltage still stands, ten
/// seconds later gone, nothing higher until a live message comes; and no limit that nobody gave.
class BatteryWatch {
 public:
  explicit BatteryWatch(BatteryRules rules) : rules_(std::move(rules)) {}

  /// What happened to the model, in the order it happened; look() after each.
  void on_live_message(const Reading& reading);
  void on_retained_message(const Reading& reading);
  void on_rejected_message() { vouched_ = false; }
  void on_connected() { vouched_ = false; }
  void on_heartbeat(Instant now);
  void on_gone();

  /// What the model shows after it.
  void look(BatteryModel& model, Instant now);

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
  bool is_silent(Instant now) const;
  void check_always(const Limits& limits) const;
  void check_given(const Limits& limits) const;
  void hear(const Reading& reading, bool is_life);
  void check_without_life(const Limits& limits) const;
  void check_voltage_leaves_late(const Limits& limits, Instant now);
  void check_phase(Life::Phase phase, Instant now);
  void check_holding(const BatteryModel& model, const ItemValues& values, const Limits& limits);

  BatteryRules rules_;
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
