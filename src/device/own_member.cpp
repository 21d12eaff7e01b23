// SPDX-License-Identifier: MIT
#include "dmb/device/own_member.h"

#include "dmb/bank/member_texts.h"

#include <optional>
#include <utility>

namespace dmb {
namespace {

constexpr MemberQuantity kColdest = q("/System/MinCellTemperature");
constexpr MemberQuantity kHottest = q("/System/MaxCellTemperature");

/// Of sensors that are told one by one: a bank must not charge what freezes.
std::optional<double> temperature_c(const ItemValues& values, bool hottest) {
  std::optional<double> found_c;
  for (const Quantity id : {q("/System/Temperature1"), q("/System/Temperature2"),
                            q("/System/Temperature3"), q("/System/Temperature4")}) {
    const auto one_c = values.number(id);
    if (one_c && (!found_c || (hottest ? *one_c > *found_c : *one_c < *found_c))) found_c = one_c;
  }
  return found_c;
}

std::optional<double> number_of(const ItemValues& values, MemberQuantity item) {
  const auto told = values.number(item.quantity());
  if (told || (item != kColdest && item != kHottest)) return told;
  return temperature_c(values, item == kHottest);
}

}  // namespace

bool update_own_member(const ItemValues& values, WatchedMember& member) {
  MemberSnapshot& snapshot = member.snapshot;
  bool changed = false;
  for (const MemberQuantity item : kAllMemberQuantities) {
    const auto number = number_of(values, item);
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
