// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/device/bank_device.h"
#include "dmb/device/battery_device.h"
#include "dmb/record/line.h"

#include <optional>

namespace dmb {

/// What one device decides, as a recording holds it: each time that it is something else. Whoever
/// records and whoever replays asks here, so that both say the same.
class DecisionWatch {
 public:
  /// After a view() of it. nullopt: what it was at the last call.
  std::optional<record::Decision> look(const BatteryDevice& battery);
  std::optional<record::Decision> look(const BankDevice& bank);
  /// nullopt: nobody has looked yet.
  const std::optional<record::Decision>& last() const { return last_; }

 private:
  /// What a decision is made of, without its words, which take time to make.
  struct Facts {
    bool is_present = false;
    Life::Phase phase = Life::Phase::waiting;
    LimitState limits;
    bool operator==(const Facts&) const = default;
  };

  bool is_present(const Device& device) const;
  bool is_news(Facts facts);
  std::optional<record::Decision> tell(record::Decision decision);

  std::optional<Facts> facts_;
  std::optional<record::Decision> last_;
};

}  // namespace dmb
