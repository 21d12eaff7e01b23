// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/value.h"
#include "dmb/control/guard.h"

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>

namespace dmb {

// A battery or bank that does not control works out its limits all the same. Here they are held
// against those that the GX obeys instead, so that people see what would be otherwise before they
// switch.

/// What a battery lets chargers and loads do at one moment. nullopt: it does not limit that.
struct ComparedLimits {
  std::optional<double> max_charge_voltage_v = {};
  std::optional<double> max_charge_current_a = {};
  std::optional<double> max_discharge_current_a = {};
  bool operator==(const ComparedLimits&) const = default;
};

ComparedLimits compared_limits(const LimitState& limits);

/// Why there is nothing to compare.
enum class NoComparison : std::uint8_t {
  not_known_yet,   ///< nobody has answered so far
  no_systemcalc,   ///< nobody hands limits on
  dvcc_off,        ///< chargers go by their own settings
  no_bms,          ///< no battery gives limits
  no_answer,       ///< the battery whose limits count tells none
  no_own_voltage,  ///< ours gives no CVL: it would not control
};
/// For people: "DVCC is off".
std::string describe(NoComparison why);

/// The limits that the GX hands to chargers and loads.
struct LimitsInForce {
  std::optional<NoComparison> missing = NoComparison::not_known_yet;
  std::string who = {};  ///< name of the battery that gives them; anybody may have chosen it
  ComparedLimits limits = {};
  bool operator==(const LimitsInForce&) const = default;
};

/// How one limit of ours stood to the one in force, over some time. Differences are ours less the
/// other, in V or A.
struct LimitComparison {
  double lower_s = 0;   ///< for so long ours allowed less …
  double higher_s = 0;  ///< … and more
  /// For so long both were numbers: no limit differs from any by an amount that says nothing.
  double measured_s = 0;
  double difference_s = 0;  ///< sum of difference times duration
  double most_lower = 0;    ///< not negative; of what lasted more than a moment
  double most_higher = 0;
  // Of currents: 0 while the other allows some.
  double own_stop_s = 0;
  double other_stop_s = 0;
  int own_stops = 0;
  int other_stops = 0;

  std::optional<double> mean() const;
  bool operator==(const LimitComparison&) const = default;
};

/// An hour, or the part of one that is over.
struct TrialHour {
  Instant began_at{};
  Instant ended_at{};
  double compared_s = 0;
  std::string beside = {};  ///< whose limits were in force, last
  bool several = false;     ///< others before
  /// Why not all of the time could be compared, last.
  std::optional<NoComparison> missing = {};
  LimitComparison charge_voltage = {};
  LimitComparison charge_current = {};
  LimitComparison discharge_current = {};
  bool operator==(const TrialHour&) const = default;
};

/// For people, one line without a full stop: "beside JK, 60 min: CVL 0.20 V lower on average …".
std::string describe(const TrialHour& hour);

/// Compares now and then; what is found holds until the next time, for half a minute at most: what
/// was not looked at is not counted. Hours begin with the first comparison.
class Trial {
 public:
  static constexpr std::size_t kHours = 24;

  /// As long as nothing is known of what is in force, nothing begins.
  void compare(const ComparedLimits& own, const LimitsInForce& in_force, Instant now);
  /// The hour that has ended with the last compare(); once.
  std::optional<TrialHour> take_ended() { return std::exchange(ended_, std::nullopt); }
  /// The last ones that have ended, oldest first.
  const std::deque<TrialHour>& hours() const { return hours_; }
  /// The one that goes on; nullopt: nothing was compared yet.
  const std::optional<TrialHour>& running() const { return running_; }
  /// As of the last compare().
  const ComparedLimits& own() const { return own_; }
  const LimitsInForce& in_force() const { return in_force_; }

 private:
  /// What of one limit goes on over the hours.
  struct Pair {
    std::optional<double> difference;  ///< as it was the time before
    // 0 while the other allows some, for so long, and whether this hour has counted it.
    double own_stop_s = 0;
    double other_stop_s = 0;
    bool own_counted = false;
    bool other_counted = false;
  };
  struct Numbers;

  void begin(Instant now);
  void end(Instant now);
  void count(double passed_s);
  static void count(const Numbers& numbers, double passed_s, Pair& pair,
                    LimitComparison& comparison);
  void note_source();

  std::optional<TrialHour> running_;
  std::optional<TrialHour> ended_;
  std::deque<TrialHour> hours_;
  std::optional<Instant> last_at_;
  ComparedLimits own_;
  LimitsInForce in_force_;
  Pair voltage_;
  Pair charge_;
  Pair discharge_;
};

}  // namespace dmb
