// SPDX-License-Identifier: MIT
#include "dmb/battery/time_to_go.h"

#include <algorithm>
#include <cmath>

namespace dmb {
namespace {

int sign(double value) {
  return (value > 0) - (value < 0);
}

/// Nominal capacity; from what is left and the SoC where the battery does not tell it.
std::optional<double> nominal_ah(const TimeToGoInputs& inputs) {
  if (inputs.installed_capacity_ah) return inputs.installed_capacity_ah;
  if (!inputs.capacity_ah || !inputs.soc_percent || *inputs.soc_percent <= 0) return std::nullopt;
  return *inputs.capacity_ah / (*inputs.soc_percent / 100);
}

}  // namespace

std::optional<std::int32_t> time_to_go(const TimeToGoInputs& inputs, const TimeToGoConfig& config) {
  const std::optional<double> nominal = nominal_ah(inputs);
  if (!config.enabled || !inputs.current_a || !inputs.soc_percent || !nominal) return std::nullopt;
  const double current_a = *inputs.current_a;
  if (current_a == 0) return kTimeToGoCap;

  const bool charging = current_a > 0;
  if (charging && config.while_charging == TimeToGoConfig::WhileCharging::none) return std::nullopt;
  const double percent =
      charging ? 100 - *inputs.soc_percent : *inputs.soc_percent - config.soc_floor_percent;
  const double seconds = std::max(percent, 0.0) / 100 * *nominal / std::fabs(current_a) * 3600;
  // Compared before the conversion: a tiny current gives more seconds than an integer holds.
  if (!(seconds < kTimeToGoCap)) return kTimeToGoCap;
  return static_cast<std::int32_t>(std::lround(seconds));
}

std::optional<std::int32_t> TimeToGoClock::update(const TimeToGoInputs& inputs,
                                                  const TimeToGoConfig& config, Instant now) {
  const std::optional<std::int32_t> fresh = time_to_go(inputs, config);
  const int new_sign = inputs.current_a ? sign(*inputs.current_a) : 0;
  const bool due = !computed_at_ || now - *computed_at_ >= config.recalculate_every;
  const bool empty_now = fresh == 0;  // no stale "five minutes left" at the floor
  if (due || empty_now || new_sign != sign_ || fresh.has_value() != shown_s_.has_value()) {
    shown_s_ = fresh;
    sign_ = new_sign;
    computed_at_ = now;
  }
  return shown_s_;
}

}  // namespace dmb
