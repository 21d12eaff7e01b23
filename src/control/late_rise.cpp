// SPDX-License-Identifier: MIT
#include "dmb/control/late_rise.h"

#include <algorithm>
#include <utility>

namespace dmb {
namespace {

/// Less than that is no fall that a delay is doubled for.
constexpr double kFarBelow = 0.9;
/// Rises that follow one another faster are kept as one: a limit that changes with every message
/// must not fill the memory.
constexpr std::chrono::seconds kOneRise{1};

}  // namespace

std::optional<double> LateRise::value() const {
  if (!earlier_.empty()) return earlier_.front().wanted.value;
  return present_ ? std::optional(present_->value) : std::nullopt;
}

std::optional<Instant> LateRise::rises_at() const {
  if (earlier_.empty()) return std::nullopt;
  return earlier_.front().until + delay_;
}

void LateRise::fall(const WantedLimit& wanted, Instant now) {
  if (wanted.value < kFarBelow * *value()) {
    const bool again = risen_at_ && now - *risen_at_ <= kLongestReleaseDelay;
    delay_ =
        again ? std::min<std::chrono::seconds>(2 * delay_, kLongestReleaseDelay) : kReleaseDelay;
  }
  while (!earlier_.empty() && earlier_.back().wanted.value >= wanted.value) earlier_.pop_back();
}

void LateRise::rise(Instant now) {
  if (!earlier_.empty() && now - earlier_.back().since < kOneRise)
    earlier_.back().until = now;
  else
    earlier_.push_back({*present_, now, now});
}

void LateRise::expire(Instant now) {
  while (!earlier_.empty() && now >= earlier_.front().until + delay_) {
    const double before = earlier_.front().wanted.value;
    earlier_.pop_front();
    if (before < kFarBelow * *value()) risen_at_ = now;
  }
}

const WantedLimit& LateRise::update(WantedLimit wanted, Instant now) {
  if (!present_) {
    while (!earlier_.empty() && earlier_.back().wanted.value >= wanted.value) earlier_.pop_back();
  } else if (wanted.value > present_->value) {
    rise(now);
  } else if (wanted.value < present_->value) {
    fall(wanted, now);
  }
  present_ = std::move(wanted);
  expire(now);
  return earlier_.empty() ? *present_ : earlier_.front().wanted;
}

void LateRise::resume(double value, std::chrono::seconds delay, Instant now) {
  present_.reset();
  earlier_.clear();
  earlier_.push_back({{std::max(value, 0.0), Cause::given, {}}, now, now});
  delay_ = std::clamp<std::chrono::seconds>(delay, kReleaseDelay, kLongestReleaseDelay);
  risen_at_ = now;
}

}  // namespace dmb
