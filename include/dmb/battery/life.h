// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/value.h"

#include <chrono>
#include <cstdint>
#include <optional>

namespace dmb {

/// How long a lost battery keeps its limits on the bus at 0, so that the zero reaches the chargers,
/// which systemcalc writes every 3 s.
inline constexpr std::chrono::seconds kFailSafeHold{10};

/// Whether a battery's source is alive, as a value (docs/behaviour.md, "Life and silence"):
/// waiting → live → holding → gone, and from each back to live with a live message.
class Life {
 public:
  enum class Phase : std::uint8_t {
    waiting,  ///< never heard: not on the bus
    live,
    holding,  ///< silent or declared gone: on the bus with the fail-safe limits
    gone,     ///< off the bus
  };

  /// `timeout` of 0: silence never ends a life, only declare_gone() does.
  explicit Life(std::chrono::seconds timeout) : timeout_(timeout) {}

  void change_timeout(std::chrono::seconds timeout) { timeout_ = timeout; }

  Phase phase() const { return phase_; }
  /// The last sign of life; nullopt while waiting.
  std::optional<Instant> last_sign() const { return last_sign_; }

  /// A live message was applied.
  void message(Instant now);
  /// A Venus broker's heartbeat: life goes on, but does not begin or come back with it.
  void heartbeat(Instant now);
  /// The source said that the device is gone: as a time-out, at once.
  void declare_gone(Instant now);
  /// Lets time pass. Returns whether the phase changed.
  bool advance(Instant now);

  /// When advance() has to be called next, if nothing else happens.
  std::optional<Instant> deadline() const;

 private:
  std::chrono::seconds timeout_;
  Phase phase_ = Phase::waiting;
  std::optional<Instant> last_sign_;
  Instant hold_until_{};
};

}  // namespace dmb
