// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/value.h"

#include <cstdint>
#include <optional>

namespace dmb {

/// When an aggregate stands on the bus: off → on while it is usable; then a monitor leaves at once,
/// and a BMS first holds its fail-safe limits for ten seconds, so that they reach the chargers.
/// What else makes the service leave for a moment, as another instance does, changes none of that.
class BankLife {
 public:
  enum class Phase : std::uint8_t { off, on, holding };

  explicit BankLife(bool holds) : holds_(holds) {}

  /// A bank of batteries becomes a BMS by what its members tell.
  void set_holds(bool holds) { holds_ = holds; }
  Phase phase() const { return phase_; }
  /// Returns whether the phase changed.
  bool advance(bool usable, Instant now);
  /// When advance() has to be called next, if nothing else happens. Never in the past.
  std::optional<Instant> deadline() const;

 private:
  Phase next(bool usable, Instant now) const;

  bool holds_;
  Phase phase_ = Phase::off;
  Instant hold_until_{};
};

}  // namespace dmb
