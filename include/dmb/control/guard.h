// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/value.h"
#include "dmb/control/charge_stop.h"
#include "dmb/control/vote.h"

#include <optional>
#include <span>

namespace dmb {

/// Stands for "no limit" where a number is needed: what Victron's own systemcalc writes then. A
/// current limit that goes from a number to invalid would stay in force at the Multi for ever.
inline constexpr double kNoCurrentLimitA = 10'000;

/// One limit as it goes to the bus. An item exists once there is a limit: the mere path changes
/// which battery systemcalc selects.
struct LimitItem {
  bool exists = false;
  std::optional<double> value;
  Cause cause = Cause::given;
  LimitReason reason = {};  ///< of the vote that won; of a DCL without a vote, of the last one
  bool operator==(const LimitItem&) const = default;
};

/// All three, and every cause in play, for log, status and the reasons on the bus.
struct LimitState {
  LimitItem max_charge_voltage;
  LimitItem max_charge_current;
  LimitItem max_discharge_current;
  Causes causes;

  bool has(Cause cause) const { return causes[bit_of(cause)]; }
  /// CCL is 0, and that is not the battery's own word.
  bool charge_stopped() const;
  /// CVL is less than anybody asks for.
  bool voltage_lowered() const;
  /// DCL is 0 because it is lost, not because it was given so.
  bool discharge_stopped() const;
  bool operator==(const LimitState&) const = default;
};

/// What the guard goes by besides the votes.
struct GuardNews {
  std::optional<double> voltage_v;    ///< measured, of the battery
  std::optional<double> current_a;    ///< measured; positive is charging
  std::optional<double> capacity_ah;  ///< installed
  std::optional<int> cells;           ///< in series; asked for only while needs_cells()
  /// False: `current_a` is old, and does not say what the last step down of CVL did.
  bool current_is_news = true;
  std::optional<Instant> current_at = {};  ///< when it was told; nullopt: anew with each update
  bool stop_discharge = false;             ///< a DCL without a vote is 0, not the last one
};

/// The last word on limits, and the only one that creates them. Votes come in; what goes out obeys
/// how systemcalc and chargers behave. They skip a CCL or DCL that becomes invalid and keep the
/// last number for ever, be it 0; and they read a missing CVL as "this is no BMS". So:
/// - beside a CVL there is always a CCL that is a number: the lowest vote, or "no limit";
/// - a CVL that gets lost stays for ten seconds beside CCL 0, so that the zero still reaches the
///   chargers, before it goes invalid;
/// - a DCL without a vote stays as it was while there is a CVL, or is 0 where so configured;
/// - a CCL of 0 is made true by lowering CVL, see ChargeStop;
/// - what a person wants lowers what the others come to, and is forgotten with the wish: it is no
///   last limit to keep, and makes no BMS of what limits nothing.
class Guard {
 public:
  const LimitState& update(std::span<const Vote> votes, const GuardNews& news, Instant now);
  /// The battery left the bus: an earlier CVL must not come back with it.
  void battery_left();

  /// As of the last update().
  const LimitState& state() const { return state_; }
  /// The same, but with the DCL that it would be if nobody wanted less.
  LimitState state_without_manual() const;
  /// CVL is below where it belongs, because of a stop that is in force or has just ended.
  bool lowers_voltage() const { return own_stop_.stop.lowered() || manual_stop_.stop.lowered(); }
  bool needs_cells() const { return lowers_voltage() || state_.max_charge_current.value == 0; }
  /// When update() can change by the mere passing of time.
  std::optional<Instant> next_change(bool current_is_news, Instant now) const;

 private:
  void guard_voltage(const Vote* vote, Instant now, LimitState& state);
  void guard_charge(std::span<const Vote> votes, LimitState& state);
  void guard_discharge(const Vote* vote, bool stop_when_lost, LimitState& state);
  void obey_person(std::span<const Vote> votes, LimitState& state);
  void make_stop_true(const GuardNews& news, Instant now, LimitState& state);

  /// What charging is stopped by, and how that is made true. A person's stop has one of its own:
  /// it must not change what comes of another one that follows.
  struct Stop {
    ChargeStop stop;
    bool wanted = false;

    bool lacks_news(const LimitState& state, bool current_is_news) const;
  };

  std::optional<double> voltage_v_;
  std::optional<Instant> voltage_gone_at_;  ///< when a lost CVL leaves the bus
  std::optional<double> voltage_shown_v_;
  bool charge_shown_ = false;
  std::optional<double> discharge_a_;
  bool limits_discharge_for_person_ = false;  ///< or did: no way back to an item that is invalid
  LimitItem own_discharge_;                   ///< without what a person wants
  Stop own_stop_;
  Stop manual_stop_;
  LimitState state_;
};

}  // namespace dmb
