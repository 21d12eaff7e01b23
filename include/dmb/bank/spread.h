// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/member.h"

#include <algorithm>
#include <cstddef>
#include <span>

namespace dmb {

/// What sums, means and extremes need, in one pass over the members that have the value.
struct Spread {
  std::size_t count = 0;
  double sum = 0;
  double lowest = 0;
  double highest = 0;

  void add(double value) {
    lowest = count == 0 ? value : std::min(lowest, value);
    highest = count == 0 ? value : std::max(highest, value);
    sum += value;
    ++count;
  }
  double mean() const { return sum / static_cast<double>(count); }
};

inline Spread spread_of(std::span<const MemberSnapshot> members, MemberQuantity item) {
  Spread spread;
  for (const MemberSnapshot& member : members)
    if (const auto& value = member.values[item]) spread.add(*value);
  return spread;
}

}  // namespace dmb
