// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/domain/battery_model.h"

#include <optional>

namespace dmb::test {

/// Looks at what a BatteryModel shows after each event and throws BrokenRule when it breaks the
/// fail-safe order of specification 3.5: charging 0 while the charge voltage still stands, ten
/// seconds later gone, nothing higher until a live message comes.
class BatteryWatch {
 public:
  explicit BatteryWatch(BatteryRules rules) : rules_(rules) {}

  /// What happened to the model, in the order it happened.
  void on_live_message() { live_since_look_ = true; }
  void on_heartbeat(Instant now);
  void on_gone() { told_gone_ = true; }

  /// What the model shows after it.
  void look(BatteryModel& model, Instant now);

 private:
  struct Limits {
    bool cvl_exists = false, ccl_exists = false, dcl_exists = false;
    std::optional<double> cvl, ccl, dcl;
  };

  static Limits limits_of(const ItemValues& values);
  void check_always(const Limits& limits) const;
  void check_without_message(const Limits& limits) const;
  void check_voltage_leaves_late(const Limits& limits, Instant now);
  void check_phase(Life::Phase phase, Instant now);
  void check_holding(const BatteryModel& model, const ItemValues& values, const Limits& limits);

  BatteryRules rules_;
  Limits before_;
  Life::Phase phase_ = Life::Phase::waiting;
  bool live_since_look_ = false;
  bool told_gone_ = false;
  std::optional<Instant> last_sign_;
  std::optional<Instant> holding_since_;
  std::optional<Instant> no_charge_since_;  ///< CCL 0, or there is none
};

}  // namespace dmb::test
