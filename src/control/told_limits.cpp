// SPDX-License-Identifier: MIT
#include "dmb/control/told_limits.h"

namespace dmb {

void ToldLimits::vote(const GivenLimits& given, std::vector<Vote>& votes) {
  if (given.max_charge_voltage_v) {
    voltage_given_ = true;
    votes.push_back({Limit::charge_voltage, *given.max_charge_voltage_v, Cause::given});
  }
  vote_charge(given, votes);
  vote_discharge(given, votes);
}

void ToldLimits::vote_charge(const GivenLimits& given, std::vector<Vote>& votes) {
  const auto vote = [&votes](double current_a, Cause cause) {
    votes.push_back({Limit::charge_current, current_a, cause});
  };
  const auto& given_a = given.max_charge_current_a;
  voltage_refused_ =
      given.charge_voltage_refused || (voltage_refused_ && !given.max_charge_voltage_v);
  charge_given_ = charge_given_ || given_a;
  charge_named_ = charge_named_ || given_a || given.charge_current_named;
  if (given_a)
    vote(*given_a, Cause::given);
  else if (charge_named_ && (charge_given_ || voltage_given_))
    vote(0, Cause::not_usable);
  if (voltage_refused_) vote(0, Cause::charge_voltage_refused);
  // A 0 that it gives is its own word already.
  if (given.charge_blocked && given.max_charge_voltage_v && given_a != 0)
    vote(0, Cause::charge_blocked);
}

void ToldLimits::vote_discharge(const GivenLimits& given, std::vector<Vote>& votes) {
  if (given.max_discharge_current_a) {
    discharge_given_ = true;
    discharge_unusable_ = false;
    votes.push_back({Limit::discharge_current, *given.max_discharge_current_a, Cause::given});
    return;
  }
  if (given.discharge_current_unusable && (discharge_given_ || voltage_given_))
    discharge_unusable_ = true;
  if (discharge_unusable_) votes.push_back({Limit::discharge_current, 0, Cause::not_usable});
}

void vote_silence(const LimitState& shown, std::optional<double> ceiling_v, bool stop_discharge,
                  std::vector<Vote>& votes) {
  if (const auto& voltage_v = shown.max_charge_voltage.value) {
    votes.push_back({Limit::charge_voltage, *voltage_v, Cause::kept});
    if (ceiling_v && *ceiling_v > 0)
      votes.push_back({Limit::charge_voltage, *ceiling_v, Cause::silence});
  }
  if (shown.max_charge_current.exists) votes.push_back({Limit::charge_current, 0, Cause::silence});
  if (shown.max_discharge_current.exists && stop_discharge)
    votes.push_back({Limit::discharge_current, 0, Cause::silence});
  else if (const auto& current_a = shown.max_discharge_current.value)
    votes.push_back({Limit::discharge_current, *current_a, Cause::kept});
}

}  // namespace dmb
