// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/measurement_graph.h"
#include "dmb/bank/member_news.h"

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dmb {

/// Members of one kind: those of this process, or those on the bus.
struct MemberGroup {
  std::span<const WatchedMember> members;
  std::vector<MeasurementNode> nodes;  ///< of those of this process in the same order
};

/// All members of a bank: the batteries of this process, then those on the bus, each battery once.
class MemberList {
 public:
  void rebuild(const MemberGroup& own, const MemberGroup& on_bus);

  std::span<const WatchedMember> all() const { return all_; }
  /// Takes over what is new of the member `index` of its group. Returns its index in all();
  /// nullopt: another one stands for it.
  std::optional<std::size_t> update_own(std::size_t index, const WatchedMember& member);
  std::optional<std::size_t> update_on_bus(std::size_t index, const WatchedMember& member);

  /// Which service counts instead of this one; empty: none.
  std::string stand_in_of(const std::string& service) const;

 private:
  using Places = std::vector<std::optional<std::size_t>>;

  void add(std::span<const WatchedMember> members, Places& places);
  std::optional<std::size_t> update(const Places& places, std::size_t index,
                                    const WatchedMember& member);

  std::vector<WatchedMember> all_;
  Places own_;  ///< index of all_, by index of the group
  Places on_bus_;
  std::map<std::string, std::string> stand_ins_;  ///< by the service that they stand for
};

}  // namespace dmb
