// SPDX-License-Identifier: MIT
#include "dmb/control/member_share.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace dmb {
namespace {

constexpr std::chrono::duration<double> kSmoothing{60};
constexpr double kLeast = 0.5;  // of the part of the capacity
constexpr double kMost = 2;
constexpr double kStep = 0.01;

}  // namespace

/// In whole percent, and up: a limit must not change with every message, nor be too high for it.
void MemberShare::update(double by_capacity, std::optional<double> measured, Instant now) {
  if (!measured) {
    smooth_.reset();
    value_ = by_capacity;
    return;
  }
  if (!smooth_) {
    smooth_ = by_capacity;
    updated_at_ = now;
  }
  const double weight = 1 - std::exp(-(now - updated_at_) / kSmoothing);
  updated_at_ = now;
  *smooth_ += weight * (std::clamp(*measured, 0.0, 1.0) - *smooth_);
  const double held = std::clamp(*smooth_, kLeast * by_capacity, kMost * by_capacity);
  const bool is_usual = std::fabs(held - by_capacity) < kStep;
  value_ = is_usual ? by_capacity : std::min(std::ceil(held / kStep) * kStep, 1.0);
}

}  // namespace dmb
