// SPDX-License-Identifier: MIT
#include "dmb/bank/limit_history.h"

#include <cstddef>

namespace dmb {

void LimitHistory::mark(std::span<MemberSnapshot> members) {
  for (auto& [id, told] : told_) told.here = false;
  for (MemberSnapshot& member : members) {
    Told& told = told_[member.id];
    told.here = true;
    member.fault = fault_of(member, told);
  }
  // Ids come from other programs: they must not fill the memory.
  if (told_.size() > kMaxMembersSeen)
    std::erase_if(told_, [](const auto& entry) { return !entry.second.here; });
}

Standing LimitHistory::fault_of(const MemberSnapshot& member, Told& told) const {
  constexpr double kAlarm = 2;
  bool lacks_one = false;
  for (std::size_t i = 0; i < kLimitItems.size(); ++i) {
    const bool is_told = member.values[kLimitItems.at(i)].has_value();
    lacks_one = lacks_one || (told.limits.at(i) && !is_told);
    told.limits.at(i) = told.limits.at(i) || is_told;
  }
  if (member.values[q("/Alarms/BmsCable")].value_or(0) >= kAlarm) return Standing::bms_not_heard;
  if (lacks_one) return Standing::no_limit;
  const auto& charge_voltage_v = member.values[q("/Info/MaxChargeVoltage")];
  if (charge_voltage_v && !told.fit.fits(*charge_voltage_v, member.values[q("/Dc/0/Voltage")]))
    return Standing::charge_voltage_misfit;
  return Standing::counted;
}

}  // namespace dmb
