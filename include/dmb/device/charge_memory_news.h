// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/control/charge_control.h"

#include <optional>
#include <utility>

namespace dmb {

/// Finds out whether what a charge control remembers is worth writing down anew.
class ChargeMemoryNews {
 public:
  /// After each view(). Null: there is no charge control.
  void look(const ChargeControl* control, Instant now) {
    if (control == nullptr) return;
    ChargeMemory memory = control->memory(now);
    if (memory == last_) return;
    last_ = std::move(memory);
    is_news_ = true;
  }
  /// Whether there was something new since the last call.
  bool take() { return std::exchange(is_news_, false); }

 private:
  std::optional<ChargeMemory> last_;
  bool is_news_ = false;
};

}  // namespace dmb
