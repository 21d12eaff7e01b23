// SPDX-License-Identifier: MIT
#pragma once

#include "bank_watch.h"
#include "device_watch.h"
#include "dmb/device/bank_device.h"

#include <optional>

namespace dmb::test {

/// Hands events to a BankDevice and looks at what it shows after each. What its members say is
/// worked out anew here, in another way, and must be what is on the bus: their values as one
/// battery, what may be charged and discharged, zeros and ten seconds before it leaves.
class BankDeviceWatch {
 public:
  explicit BankDeviceWatch(const BankRules& rules);

  void handle(BankDevice& device, const event::Members& members, Instant now);
  /// Throws BrokenRule.
  void look(BankDevice& device, Instant now);
  /// The device is another one from now on, which goes on as the last one remembered.
  void restarted(Instant now);

  bool on_bus() const { return watch_.on_bus(); }

 private:
  bool has_settled(const BankDevice& device, Instant now);
  void check_presence(const BankDevice& device, Instant now);
  void check_merged(const BankDevice& device, const ItemValues& values) const;
  void check_limits(const BankDevice& device, const ItemValues& values, Instant now);
  void check_last_word(const ItemValues& values) const;

  BankRules rules_;
  DeviceWatch watch_;
  std::optional<BmsWatch> bms_;
  bool is_news_ = false;  ///< something was handed over since the last look()
  bool looked_round_ = false;
  bool complete_ = false;
  bool settled_ = false;
  std::optional<Instant> first_member_at_;
  std::optional<Instant> alone_since_;
  std::optional<double> discharge_a_;  ///< shown last
};

}  // namespace dmb::test
