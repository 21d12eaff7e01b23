// SPDX-License-Identifier: MIT
#include "dmb/bank/steady_soc.h"

#include "dmb/bank/aggregate.h"

#include <algorithm>

namespace dmb {
namespace {

constexpr MemberQuantity kSoc = q("/Soc");

const MemberSnapshot* find(std::span<const MemberSnapshot> members, const std::string& id) {
  const auto found = std::ranges::find(members, id, &MemberSnapshot::id);
  return found == members.end() ? nullptr : &*found;
}

}  // namespace

void SteadySoc::note(std::span<const MemberSnapshot> members) {
  before_.clear();
  const double usual_ah = usual_capacity_ah(members);
  for (const MemberSnapshot& member : members)
    if (const auto& soc = member.values[kSoc])
      before_.push_back({member.id, member.capacity_ah.value_or(usual_ah), *soc});
}

bool SteadySoc::is_as_before(std::span<const MemberSnapshot> members) const {
  const auto is_member = [members](const Part& part) { return find(members, part.id) != nullptr; };
  return members.size() == before_.size() && std::ranges::all_of(before_, is_member);
}

void SteadySoc::end() {
  before_.clear();
  until_.reset();
}

void SteadySoc::change(std::span<const MemberSnapshot> before,
                       std::span<const MemberSnapshot> after, Instant now) {
  if (!before_.empty() && now >= began_at_ + kLongestSocHold) end();
  if (before_.empty()) {
    if (!begun_) return;
    note(before);
    began_at_ = now;
  }
  if (before_.empty() || is_as_before(after)) return end();
  until_.reset();
  if (!after.empty()) until_ = std::min(now + kSocHold, began_at_ + kLongestSocHold);
}

std::optional<double> SteadySoc::soc_percent(std::span<const MemberSnapshot> members, Instant now) {
  if (!until_) return std::nullopt;
  if (now >= *until_) {
    end();
    return std::nullopt;
  }
  double weights = 0;
  double weighted = 0;
  for (Part& part : before_) {
    const MemberSnapshot* member = find(members, part.id);
    if (member != nullptr && member->values[kSoc]) part.soc_percent = *member->values[kSoc];
    weights += part.weight;
    weighted += part.weight * part.soc_percent;
  }
  if (weights <= 0) return std::nullopt;
  return weighted / weights;
}

}  // namespace dmb
