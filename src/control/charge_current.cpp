// SPDX-License-Identifier: MIT
#include "dmb/control/charge_current.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace dmb {
namespace {

using namespace std::chrono_literals;

constexpr auto kHold = 30s;
constexpr auto kHoldForLittle = 5min;
constexpr double kLittle = 1.3;  // times the limit
constexpr auto kBetweenSteps = 4s;
constexpr double kRise = 0.2;  // of the maximum, each time: 5 % per second
constexpr double kRoundingError = 1e-9;

/// Percent of the maximum, which is one more.
constexpr std::array kSteps{90.0, 80.0, 70.0, 60.0, 50.0, 45.0, 40.0, 35.0, 30.0,
                            25.0, 20.0, 18.0, 16.0, 14.0, 12.0, 10.0, 8.0,  6.0,
                            5.0,  4.0,  3.0,  2.0,  1.5,  1.0,  0.5,  0.0};

double in_steps(double allowed_a, double max_a) {
  if (!(allowed_a > 0) || !(max_a > 0)) return 0;
  if (allowed_a >= max_a) return max_a;
  const double percent = allowed_a / max_a * 100 + kRoundingError;
  const double step = *std::ranges::find_if(kSteps, [&](double one) { return one <= percent; });
  return std::min(step / 100 * max_a, allowed_a);
}

}  // namespace

double CurrentRamp::update(double allowed_a, double max_a, Instant now) {
  const double wanted_a = in_steps(allowed_a, max_a);
  if (!limit_a_ || wanted_a <= *limit_a_) {
    limit_a_ = wanted_a;
    more_since_.reset();
    rises_at_.reset();
    rises_ = false;
    return wanted_a;
  }
  if (!more_since_) more_since_ = now;
  if (!rises_)
    rises_at_ =
        *more_since_ + (wanted_a < *limit_a_ * kLittle ? kHoldForLittle : kHold) + kBetweenSteps;
  if (now < *rises_at_) return *limit_a_;
  limit_a_ = std::min(*limit_a_ + kRise * max_a, wanted_a);
  rises_ = *limit_a_ < wanted_a;
  rises_at_ = rises_ ? std::optional(now + kBetweenSteps) : std::nullopt;
  more_since_ = rises_ ? more_since_ : std::nullopt;
  return *limit_a_;
}

std::optional<Instant> CurrentRamp::next_change(Instant now) const {
  if (!rises_at_) return std::nullopt;
  return std::max(*rises_at_, now);
}

}  // namespace dmb
