// SPDX-License-Identifier: MIT
#pragma once

#include "shunt_ids.h"
#include "shunt_service.h"
#include "sources/bus/shunt_watcher.h"

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dmb {

/// The members: each shunt once, however many services show it, under an id that stays its own.
class ShuntRoster {
 public:
  /// `counting`: the services that count, in the order of their names. `may_log`: whether a shunt
  /// that shows up twice is worth a line.
  void rebuild(std::span<const ShuntService* const> counting, bool may_log);

  std::span<const WatchedShunt> members() const { return members_; }
  /// Takes over its values; returns its index, nullopt when its shunt is heard elsewhere.
  std::optional<std::size_t> update(const ShuntService& service);
  /// The service that is heard instead; empty: none.
  std::string heard_at(std::string_view service) const;

  /// It never counted, whatever it looked like.
  void forget(const ShuntService& service);
  bool has_forgotten() const { return !forgotten_.empty(); }
  /// MemberNews::forgotten, once.
  std::vector<std::string> take_forgotten();

 private:
  void note_twins(std::span<const ShuntService* const> counting,
                  std::span<const std::optional<std::size_t>> heard_at, bool may_log);

  std::vector<WatchedShunt> members_;
  std::unordered_map<std::string, std::size_t> index_;        ///< of members_, by service name
  std::map<std::string, std::string, std::less<>> heard_at_;  ///< by service that is not heard
  ShuntIds ids_;
  std::vector<std::string> forgotten_;
};

}  // namespace dmb
