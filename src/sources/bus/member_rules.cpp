// SPDX-License-Identifier: MIT
#include "member_rules.h"

#include <algorithm>

namespace dmb::member_rules {
namespace {

bool names_any(const MemberChoice& choice) {
  return !choice.members.empty() || !choice.shunt.empty() || !choice.pairs.empty();
}

}  // namespace

Chosen judge(const ServiceIdentity& identity, const WatchRules& rules) {
  if (rules.bank) return choose({identity}, *rules.bank);
  return {membership(identity, {rules.excluded, rules.included})};
}

bool may_change(Membership membership, const WatchRules& rules) {
  switch (membership) {
    case Membership::no_shunt:
      return !rules.included.empty();
    case Membership::derived:
    case Membership::monitor:
    case Membership::same_program:
      return rules.bank && names_any(*rules.bank);
    default:
      return true;
  }
}

bool is_out(Membership before, Membership now) {
  switch (now) {
    case Membership::excluded:
    case Membership::derived:
      return true;
    case Membership::member:
    case Membership::undecided:
      return false;
    default:
      return before == Membership::member;
  }
}

std::vector<std::string> entries(const WatchRules& rules) {
  std::vector<std::string> all = rules.excluded;
  all.insert(all.end(), rules.included.begin(), rules.included.end());
  if (!rules.bank) return all;
  const MemberChoice& bank = *rules.bank;
  all.insert(all.end(), bank.members.begin(), bank.members.end());
  if (!bank.shunt.empty()) all.push_back(bank.shunt);
  for (const auto& pair : bank.pairs) all.insert(all.end(), {pair.battery, pair.shunt});
  std::erase_if(all, [&](const std::string& entry) { return is_of_own(entry, bank); });
  return all;
}

bool is_meant(const ServiceIdentity& identity, std::string_view entry, const WatchRules& rules) {
  return rules.bank ? dmb::is_meant({identity}, entry, *rules.bank) : is_named(identity, entry);
}

std::string_view why_not(Membership membership) {
  switch (membership) {
    case Membership::derived:
      return "it is computed from other batteries";
    case Membership::monitor:
      return "it is a mere monitor, and a battery's own BMS measures the same; \"members\", "
             "\"shunt\" or \"pair\" can name it";
    case Membership::same_program:
      return "another instance of this program shows it; \"members\" can name it";
    default:
      return "";
  }
}

}  // namespace dmb::member_rules
