// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/value.h"
#include "dmb/domain/life.h"

#include <chrono>
#include <optional>

namespace dmb {

/// Stands for "no limit" where a number is needed: what Victron's own systemcalc writes then. A
/// current limit that goes from a number to invalid would stay in force at the Multi for ever.
inline constexpr double kNoCurrentLimitA = 10'000;

/// A charge voltage outside these shares of the measured voltage belongs to another battery or is
/// in another unit.
inline constexpr double kLowestChargeVoltageShare = 0.85;
inline constexpr double kHighestChargeVoltageShare = 1.4;

/// One that was right before still is while the battery is empty: a deeply discharged cell has less
/// than the voltage it is charged to divided by 1.4, and is the one that most needs charging.
inline constexpr double kHighestChargeVoltageShareOfEmpty = 1.75;

/// Whether a charge voltage can be right for a battery that has `measured_v`; nullopt: nobody
/// knows.
bool charge_voltage_fits(double charge_voltage_v, std::optional<double> measured_v,
                         double highest_share = kHighestChargeVoltageShare);

/// The same for one battery in the course of time: a charge voltage near the last that was right is
/// not taken for another battery's, or for one in another unit, because the battery is empty now.
class ChargeVoltageFit {
 public:
  ChargeVoltageFit() = default;
  /// From an earlier run of the program.
  explicit ChargeVoltageFit(std::optional<double> right_v) : right_v_(right_v) {}

  bool fits(double charge_voltage_v, std::optional<double> measured_v);
  /// The last one that fitted a measured voltage.
  std::optional<double> right_v() const { return right_v_; }

 private:
  std::optional<double> right_v_;
};

/// The limits as the battery gives them at this moment; nullopt: missing, null, unusable or too
/// old.
struct GivenLimits {
  std::optional<double> max_charge_voltage_v;     ///< CVL
  std::optional<double> max_charge_current_a;     ///< CCL
  std::optional<double> max_discharge_current_a;  ///< DCL
  /// A CVL is given that cannot be right, and is left out above.
  bool charge_voltage_refused = false;
  /// A CCL was given at some time, be it unusable or by a message of unknown age.
  bool charge_current_named = false;
  /// The last word about the DCL is not usable.
  bool discharge_current_unusable = false;
  /// The battery says that it does not let itself be charged.
  bool charge_blocked = false;
};

/// One limit as it goes to the bus. An item exists once there is a limit: the mere
/// path changes which battery systemcalc selects.
struct LimitItem {
  bool exists = false;
  std::optional<double> value;
  bool operator==(const LimitItem&) const = default;
};

/// All three, and what was done about a lost one, for the log.
struct LimitState {
  LimitItem max_charge_voltage;
  LimitItem max_charge_current;
  LimitItem max_discharge_current;
  bool voltage_lost = false;      ///< CVL was given and is not any more
  bool voltage_refused = false;   ///< a CVL is given that cannot be right
  bool voltage_lowered = false;   ///< CVL is less than given: charging goes on although it must not
  bool charge_stopped = false;    ///< CCL is 0 although it is not given so
  bool charge_blocked = false;    ///< … because the battery does not let itself be charged
  bool charge_unlimited = false;  ///< CCL says "no limit": none was ever given
  bool discharge_kept = false;    ///< DCL is the last one given, not a current one
  bool discharge_stopped = false;  ///< DCL is 0 because it is lost, not because it was given so
  bool operator==(const LimitState&) const = default;
};

/// Remembers which limits were ever given and their last values.
///
/// systemcalc skips a CCL or DCL that becomes invalid: the chargers keep the last number for ever,
/// be it 0. And it reads a missing CVL as "this is no BMS". So:
/// - beside a CVL there is always a CCL that is a number: the given one; 0 once one was named and
///   is not usable, or is not given any more; else "no limit";
/// - a CVL that gets lost stays for ten seconds beside CCL 0, so that the zero still reaches the
///   chargers, before it goes invalid;
/// - a DCL that is not given any more stays as it was last given while there is a CVL, or is 0
///   where so configured; one that is given and not usable is 0.
class LimitMemory {
 public:
  LimitState update(const GivenLimits& given, bool stop_discharge, Instant now);

  /// The fail-safe of a silent battery: CVL as last shown, but not above `ceiling_v`, which makes
  /// solar chargers stop that do not obey CCL 0; CCL 0, DCL kept or 0.
  LimitState fail_safe(bool stop_discharge, std::optional<double> ceiling_v);

  /// The battery left the bus: an earlier CVL must not come back with it.
  void battery_left();

  /// When update() can change by the mere passing of time.
  std::optional<Instant> deadline() const;

 private:
  void update_voltage(const GivenLimits& given, Instant now, LimitState& state);
  void update_charge(const GivenLimits& given, LimitState& state);
  void update_discharge(const GivenLimits& given, bool stop_discharge, LimitState& state);

  std::optional<double> voltage_v_;
  std::optional<Instant> voltage_gone_at_;  ///< when a lost CVL leaves the bus
  bool voltage_refused_ = false;            ///< until one is given that can be right
  bool charge_shown_ = false;
  bool charge_named_ = false;
  std::optional<double> discharge_a_;
  std::optional<double> voltage_shown_v_;
};

}  // namespace dmb
