// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/quantity.h"
#include "dmb/battery/value.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

namespace dmb {

/// The values of some of the many quantities, side by side in the order of the table; takes no
/// room for those it lacks. What is invalid is lacking as well.
class SparseValues {
 public:
  struct Entry {
    Quantity quantity;
    Value value;
    bool operator==(const Entry&) const = default;
  };

  /// nullptr: lacking. Valid until the next change.
  const Value* find(Quantity quantity) const {
    const auto found = std::ranges::lower_bound(entries_, quantity, {}, &Entry::quantity);
    return found != entries_.end() && found->quantity == quantity ? &found->value : nullptr;
  }

  /// Returns whether that changed anything.
  bool set(Quantity quantity, OptValue value) {
    const auto found = std::ranges::lower_bound(entries_, quantity, {}, &Entry::quantity);
    const bool is_here = found != entries_.end() && found->quantity == quantity;
    if (is_here ? value == found->value : !value) return false;
    if (!value)
      entries_.erase(found);
    else if (is_here)
      found->value = std::move(*value);
    else
      entries_.insert(found, {quantity, std::move(*value)});
    return true;
  }

  /// Gives the room back, too.
  void clear() { entries_ = {}; }

  std::span<const Entry> all() const { return entries_; }
  bool operator==(const SparseValues&) const = default;

 private:
  std::vector<Entry> entries_;
};

}  // namespace dmb
