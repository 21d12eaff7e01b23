// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/device/note.h"
#include "log/log_budget.h"
#include "log/repeats.h"

#include <span>
#include <string>
#include <string_view>

namespace dmb {

/// What a device is called in the log.
struct DeviceNames {
  const std::string& device;
  const std::string& bus;
  std::string_view member = "shunt";  ///< what one of a bank's members is
};

/// Turns what one device notes into lines of the log, and no more of them than a log can bear
/// however often others come, go, change their mind or send nonsense.
class Narrator {
 public:
  void tell(std::span<const Note> notes, const DeviceNames& names, Instant now);

 private:
  struct Telling;

  LogBudget members_;
  LogBudget charging_;
  LogBudget discharging_;
  LogBudget life_;
  LogBudget limits_;
  LogBudget switches_;
  Repeats repeats_;
  Repeats topics_;  ///< which others make up
};

}  // namespace dmb
