// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/member.h"
#include "dmb/battery/charge_voltage.h"

#include <array>
#include <map>
#include <span>
#include <string>

namespace dmb {

/// What a member of a bank of batteries limits. What its standing goes by besides those of a shunt.
inline constexpr auto kLimitItems = std::to_array<MemberQuantity>(
    {q("/Info/MaxChargeVoltage"), q("/Info/MaxChargeCurrent"), q("/Info/MaxDischargeCurrent")});

/// Finds members whose word on limits cannot be relied upon: one that told a limit and does not any
/// more while the rest of it goes on, one whose BMS is not heard by the driver that shows it, and
/// one whose charge voltage cannot be its own. They count as lost.
class LimitHistory {
 public:
  /// Sets each member's fault. `members` are all that are there. What those who left told before
  /// is remembered: one that comes back without its limits is no better than one that stayed.
  void mark(std::span<MemberSnapshot> members);

 private:
  struct Told {
    std::array<bool, kLimitItems.size()> limits{};
    ChargeVoltageFit fit;
    bool here = false;
  };
  Standing fault_of(const MemberSnapshot& member, Told& told) const;

  std::map<std::string, Told> told_;  ///< by id
};

}  // namespace dmb
