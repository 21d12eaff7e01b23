// SPDX-License-Identifier: MIT
#include "dmb/bank/measurement_graph.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <unordered_map>

namespace dmb {
namespace {

constexpr std::size_t kMaxServices = 200;

using Indexes = std::vector<std::size_t>;

/// Nodes by service; of several of one name the first.
class ServiceIndex {
 public:
  explicit ServiceIndex(std::span<const MeasurementNode> nodes) {
    for (std::size_t i = 0; i < nodes.size(); ++i)
      if (!nodes[i].service.empty()) index_.try_emplace(nodes[i].service, i);
  }

  std::optional<std::size_t> find(std::string_view service) const {
    const auto found = index_.find(service);
    return found == index_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  std::unordered_map<std::string_view, std::size_t> index_;
};

/// Which aggregate that counts has whom in its sum.
class Tracking {
 public:
  Tracking(std::span<const MeasurementNode> nodes, const ServiceIndex& services)
      : nodes_(nodes), tracker_(nodes.size()) {
    for (const MeasurementNode& node : nodes) tracked_.push_back(resolve(node, services));
    Indexes members;
    for (std::size_t i = 0; i < nodes.size(); ++i)
      if (nodes[i].is_aggregate && nodes[i].is_member) members.push_back(i);
    std::vector<std::vector<bool>> reach;
    for (const std::size_t member : members) reach.push_back(reach_of(member));
    for (std::size_t a = 0; a < members.size(); ++a)
      if (is_first(a, members, reach)) claim(members[a], reach[a]);
  }

  /// nullopt: none.
  std::optional<std::size_t> tracker(std::size_t index) const { return tracker_[index]; }

 private:
  static Indexes resolve(const MeasurementNode& node, const ServiceIndex& services) {
    Indexes found;
    if (!node.is_aggregate) return found;
    for (const std::string& service : node.tracks)
      if (const auto index = services.find(service)) found.push_back(*index);
    return found;
  }

  std::vector<bool> reach_of(std::size_t start) const {
    std::vector<bool> reached(nodes_.size());
    Indexes open{start};
    while (!open.empty()) {
      const std::size_t at = open.back();
      open.pop_back();
      for (const std::size_t next : tracked_[at]) {
        if (reached[next]) continue;
        reached[next] = true;
        open.push_back(next);
      }
    }
    return reached;
  }

  /// No other member has it in its sum; of those that have each other, the first by name.
  bool is_first(std::size_t a, const Indexes& members,
                std::span<const std::vector<bool>> reach) const {
    const auto stands_for_it = [&](std::size_t b) {
      if (b == a || !reach[b][members[a]]) return false;
      return !reach[a][members[b]] || std::pair(nodes_[members[b]].service, members[b]) <
                                          std::pair(nodes_[members[a]].service, members[a]);
    };
    for (std::size_t b = 0; b < members.size(); ++b)
      if (stands_for_it(b)) return false;
    return true;
  }

  void claim(std::size_t aggregate, const std::vector<bool>& reach) {
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      if (reach[i] && i != aggregate && !tracker_[i]) tracker_[i] = aggregate;
  }

  std::span<const MeasurementNode> nodes_;
  std::vector<Indexes> tracked_;
  std::vector<std::optional<std::size_t>> tracker_;
};

/// Nodes that measure the same battery, as disjoint sets.
class SameHardware {
 public:
  explicit SameHardware(std::size_t count) : parent_(count) {
    std::iota(parent_.begin(), parent_.end(), std::size_t{0});
  }

  std::size_t set_of(std::size_t index) {
    while (parent_[index] != index) index = parent_[index] = parent_[parent_[index]];
    return index;
  }
  void join(std::size_t a, std::size_t b) { parent_[set_of(a)] = set_of(b); }

 private:
  Indexes parent_;
};

/// Joins all that have a key in common.
class Keys {
 public:
  explicit Keys(SameHardware& sets) : sets_(sets) {}
  void add(std::string_view key, std::size_t index) {
    const auto [found, is_first] = first_.try_emplace(key, index);
    if (!is_first) sets_.join(index, found->second);
  }

