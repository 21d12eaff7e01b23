// SPDX-License-Identifier: MIT
#include "dmb/control/charge_current.h"

#include <algorithm>
#include <cmath>

namespace dmb {
namespace {

using namespace std::chrono_literals;

constexpr auto kHold = 30s;
constexpr auto kStep = 1s;
/// What one step makes up for at most: after we stood still, nothing jumps.
constexpr double kMaxStepS = 5;
constexpr double kRisePerS = 0.05;  // of the maximum
constexpr double kSteps = 200;      // of which the maximum has
constexpr double kRoundingError = 1e-9;

double in_steps(double allowed_a, double max_a) {
  if (!(allowed_a > 0) || !(max_a > 0)) return 0;
  const double share = std::min(allowed_a / max_a, 1.0);
  return std::min(std::floor(share * kSteps + kRoundingError) / kSteps * max_a, allowed_a);
}

}  // namespace

double CurrentRamp::update(double allowed_a, double max_a, Instant now) {
  const double wanted_a = in_steps(allowed_a, max_a);
  if (!limit_a_ || wanted_a <= *limit_a_) {
    limit_a_ = wanted_a;
    rising_ = false;
    return wanted_a;
  }
  if (!rising_) rises_at_ = now + kHold;
  rising_ = true;
  if (now < rises_at_) return *limit_a_;
  const double seconds = 1 + std::chrono::duration<double>(now - rises_at_).count();
  const double rise_a = kRisePerS * max_a * std::min(std::floor(seconds), kMaxStepS);
  limit_a_ = std::min(*limit_a_ + rise_a, wanted_a);
  rises_at_ = now + kStep;
  rising_ = *limit_a_ < wanted_a;
  return *limit_a_;
}

std::optional<Instant> CurrentRamp::next_change(Instant now) const {
  if (!rising_) return std::nullopt;
  return std::max(rises_at_, now);
}

}  // namespace dmb
