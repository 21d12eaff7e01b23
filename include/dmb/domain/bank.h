// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/domain/aggregate.h"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace dmb {

/// The members and their aggregate, kept up to date: a new value costs what depends on it, not what
/// all the other values do. aggregate() is always what dmb::aggregate() says of members().
class Bank {
 public:
  explicit Bank(AggregateRules rules) : rules_(rules) {}

  std::span<const ShuntSnapshot> members() const { return members_; }
  bool empty() const { return members_.empty(); }

  /// Members came or went.
  void replace(std::vector<ShuntSnapshot> members);
  /// One member told something new. `index` as in members().
  void set(std::size_t index, const ShuntValues& values, std::optional<double> capacity_ah);

  const Aggregate& aggregate();

 private:
  AggregateRules rules_;
  std::vector<ShuntSnapshot> members_;
  Aggregate aggregate_;
  StaleValues stale_;
};

}  // namespace dmb
