// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/control/charge_control.h"

#include <chrono>
#include <optional>

namespace dmb {

/// Finds out, once, that a charge control goes by cells and by no temperature.
class TemperatureLack {
 public:
  /// `control` as of its last update; null: there is none. Returns whether it is to be said now.
  bool look(const ChargeControl* control, Instant now) {
    if (control == nullptr || said_) return false;
    const CellView& view = control->cells();
    if (!view.highest || view.coldest) {
      since_.reset();
      return false;
    }
    if (!since_) since_ = now;
    return said_ = now - *since_ >= kPatience;
  }

 private:
  /// Other values may come on topics of their own.
  static constexpr std::chrono::seconds kPatience{60};
  std::optional<Instant> since_;
  bool said_ = false;
};

}  // namespace dmb
