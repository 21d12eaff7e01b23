// SPDX-License-Identifier: MIT
#include "dmb/device/learned_members.h"

#include <algorithm>

namespace dmb {

void LearnedMembers::resume(const BankMemory& memory) {
  for (const BankMemory::Shunt& shunt : memory.shunts)
    if (shunt.capacity_ah) members_[shunt.id].capacity.remember(*shunt.capacity_ah);
}

LearnedMembers::Facts LearnedMembers::learn(const WatchedMember& member) {
  const MemberValues& values = member.snapshot.values;
  auto& [capacity, floor, charged_voltage_v] = members_[member.snapshot.id];
  charged_voltage_v = member.register_charged_voltage_v;
  capacity.learn(values[q("/ConsumedAmphours")], values[q("/Soc")]);
  const auto capacity_ah = capacity.capacity_ah(
      capacity.complete({member.register_capacity_ah, values[q("/InstalledCapacity")]}), mode_);
  floor.learn({member.register_discharge_floor_percent, member.discharge_floor_doubtful}, values,
              capacity_ah);
  return {capacity_ah, floor.percent()};
}

MemberAmpHours LearnedMembers::capacity_of(const std::string& id) const {
  const auto found = members_.find(id);
  if (found == members_.end()) return {};
  const MemberCapacity& capacity = found->second.capacity;
  return {capacity.capacity_ah(capacity.told(), mode_), capacity.origin(capacity.told(), mode_)};
}

std::optional<double> LearnedMembers::charged_voltage_v(const std::string& id) const {
  const auto found = members_.find(id);
  return found == members_.end() ? std::nullopt : found->second.charged_voltage_v;
}

void LearnedMembers::drop_absent(std::span<const MemberSnapshot> there) {
  if (members_.size() <= kMaxMembersSeen) return;
  std::erase_if(members_, [there](const auto& member) {
    return std::ranges::find(there, member.first, &MemberSnapshot::id) == there.end();
  });
}

}  // namespace dmb
