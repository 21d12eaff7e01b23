// SPDX-License-Identifier: MIT
#include "member_roster.h"

#include "dmb/bank/measurement_graph.h"
#include "dmb/bank/shunt_selection.h"
#include "dmb/codec/text.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

namespace dmb {

namespace {

using Services = MemberRoster::Services;
using NotHeard = MemberRoster::NotHeard;

/// Of shunts.
std::vector<std::optional<NotHeard>> find_twins(Services services) {
  std::vector<ShuntPlace> places;
  for (const BatteryService* service : services)
    places.push_back({service->identity().serial, service->owner(), service->arrival()});
  std::vector<std::optional<NotHeard>> twins;
  for (const auto& at : find_superseded(places))
    twins.push_back(at ? std::optional<NotHeard>({.instead = services[*at]->name()})
                       : std::nullopt);
  return twins;
}

/// By service, of those of a bank.
std::map<std::string_view, NotHeard> find_in_graph(Services all) {
  std::vector<MeasurementNode> nodes;
  for (const BatteryService* service : all) nodes.push_back(service->node());
  const auto stand_ins = find_stand_ins(nodes);
  std::map<std::string_view, NotHeard> found;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (const auto& stand_in = stand_ins[i])
      found[all[i]->name()] = {.instead = all[stand_in->by]->name(),
                               .tracked = stand_in->why == StandIn::Why::tracked};
  return found;
}

/// Members in the order of the config, then shunts.
bool comes_first(const BatteryService* a, const BatteryService* b) {
  return std::tuple(a->place().role, a->place().position) <
         std::tuple(b->place().role, b->place().position);
}

}  // namespace

void MemberRoster::rebuild(Services counting, bool may_log) {
  rebuild(counting, find_twins(counting), may_log);
}

void MemberRoster::rebuild_bank(Services all, bool may_log) {
  std::vector<const BatteryService*> counting;
  std::ranges::copy_if(all, std::back_inserter(counting), &BatteryService::counts);
  std::ranges::stable_sort(counting, comes_first);
  const auto first_shunt = std::ranges::find_if(counting, [](const BatteryService* service) {
    return service->place().role != MemberRole::member;
  });
  auto in_graph = find_in_graph(all);
  std::vector<std::optional<NotHeard>> not_heard;
  for (const BatteryService* member : std::span(counting.begin(), first_shunt)) {
    const auto found = in_graph.find(member->name());
    not_heard.push_back(found == in_graph.end() ? std::nullopt
                                                : std::optional(std::move(found->second)));
  }
  std::ranges::move(find_twins(std::span(first_shunt, counting.end())),
                    std::back_inserter(not_heard));
  rebuild(counting, std::move(not_heard), may_log);
}

void MemberRoster::rebuild(Services counting, std::vector<std::optional<NotHeard>> not_heard,
                           bool may_log) {
  std::vector<MemberIds::Member> members;
  const auto before = std::exchange(not_heard_, {});
  for (std::size_t i = 0; i < counting.size(); ++i) {
    const BatteryService& service = *counting[i];
    members.push_back({service.name(), service.identity().serial, not_heard[i].has_value()});
    if (!not_heard[i]) continue;
    if (!before.contains(service.name())) note(service, *not_heard[i], may_log);
    not_heard_[service.name()] = *std::move(not_heard[i]);
  }

  const auto ids = ids_.assign(members);
  members_.clear();
  index_.clear();
  for (std::size_t i = 0; i < counting.size(); ++i) {
    if (members[i].hidden) continue;
    index_[counting[i]->name()] = members_.size();
    members_.push_back(counting[i]->watched(ids[i]));
  }
  std::ranges::move(ids_.take_retired(), std::back_inserter(forgotten_));
}

/// One that an aggregate has in its sum is not missing, though it counted before that one came.
void MemberRoster::note(const BatteryService& service, const NotHeard& instead, bool may_log) {
  if (instead.tracked) forget(service);
  if (!may_log) return;
  if (instead.tracked) {
    spdlog::info("{} is not counted: {} has it in its sum", service.label(), instead.instead);
    return;
  }
  spdlog::warn(
      "{} and {} are the same {}, serial {}: only the latter is counted. If the former is a "
      "leftover of another port, restart its program",
      service.name(), instead.instead, is_smartshunt(service.identity()) ? "SmartShunt" : "battery",
      printable(service.identity().serial));
}

std::optional<std::size_t> MemberRoster::update(const BatteryService& service) {
  const auto index = index_.find(service.name());
  if (index == index_.end()) return std::nullopt;
  service.copy_values(members_[index->second]);
  return index->second;
}

const MemberRoster::NotHeard* MemberRoster::not_heard(std::string_view service) const {
  const auto found = not_heard_.find(service);
  return found == not_heard_.end() ? nullptr : &found->second;
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
