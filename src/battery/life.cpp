// SPDX-License-Identifier: MIT
#include "dmb/battery/life.h"

namespace dmb {

void Life::message(Instant now) {
  phase_ = Phase::live;
  last_sign_ = now;
}

void Life::heartbeat(Instant now) {
  if (phase_ == Phase::live) last_sign_ = now;
}

void Life::declare_gone(Instant now) {
  if (phase_ != Phase::live) return;
  phase_ = Phase::holding;
  hold_until_ = now + kFailSafeHold;
}

bool Life::advance(Instant now) {
  const Phase before = phase_;
  if (phase_ == Phase::live && timeout_.count() > 0 && now - *last_sign_ >= timeout_) {
    phase_ = Phase::holding;
    // From now, not from the missed deadline: the zero must have its ten seconds on the bus.
    hold_until_ = now + kFailSafeHold;
  } else if (phase_ == Phase::holding && now >= hold_until_) {
    phase_ = Phase::gone;
  }
  return phase_ != before;
}

std::optional<Instant> Life::deadline() const {
  if (phase_ == Phase::holding) return hold_until_;
  if (phase_ == Phase::live && timeout_.count() > 0) return *last_sign_ + timeout_;
  return std::nullopt;
}

}  // namespace dmb
