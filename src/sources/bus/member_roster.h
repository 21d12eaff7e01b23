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
  /// `counting`: the services that count, in the order of their names. `may_log`: whether one
  /// that shows up twice is worth a line.
  void rebuild(std::span<const BatteryService* const> counting, bool may_log);

  std::span<const WatchedMember> members() const { return members_; }
  /// Takes over its values; returns its index, nullopt when its battery is heard elsewhere.
  std::optional<std::size_t> update(const BatteryService& service);
  /// The service that is heard instead; empty: none.
  std::string heard_at(std::string_view service) const;

  /// It never counted, whatever it looked like.
  void forget(const BatteryService& service);
  bool has_forgotten() const { return !forgotten_.empty(); }
  /// MemberNews::forgotten, once.
  std::vector<std::string> take_forgotten();

 private:
  void note_twins(std::span<const BatteryService* const> counting,
                  std::span<const std::optional<std::size_t>> heard_at, bool may_log);

  std::vector<WatchedMember> members_;
  std::unordered_map<std::string, std::size_t> index_;        ///< of members_, by service name
  std::map<std::string, std::string, std::less<>> heard_at_;  ///< by service that is not heard
  MemberIds ids_;
  std::vector<std::string> forgotten_;
};

}  // namespace dmb
