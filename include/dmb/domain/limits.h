// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/domain/life.h"
#include "dmb/domain/value.h"

#include <chrono>
#include <optional>

namespace dmb {

/// Stands for "no limit" where a number is needed: what Victron's own systemcalc writes then. A
/// current limit that goes from a number to invalid would stay in force at the Multi for ever.
inline constexpr double kNoCurrentLimitA = 10'000;

/// The limits as the battery gives them at this moment; nullopt: missing, null, unusable or too
/// old.
struct GivenLimits {
  std::optional<double> max_charge_voltage_v;     ///< CVL
  std::optional<double> max_charge_current_a;     ///< CCL
  std::optional<double> max_discharge_current_a;  ///< DCL
};

/// One limit as it goes to the bus. An item exists once its limit was given (contract 4.2: the mere
/// path changes which battery systemcalc selects).
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
  bool voltage_lost = false;    ///< CVL was given and is not any more
  bool charge_stopped = false;  ///< CCL is 0 because a limit is lost, not because it was given so
  bool discharge_kept = false;  ///< DCL is the last one given, not a current one
  bool discharge_stopped = false;  ///< DCL is 0 because it is lost, not because it was given so
  bool operator==(const LimitState&) const = default;
};

/// Remembers which limits were ever given and their last values.
///
/// The rules (specification 3.5; contract 4.3–4.5): systemcalc reads a missing CCL as "no limit"
/// and a missing CVL as "this is no BMS". So a CCL that was given once is never invalid again, it
/// becomes 0; and a CVL that gets lost stays for ten seconds beside CCL 0, so that the zero still
/// reaches the chargers, before it goes invalid. DCL falls to 0 only where configured: a lost DCL
/// stays as it was last given while there is a CVL, since none at all would mean unlimited.
class LimitMemory {
 public:
  LimitState update(const GivenLimits& given, bool stop_discharge, Instant now);

  /// The fail-safe of a silent battery: CVL as last shown, CCL 0, DCL kept or 0.
  LimitState fail_safe(bool stop_discharge) const;

  /// The battery left the bus: an earlier CVL must not come back with it.
  void battery_left();

  /// When update() can change by the mere passing of time.
  std::optional<Instant> deadline() const;

 private:
  std::optional<double> voltage_v_;
  std::optional<Instant> voltage_gone_at_;  ///< when a lost CVL leaves the bus
  bool charge_given_ = false;
  std::optional<double> discharge_a_;
  std::optional<double> voltage_shown_v_;
};

}  // namespace dmb
