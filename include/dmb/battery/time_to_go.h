// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/value.h"

#include <chrono>
#include <cstdint>
#include <optional>

namespace dmb {

/// [TIME_TO_GO]; see docs/behaviour.md, "Time to go".
struct TimeToGoConfig {
  enum class WhileCharging : std::uint8_t { full, none };
  bool enabled = true;
  double soc_floor_percent = 10;
  std::chrono::seconds recalculate_every{300};
  WhileCharging while_charging = WhileCharging::full;
  bool operator==(const TimeToGoConfig&) const = default;
};

/// Stands for "never" and for no current at all, in seconds.
inline constexpr std::int32_t kTimeToGoCap = 864'000;

struct TimeToGoInputs {
  std::optional<double> current_a;  ///< positive is charging
  std::optional<double> soc_percent;
  std::optional<double> installed_capacity_ah;
  std::optional<double> capacity_ah;  ///< what is left
};

/// Seconds to the SoC floor when discharging (0 at or below it), to 100 % when charging or nullopt,
/// as configured. nullopt when current, SoC or capacity are unknown.
std::optional<std::int32_t> time_to_go(const TimeToGoInputs& inputs, const TimeToGoConfig& config);

/// Holds the last result for `recalculate_every`, unless the current's sign changes or an input
/// appears or goes: a new figure each second would only flicker.
class TimeToGoClock {
 public:
  std::optional<std::int32_t> update(const TimeToGoInputs& inputs, const TimeToGoConfig& config,
                                     Instant now);

 private:
  std::optional<std::int32_t> shown_s_;
  std::optional<Instant> computed_at_;
  int sign_ = 0;
};

}  // namespace dmb
