// SPDX-License-Identifier: MIT
#include "dmb/device/bank_notes.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace dmb {
namespace {

std::optional<note::ChargedVoltagesDiffer> compare_charged_voltages(
    std::span<const WatchedMember> members) {
  constexpr double kSameV = 0.05;
  const WatchedMember* first = nullptr;
  for (const WatchedMember& member : members) {
    if (!member.register_charged_voltage_v) continue;
    if (first == nullptr) first = &member;
    const double first_v = *first->register_charged_voltage_v;
    if (std::fabs(*member.register_charged_voltage_v - first_v) < kSameV) continue;
    return note::ChargedVoltagesDiffer{first->snapshot.name, first_v, member.snapshot.name,
                                       *member.register_charged_voltage_v};
  }
  return std::nullopt;
}

}  // namespace

void BankNotes::nobody_found() {
  if (!std::exchange(nobody_said_, true)) notes_.emplace_back(note::NobodyFound{});
}

void BankNotes::see_members(std::span<const MemberSnapshot> all) {
  const std::vector<Seen> before = std::exchange(seen_, {});
  for (const MemberSnapshot& member : all)
    seen_.push_back({member.id, member.name, member.standing});
  for (const Seen& now : seen_) {
    const auto was = std::ranges::find(before, now.id, &Seen::id);
    if (now.standing != (was == before.end() ? Standing::counted : was->standing))
      notes_.emplace_back(note::MemberStanding{now.name, now.standing});
  }
  for (const Seen& was : before)
    if (std::ranges::find(seen_, was.id, &Seen::id) == seen_.end())
      notes_.emplace_back(note::MemberGone{was.name, seen_.size()});
}

void BankNotes::see_charged_voltages(std::span<const WatchedMember> members) {
  if (voltages_said_) return;
  auto differing = compare_charged_voltages(members);
  if (!differing) return;
  voltages_said_ = true;
  notes_.emplace_back(std::move(*differing));
}

void BankNotes::capacity_unknown(const MemberSnapshot& member) {
  if (without_capacity_.size() < kMaxMembersSeen && without_capacity_.insert(member.id).second)
    notes_.emplace_back(note::CapacityUnknown{member.name});
}

void BankNotes::charge_voltage_lowered(bool lowered, double max_charge_voltage_v) {
  if (lowered)
    notes_.emplace_back(note::ChargeVoltageLowered{.max_charge_voltage_v = max_charge_voltage_v});
  else
    notes_.emplace_back(note::ChargeVoltageBack{max_charge_voltage_v});
}

void BankNotes::charge_voltage_misfit(double configured_v, double measured_v) {
  if (!std::exchange(misfit_said_, true))
    notes_.emplace_back(note::ChargeVoltageMisfit{configured_v, measured_v});
}

}  // namespace dmb
