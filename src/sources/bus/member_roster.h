// SPDX-License-Identifier: MIT
#pragma once

#include "battery_service.h"
#include "member_ids.h"
#include "sources/bus/battery_watcher.h"

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dmb {

/// The members: each battery once, however many services show it, under an id that stays its own.
class MemberRoster {
 public:
  using Services = std::span<const BatteryService* const>;

  /// Who of those that count is not heard, because another one stands for it.
  struct NotHeard {
    std::string instead = {};  ///< the service that is heard
    bool tracked = false;      ///< `instead` is an aggregate that has it in its sum
  };

  /// `counting`: the services that count, in the order of their names; any two that are the same
  /// shunt are one. `may_log`: whether one that shows up twice is worth a line.
  void rebuild(Services counting, bool may_log);

  /// Of a bank: whatever shows or tracks the same battery counts once. `all`: in the order of their
  /// names, also those that do not count.
  void rebuild_bank(Services all, bool may_log);

  std::span<const WatchedMember> members() const { return members_; }
  /// Takes over its values; returns its index, nullopt when its battery is heard elsewhere.
  std::optional<std::size_t> update(const BatteryService& service);
  /// nullptr: it is heard, or does not count. Valid until the next change.
  const NotHeard* not_heard(std::string_view service) const;

  /// It never counted, whatever it looked like.
  void forget(const BatteryService& service);
  bool has_forgotten() const { return !forgotten_.empty(); }
  /// MemberNews::forgotten, once.
  std::vector<std::string> take_forgotten();

 private:
  void rebuild(Services counting, std::vector<std::optional<NotHeard>> not_heard, bool may_log);
  void note(const BatteryService& service, const NotHeard& instead, bool may_log);

  std::vector<WatchedMember> members_;
  std::unordered_map<std::string, std::size_t> index_;      ///< of members_, by service name
  std::map<std::string, NotHeard, std::less<>> not_heard_;  ///< by service
  MemberIds ids_;
  std::vector<std::string> forgotten_;
};

}  // namespace dmb
