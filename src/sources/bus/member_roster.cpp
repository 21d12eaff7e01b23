// SPDX-License-Identifier: MIT
#include "member_roster.h"

#include "dmb/bank/shunt_selection.h"
#include "dmb/codec/text.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace dmb {

void MemberRoster::rebuild(std::span<const BatteryService* const> counting, bool may_log) {
  std::vector<ShuntPlace> places;
  std::vector<MemberIds::Member> members;
  for (const BatteryService* service : counting) {
    places.push_back({service->identity().serial, service->owner(), service->arrival()});
    members.push_back({service->name(), service->identity().serial});
  }
  const auto heard_at = find_superseded(places);
  for (std::size_t i = 0; i < members.size(); ++i) members[i].hidden = heard_at[i].has_value();
  note_twins(counting, heard_at, may_log);

  const auto ids = ids_.assign(members);
  members_.clear();
  index_.clear();
  for (std::size_t i = 0; i < counting.size(); ++i) {
    if (heard_at[i]) continue;
    index_[counting[i]->name()] = members_.size();
    members_.push_back(counting[i]->watched(ids[i]));
  }
  std::ranges::move(ids_.take_retired(), std::back_inserter(forgotten_));
}

void MemberRoster::note_twins(std::span<const BatteryService* const> counting,
                              std::span<const std::optional<std::size_t>> heard_at, bool may_log) {
  const auto before = std::exchange(heard_at_, {});
  for (std::size_t i = 0; i < counting.size(); ++i) {
    if (!heard_at[i]) continue;
    const BatteryService& instead = *counting[*heard_at[i]];
    heard_at_[counting[i]->name()] = instead.name();
    if (before.contains(counting[i]->name()) || !may_log) continue;
    spdlog::warn(
        "{} and {} are the same {}, serial {}: only the latter is counted. If the former is a "
        "leftover of another port, restart its program",
        counting[i]->name(), instead.name(),
        is_smartshunt(instead.identity()) ? "SmartShunt" : "battery",
        printable(instead.identity().serial));
  }
}

std::optional<std::size_t> MemberRoster::update(const BatteryService& service) {
  const auto index = index_.find(service.name());
  if (index == index_.end()) return std::nullopt;
  service.copy_values(members_[index->second]);
  return index->second;
}

std::string MemberRoster::heard_at(std::string_view service) const {
  const auto found = heard_at_.find(service);
  return found == heard_at_.end() ? std::string() : found->second;
}

void MemberRoster::forget(const BatteryService& service) {
  std::ranges::move(ids_.known_as(service.name(), service.identity().serial),
                    std::back_inserter(forgotten_));
}

/// What is a member now is not to be forgotten, whatever went before.
std::vector<std::string> MemberRoster::take_forgotten() {
  std::vector<std::string> ids = std::exchange(forgotten_, {});
  std::erase_if(ids, [this](const std::string& id) {
    return std::ranges::any_of(
        members_, [&id](const WatchedMember& member) { return member.snapshot.id == id; });
  });
  return ids;
}

}  // namespace dmb
