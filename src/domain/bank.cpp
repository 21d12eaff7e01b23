// SPDX-License-Identifier: MIT
#include "dmb/domain/bank.h"

#include <utility>

namespace dmb {

void Bank::replace(std::vector<ShuntSnapshot> members) {
  members_ = std::move(members);
  stale_ = StaleValues::everything();
}

void Bank::set(std::size_t index, const ShuntValues& values, std::optional<double> capacity_ah) {
  ShuntSnapshot& member = members_[index];
  for (ShuntItem item = 0; item < values.size(); ++item)
    if (member.values[item] != values[item]) stale_.items.set(item);
  if (member.capacity_ah != capacity_ah) stale_.capacity = true;
  member.values = values;
  member.capacity_ah = capacity_ah;
}

const Aggregate& Bank::aggregate() {
  if (stale_.any()) refresh(aggregate_, members_, rules_, std::exchange(stale_, {}));
  return aggregate_;
}

}  // namespace dmb
