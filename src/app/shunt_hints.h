// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/bank_hints.h"
#include "dmb/config/config.h"
#include "sources/bus/battery_watcher.h"

#include <optional>
#include <span>
#include <vector>

namespace dmb {

/// What a person should look at in a bank: looked for now and then while its shunts talk, and when
/// somebody asks; new ones go to the log once.
class ShuntHints {
 public:
  /// `watcher` must outlive it.
  explicit ShuntHints(const BatteryWatcher& watcher) : watcher_(watcher) {}

  struct Bank {
    std::span<const ShuntSnapshot> members;  ///< with their capacities
    const ShuntConfig& config;
    bool complete = true;  ///< no shunt is lost
  };
  /// Costs nothing most of the time.
  void look_now_and_then(const Bank& bank, Instant now);
  /// What is true at this moment.
  std::vector<BankHint> find(const Bank& bank, Instant now) const;

 private:
  std::vector<BankHint> look(BankHints& hints, const Bank& bank, Instant now) const;

  const BatteryWatcher& watcher_;
  BankHints hints_;
  std::optional<Instant> next_look_;
};

}  // namespace dmb
