// SPDX-License-Identifier: MIT
#include "dmb/status/trial.h"

#include <chrono>

namespace dmb::status {
namespace {

ComparisonStatus status_of(const LimitComparison& comparison) {
  return {.mean_difference = comparison.mean(),
          .most_lower = comparison.most_lower,
          .most_higher = comparison.most_higher,
          .lower_s = comparison.lower_s,
          .higher_s = comparison.higher_s,
          .own_stops = comparison.own_stops,
          .own_stop_s = comparison.own_stop_s,
          .other_stops = comparison.other_stops,
          .other_stop_s = comparison.other_stop_s};
}

TrialHourStatus status_of(const TrialHour& hour, std::optional<double> ended_age_s) {
  return {.ended_age_s = ended_age_s,
          .compared_s = hour.compared_s,
          .beside = hour.beside,
          .not_compared = hour.missing ? describe(*hour.missing) : std::string(),
          .max_charge_voltage_v = status_of(hour.charge_voltage),
          .max_charge_current_a = status_of(hour.charge_current),
          .max_discharge_current_a = status_of(hour.discharge_current)};
}

BareLimitsStatus status_of(const ComparedLimits& limits) {
  return {limits.max_charge_voltage_v, limits.max_charge_current_a, limits.max_discharge_current_a};
}

}  // namespace

TrialStatus describe_trial(const Trial& trial, Instant now) {
  const LimitsInForce& in_force = trial.in_force();
  TrialStatus status{.beside = in_force.who,
                     .not_compared = in_force.missing ? describe(*in_force.missing) : "",
                     .own = status_of(trial.own()),
                     .in_force = status_of(in_force.limits)};
  for (const TrialHour& hour : trial.hours())
    status.hours.push_back(
        status_of(hour, std::chrono::duration<double>(now - hour.ended_at).count()));
  if (trial.running()) status.hours.push_back(status_of(*trial.running(), std::nullopt));
  return status;
}

}  // namespace dmb::status
