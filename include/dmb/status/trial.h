// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/control/trial.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dmb::status {

/// One limit of ours and the one in force, over an hour. Differences are ours less the other, in V
/// or A.
struct ComparisonStatus {
  std::optional<double> mean_difference = {};  ///< nullopt: never did both have one
  double most_lower = 0;                       ///< not negative
  double most_higher = 0;
  double lower_s = 0;  ///< for so long ours allowed less; that there is no limit allows more
  double higher_s = 0;
  // Of currents: 0 while the other allows some.
  std::int64_t own_stops = 0;
  double own_stop_s = 0;
  std::int64_t other_stops = 0;
  double other_stop_s = 0;
  bool operator==(const ComparisonStatus&) const = default;
};

struct TrialHourStatus {
  std::optional<double> ended_age_s = {};  ///< nullopt: it goes on
  double compared_s = 0;
  std::string beside = {};        ///< name of the battery whose limits were in force, the last one
  std::string not_compared = {};  ///< why not all of the time; empty: all
  ComparisonStatus max_charge_voltage_v = {};
  ComparisonStatus max_charge_current_a = {};
  ComparisonStatus max_discharge_current_a = {};
  bool operator==(const TrialHourStatus&) const = default;
};

/// nullopt: no such limit.
struct BareLimitsStatus {
  std::optional<double> max_charge_voltage_v = {};
  std::optional<double> max_charge_current_a = {};
  std::optional<double> max_discharge_current_a = {};
  bool operator==(const BareLimitsStatus&) const = default;
};

/// A battery or bank with control = 0: what its limits would be, beside those in force.
struct TrialStatus {
  std::string beside = {};        ///< name of the battery whose limits are in force
  std::string not_compared = {};  ///< why there is nothing to compare now; empty: there is
  BareLimitsStatus own = {};
  BareLimitsStatus in_force = {};
  std::vector<TrialHourStatus> hours =
      {};  ///< of the last day, oldest first; the one that goes on last
  bool operator==(const TrialStatus&) const = default;
};

TrialStatus describe_trial(const Trial& trial, Instant now);

}  // namespace dmb::status
