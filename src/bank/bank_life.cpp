// SPDX-License-Identifier: MIT
#include "dmb/bank/bank_life.h"

#include "dmb/battery/life.h"

namespace dmb {

BankLife::Phase BankLife::next(bool usable, Instant now) const {
  if (usable) return Phase::on;
  if (phase_ == Phase::on) return holds_ ? Phase::holding : Phase::off;
  return phase_ == Phase::holding && now < hold_until_ ? Phase::holding : Phase::off;
}

bool BankLife::advance(bool usable, Instant now) {
  const Phase before = phase_;
  phase_ = next(usable, now);
  if (phase_ == Phase::holding && before == Phase::on) hold_until_ = now + kFailSafeHold;
  return phase_ != before;
}

std::optional<Instant> BankLife::deadline() const {
  return phase_ == Phase::holding ? std::optional(hold_until_) : std::nullopt;
}

}  // namespace dmb
