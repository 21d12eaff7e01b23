// SPDX-License-Identifier: MIT
#pragma once

#include "dbus/bus.h"
#include "dbus/item_questions.h"
#include "dmb/control/trial.h"
#include "runtime/loop.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace dmb {

/// Asks every few seconds whose limits the GX hands to chargers, and what they are: systemcalc
/// first, then that battery. Nobody is followed: systemcalc and a battery send signals several
/// times a second.
class LimitsInForceWatch {
 public:
  using Told = std::function<void(const LimitsInForce&)>;

  /// How often it asks, and how long it waits for an answer.
  struct Pace {
    std::chrono::milliseconds every = std::chrono::seconds(5);
    std::chrono::milliseconds patience = std::chrono::seconds(4);
  };

  /// `told` is called with each answer, and must not destroy this object. Throws std::runtime_error
  /// when there is no bus. `loop` must outlive it.
  LimitsInForceWatch(Loop& loop, Told told);
  LimitsInForceWatch(Loop& loop, Told told, Pace pace);
  LimitsInForceWatch(const LimitsInForceWatch&) = delete;
  LimitsInForceWatch& operator=(const LimitsInForceWatch&) = delete;

 private:
  void go_on();
  void ask_system();
  void look_at_system();
  void ask_battery(const std::string& service);
  void look_at_battery();
  void end(const LimitsInForce& found);

  Loop& loop_;
  Told told_;
  Pace pace_;
  Bus bus_;
  Instant next_at_{};
  std::string service_;  ///< of the battery that is asked; empty: none is
  std::optional<ItemQuestions> questions_;
  Timer timer_;
};

}  // namespace dmb
