// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/device/note.h"
#include "dmb/domain/log_budget.h"
#include "log/transition_log.h"

#include <span>
#include <string>

namespace dmb {

/// What a device is called in the log.
struct DeviceNames {
  const std::string& device;
  const std::string& bus;
};

/// Turns what one device notes into lines of the log, and no more of them than a log can bear
/// however often members come, go and change their mind.
class Narrator {
 public:
  void tell(std::span<const Note> notes, const DeviceNames& names, Instant now);

 private:
  struct Telling;
  bool may_say(Instant now) { return members_.spend(now) == LogBudget::Say::line; }

  LogBudget members_;
  TransitionLog charging_{"The reasons to limit charging"};
  TransitionLog discharging_{"The reasons to limit discharging"};
};

}  // namespace dmb
