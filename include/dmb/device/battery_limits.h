// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/item_values.h"
#include "dmb/battery/value.h"
#include "dmb/control/alarm_stops.h"
#include "dmb/control/charge_control.h"
#include "dmb/control/guard.h"
#include "dmb/control/manual.h"
#include "dmb/control/told_limits.h"

#include <chrono>
#include <optional>
#include <span>
#include <vector>

namespace dmb {

/// What its limits go by, besides the values that it tells.
struct BatteryLimitNews {
  GivenLimits given;
  bool is_live = false;  ///< else of its cells nothing is known, which is no reason to stop
  /// Its current is young enough to tell what the last step down of CVL did.
  bool current_is_news = true;
  std::optional<Instant> current_at = {};  ///< when it was told
  bool stop_discharge = false;             ///< a DCL that is not told any more is 0
};

/// What an MQTT battery lets chargers and loads do: the limits that it tells, those that a charge
/// control makes of its cells, what a person wants, and the guard's last word. Of one that does not
/// control they are worked out, and not shown.
class BatteryLimits {
 public:
  explicit BatteryLimits(bool shows = true) : shows_(shows) {}
  /// Nothing that is known, or stopped, is forgotten. nullopt: its own limits are all there is.
  void change_rules(const std::optional<ChargeRules>& charge) {
    dmb::change_rules(control_, charge);
  }

  /// With every change, and when next_change() has come. `values` hold what the battery tells at
  /// this moment, and nothing yet that is derived from it; its limits go there.
  void update(const BatteryLimitNews& news, Instant now, ItemValues& values);
  /// Nothing is heard of it any more. nullopt: nobody knows its voltage.
  void fall_silent(std::optional<double> last_voltage_v, bool stop_discharge, Instant now,
                   ItemValues& values);
  /// What was told is void.
  void forget_told() { alarms_.forget(); }
  /// An earlier CVL must not come back with it.
  void battery_left() { guard_.battery_left(); }

  /// As of the last update() or fall_silent().
  const LimitState& shown() const { return guard_.state(); }
  std::span<const Vote> votes() const { return votes_; }
  /// When update() can change by the mere passing of time.
  std::optional<Instant> next_change(bool current_is_news, Instant now) const;

  /// In force with the next update() or fall_silent().
  void change_wishes(const ManualWishes& wishes) { manual_.change(wishes); }
  /// See ManualLimits.
  bool take_soc_lack() { return manual_.take_soc_lack(); }

  /// The date, for what goes by seasons and days; nullopt: the clock is not set.
  void set_today(std::optional<std::chrono::sys_days> today) { today_ = today; }
  /// Null: there is none.
  const ChargeControl* charge_control() const { return control_ ? &*control_ : nullptr; }
  ChargeControl* charge_control() { return control_ ? &*control_ : nullptr; }

 private:
  void control(const BatteryLimitNews& news, const ItemValues& values, Instant now);
  void vote_manual(const ItemValues& values, Instant now);
  GuardNews guard_news(const BatteryLimitNews& news, const ItemValues& values) const;

  bool shows_;
  ToldLimits told_;
  std::optional<ChargeControl> control_;
  AlarmStops alarms_;  ///< beside a charge control: else they are its BMS's matter
  ManualLimits manual_;
  std::optional<std::chrono::sys_days> today_;
  Guard guard_;
  std::vector<Vote> votes_;
};

}  // namespace dmb
