// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/quantity.h"
#include "dmb/battery/value.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace dmb {

/// The values of one service's items, one slot per quantity of its table.
/// An item may exist on the bus and be invalid: systemcalc goes by either.
class ItemValues {
 public:
  struct Slot {
    bool exists = false;
    OptValue value;
    bool operator==(const Slot&) const = default;
  };

  /// Of the first `count` quantities.
  explicit ItemValues(std::size_t count = kQuantities) : slots_(count) {}

  const Slot& operator[](Quantity id) const { return slots_[id.index()]; }
  std::size_t size() const { return slots_.size(); }
  /// Those that exist, in the order of the table: some hundred of the many that could.
  std::span<const Quantity> existing() const { return existing_; }

  /// Makes the item exist, if need be as an invalid one.
  void bring(Quantity id) {
    if (slots_[id.index()].exists) return;
    slots_[id.index()].exists = true;
    existing_.insert(std::ranges::upper_bound(existing_, id), id);
  }

  /// Makes the item exist, with this value.
  void set(Quantity id, OptValue value) {
    bring(id);
    slots_[id.index()].value = std::move(value);
  }

  /// set() of an item that exists, for values that are mostly there already.
  void keep_or_set(Quantity id, const OptValue& value) {
    if (slots_[id.index()].value != value) slots_[id.index()].value = value;
  }

  /// The number an item holds, or nullopt when it is invalid, absent, or text.
  std::optional<double> number(Quantity id) const {
    const OptValue& value = slots_[id.index()].value;
    if (!value) return std::nullopt;
    if (const auto* d = std::get_if<double>(&*value)) return *d;
    if (const auto* i = std::get_if<std::int32_t>(&*value)) return *i;
    return std::nullopt;
  }

  bool operator==(const ItemValues&) const = default;

 private:
  std::vector<Slot> slots_;
  std::vector<Quantity> existing_;
};

}  // namespace dmb
