// SPDX-License-Identifier: MIT
#include "dmb/device/own_member.h"

#include "dmb/bank/member_texts.h"

#include <utility>

namespace dmb {

bool update_own_member(const ItemValues& values, WatchedMember& member) {
  MemberSnapshot& snapshot = member.snapshot;
  bool changed = false;
  for (const MemberQuantity item : kAllMemberQuantities) {
    const auto number = values.number(item.quantity());
    changed = changed || snapshot.values[item] != number;
    snapshot.values[item] = number;
  }
  for (const MemberText& item : kMemberTexts) {
    const OptValue& value = values[item.quantity].value;
    changed = set_text(snapshot.texts.*item.text, value ? &*value : nullptr) || changed;
  }
  return changed;
}

WatchedMember own_member(const ItemValues& values, OwnIdentity identity) {
  WatchedMember member;
  member.snapshot.id = std::move(identity.id);
  member.snapshot.service = std::move(identity.service);
  member.snapshot.name = std::move(identity.name);
  update_own_member(values, member);
  return member;
}

}  // namespace dmb