 private:
  SameHardware& sets_;
  std::unordered_map<std::string_view, std::size_t> first_;
};

SameHardware find_same(std::span<const MeasurementNode> nodes, const Indexes& having_a_say,
                       const ServiceIndex& services) {
  SameHardware sets(nodes.size());
  Keys serials(sets);
  Keys devices(sets);
  Keys owners(sets);
  std::unordered_map<std::int64_t, std::size_t> instances;
  std::vector<bool> has_a_say(nodes.size());
  for (const std::size_t i : having_a_say) {
    const MeasurementNode& node = nodes[i];
    has_a_say[i] = true;
    if (is_telling_serial(node.serial)) serials.add(node.serial, i);
    if (!node.physical_device.empty()) devices.add(node.physical_device, i);
    if (!node.owner.empty()) owners.add(node.owner, i);
    if (node.instance && !node.is_own) instances.try_emplace(*node.instance, i);
  }
  for (const std::size_t i : having_a_say) {
    for (const std::string& peer : nodes[i].peers)
      if (const auto other = services.find(peer); other && has_a_say[*other]) sets.join(i, *other);
    const auto read = instances.find(nodes[i].read_instance.value_or(-1));
    if (nodes[i].read_instance && read != instances.end()) sets.join(i, read->second);
  }
  return sets;
}

bool is_authority(const MeasurementNode& node, std::span<const MeasurementNode> nodes,
                  const Indexes& set) {
  return !node.service.empty() && std::ranges::any_of(set, [&](std::size_t other) {
    return nodes[other].authority == node.service;
  });
}

std::size_t best_of(std::span<const MeasurementNode> nodes, const Indexes& set) {
  const auto rank = [&](std::size_t i) {
    const MeasurementNode& node = nodes[i];
    return std::tuple(!is_authority(node, nodes, set), !node.has_bms, !node.is_own, ~node.arrival,
                      std::string_view(node.service), i);
  };
  return std::ranges::min(set, {}, rank);
}

}  // namespace

std::vector<std::optional<StandIn>> find_stand_ins(std::span<const MeasurementNode> nodes) {
  const ServiceIndex services(nodes);
  const Tracking tracking(nodes, services);
  std::vector<std::optional<StandIn>> stand_ins(nodes.size());
  const auto replace = [&](std::size_t index, StandIn::Why why, std::size_t by) {
    if (nodes[index].is_member) stand_ins[index] = StandIn{why, by};
  };

  Indexes having_a_say;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const auto tracker = tracking.tracker(i);
    if (!nodes[i].is_aggregate && (nodes[i].is_member || tracker)) having_a_say.push_back(i);
    if (nodes[i].is_aggregate && tracker) replace(i, StandIn::Why::tracked, *tracker);
  }
  SameHardware same = find_same(nodes, having_a_say, services);
  std::unordered_map<std::size_t, Indexes> sets;
  for (const std::size_t i : having_a_say) sets[same.set_of(i)].push_back(i);
  for (const auto& [_, set] : sets) {
    const auto tracked =
        std::ranges::find_if(set, [&](std::size_t i) { return tracking.tracker(i).has_value(); });
    const bool is_tracked = tracked != set.end();
    const std::size_t by = is_tracked ? *tracking.tracker(*tracked) : best_of(nodes, set);
    for (const std::size_t i : set)
      if (i != by) replace(i, is_tracked ? StandIn::Why::tracked : StandIn::Why::same_hardware, by);
  }
  return stand_ins;
}

std::vector<std::string> parse_services(std::string_view list) {
  std::vector<std::string> services;
  while (!list.empty() && services.size() < kMaxServices) {
    const std::size_t end = std::min(list.find(','), list.size());
    std::string_view service = list.substr(0, end);
    service.remove_prefix(std::min(service.find_first_not_of(' '), service.size()));
    service = service.substr(0, service.find_last_not_of(' ') + 1);
    if (!service.empty()) services.emplace_back(service);
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return services;
}

bool is_telling_serial(std::string_view serial) {
  return serial.find_first_not_of("0 -") != std::string_view::npos;
}

}  // namespace dmb
