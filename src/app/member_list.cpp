// SPDX-License-Identifier: MIT
#include "app/member_list.h"

namespace dmb {

void MemberList::rebuild(const MemberGroup& own, const MemberGroup& on_bus) {
  stand_ins_.clear();
  if (!own.members.empty()) {
    std::vector<MeasurementNode> nodes = own.nodes;
    nodes.insert(nodes.end(), on_bus.nodes.begin(), on_bus.nodes.end());
    const auto found = find_stand_ins(nodes);
    for (std::size_t i = 0; i < nodes.size(); ++i)
      if (found[i]) stand_ins_.emplace(nodes[i].service, nodes[found[i]->by].service);
  }
  all_.clear();
  add(own.members, own_);
  add(on_bus.members, on_bus_);
}

/// A battery of this process has its bus name as its id, also when it is not on the bus.
void MemberList::add(std::span<const WatchedMember> members, Places& places) {
  places.assign(members.size(), std::nullopt);
  for (std::size_t i = 0; i < members.size(); ++i) {
    const MemberSnapshot& snapshot = members[i].snapshot;
    if (stand_ins_.contains(snapshot.service.empty() ? snapshot.id : snapshot.service)) continue;
    places[i] = all_.size();
    all_.push_back(members[i]);
  }
}

std::optional<std::size_t> MemberList::update_own(std::size_t index, const WatchedMember& member) {
  return update(own_, index, member);
}

std::optional<std::size_t> MemberList::update_on_bus(std::size_t index,
                                                     const WatchedMember& member) {
  return update(on_bus_, index, member);
}

std::optional<std::size_t> MemberList::update(const Places& places, std::size_t index,
                                              const WatchedMember& member) {
  if (index >= places.size() || !places[index]) return std::nullopt;
  all_[*places[index]] = member;
  return places[index];
}

std::string MemberList::stand_in_of(const std::string& service) const {
  const auto found = stand_ins_.find(service);
  return found == stand_ins_.end() ? "" : found->second;
}

}  // namespace dmb
