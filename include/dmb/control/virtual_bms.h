// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/known_members.h"
#include "dmb/bank/member.h"
#include "dmb/bank/stop_cause.h"
#include "dmb/bank/temperature_danger.h"
#include "dmb/battery/value.h"
#include "dmb/control/release_delay.h"
#include "dmb/control/vote.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace dmb {

/// How far a temperature must be back inside its limit to count as clear.
inline constexpr double kBmsHysteresisC = 2;

/// Limits of the whole bank as configured, checked in config. A current that is not configured is
/// kNoCurrentLimitA while it is allowed: systemcalc skips a limit that turns invalid, and what it
/// wrote before, the 0 of a stop, would stay with the chargers for ever.
struct BmsRules {
  std::optional<double> max_charge_voltage_v;  ///< nullopt only of batteries
  std::optional<double> max_charge_current_a;
  std::optional<double> max_discharge_current_a;
  TemperatureDanger danger = {};
  bool stop_discharge_when_all_lost = false;   ///< charging stops then in any case
  std::optional<std::size_t> expected_shunts;  ///< nullopt: as many as were ever heard together
  /// Members may tell limits of their own, see MemberLimits: their alarms stop nothing then.
  bool of_batteries = false;
  bool stop_when_lost = false;        ///< of batteries: neither charge nor discharge meanwhile
  std::chrono::seconds keep_lost{0};  ///< of batteries: so long the whole bank counts on
};

/// Any member's alarm stops charging, discharging or both at once; release only after the delay of
/// ReleaseDelay. A stop is a limit of 0, because that is all DVCC reads. Cold stops charging alone:
/// LiFePO4 may be discharged in the cold, and a dark house helps nobody.
///
/// A condition ends when the member says so, not when it falls silent: the stops of a member that
/// is lost, or whose value goes invalid, stay until it is heard again. A shunt that says that it
/// has no temperature sensor ends what it said of temperatures.
///
/// The limits shrink at once to the share of the bank that is there and connected, and what comes
/// back gives its share back after the same delay. When all are lost charging stops; discharging
/// goes on with what was allowed last, unless it is to stop too.
class VirtualBms {
 public:
  explicit VirtualBms(BmsRules rules) { change_rules(rules); }

  /// What is stopped, and for how long still, stays as it is.
  void change_rules(BmsRules rules);

  /// `members` are all that are heard. Returns whether votes() changed.
  bool update(std::span<const MemberSnapshot> members, Instant now);
  /// The same when of the members of the last update() only those at `changed` told something new.
  bool update(std::span<const MemberSnapshot> members, std::span<const std::size_t> changed,
              Instant now);

  /// All that limits, as of the last update(): what is configured, each stop, each share. CVL, if
  /// it is configured, CCL and DCL have a vote: a current without a limit is kNoCurrentLimitA.
  std::span<const Vote> votes() const { return votes_; }

  /// When update() can change by the mere passing of time. After an update() never in the past.
  std::optional<Instant> deadline() const;

  BankMemory memory(Instant now) const;
  /// Before the first update(): goes on as remembered, each delay from its beginning.
  void resume(const BankMemory& memory, Instant now);

  KnownMembers& known() { return known_; }
  const KnownMembers& known() const { return known_; }

 private:
  struct Direction {
    ReleaseDelay release;
    ShareGuard share;
    std::vector<MemberStop> members;  ///< of the last stop
  };

  void hear(const MemberSnapshot& snapshot);
  bool conclude(Instant now);
  bool keeps_lost(Instant now);
  void advance(Direction& direction, StopCauses stopping, Instant now);
  void vote(Limit limit, const Direction& direction, const std::optional<double>& limit_a);
  ShareReason share_reason(const Direction& direction) const;

  BmsRules rules_;
  KnownMembers known_;
  Direction charge_;
  Direction discharge_;
  std::optional<Instant> lost_since_;
  bool kept_ = false;  ///< as if it were there
  std::vector<Vote> votes_;
  std::vector<Vote> votes_before_;
};

}  // namespace dmb
