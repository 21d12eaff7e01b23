// SPDX-License-Identifier: MIT
#include "dmb/bank/known_members.h"

#include "dmb/bank/shunt_selection.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>
#include <vector>

namespace dmb {

void KnownMembers::expect(std::optional<std::size_t> count, std::size_t at_least) {
  configured_ = count;
  at_least_ = at_least;
  share_.reset();
}

void KnownMembers::set_mute(std::size_t count) {
  if (count != mute_) share_.reset();
  mute_ = count;
}

std::size_t KnownMembers::expected() const {
  return configured_.value_or(std::max({together_, present_ + off_ + mute_, at_least_}));
}

/// What one stops ends with it: that it is switched off is the way to be rid of an alarm that it
/// shows for ever.
void KnownMembers::switch_off(const std::set<std::string>& ids,
                              std::span<const MemberSnapshot> there, Instant now) {
  if (ids.empty() && off_ == 0) return;
  for (const MemberSnapshot& member : there)
    if (ids.contains(member.id)) hear(member);
  present_ = off_ = 0;
  for (auto& [id, shunt] : shunts_) {
    const bool is_off = ids.contains(id);
    if (is_off != shunt.switched_off) shunt.gone_at = now;
    shunt.switched_off = is_off;
    if (is_off) {
      shunt.present = false;
      shunt.causes.reset();
      ++off_;
    }
    if (shunt.present) ++present_;
  }
  together_ = std::max(together_, present_ + off_);
  share_.reset();
}

void KnownMembers::look(std::span<const MemberSnapshot> members, Instant now) {
  std::vector<KnownMember*> before;
  for (auto& [id, shunt] : shunts_)
    if (std::exchange(shunt.present, false)) before.push_back(&shunt);
  for (const MemberSnapshot& member : members) hear(member);
  for (KnownMember* shunt : before)
    if (!shunt->present) shunt->gone_at = now;
  present_ = members.size();
  together_ = std::max(together_, present_ + off_);
  forget_surplus();
  share_.reset();
}

KnownMember& KnownMembers::hear(const MemberSnapshot& member) {
  KnownMember& shunt = shunts_[member.id];
  if (member.capacity_ah && shunt.capacity_ah != member.capacity_ah) {
    shunt.capacity_ah = member.capacity_ah;
    share_.reset();
  }
  if (shunt.name != member.name) shunt.name = member.name;
  shunt.standing = member.standing;
  shunt.present = true;
  shunt.absent = {};
  return shunt;
}

/// Those that stop something last: a flood of strangers must not end a stop.
void KnownMembers::forget_surplus() {
  const auto forget = [this](auto&& may_go) {
    for (auto it = shunts_.begin(); shunts_.size() > kMaxMembersSeen && it != shunts_.end();)
      it = may_go(it->second) ? shunts_.erase(it) : std::next(it);
  };
  forget([](const KnownMember& shunt) { return !shunt.present && shunt.causes.none(); });
  forget([](const KnownMember& shunt) { return !shunt.present; });
}

void KnownMembers::erase(ById::iterator shunt) {
  if (shunt->second.present) --present_;
  if (shunt->second.switched_off) --off_;
  shunts_.erase(shunt);
  together_ = std::max(present_ + off_, std::min(together_, shunts_.size()));
  share_.reset();
}

void KnownMembers::let_pass(Instant now) {
  if (shunts_.size() == present_ + off_) return;
  for (auto it = shunts_.begin(); it != shunts_.end();) {
    const auto shunt = it++;
    const KnownMember& known = shunt->second;
    if (known.present || known.switched_off) continue;
    if (now - known.gone_at + known.absent >= kMemberForgottenAfter) erase(shunt);
  }
}

std::optional<Instant> KnownMembers::deadline() const {
  std::optional<Instant> first;
  if (shunts_.size() == present_ + off_) return first;
  for (const auto& [id, shunt] : shunts_)
    if (!shunt.present && !shunt.switched_off)
      first = earlier(first, shunt.gone_at + (kMemberForgottenAfter - shunt.absent));
  return first;
}

Forgetting KnownMembers::forget(std::string_view entry) {
  auto found = shunts_.end();
  bool is_there = false;
  for (auto it = shunts_.begin(); it != shunts_.end(); ++it) {
    const auto& [id, shunt] = *it;
    if (!is_named({.service = id, .custom_name = shunt.name, .serial = id}, entry)) continue;
    if (!shunt.present && found != shunts_.end()) return Forgetting::several;
    if (shunt.present)
      is_there = true;
    else
      found = it;
  }
  if (found == shunts_.end()) return is_there ? Forgetting::present : Forgetting::unknown;
  erase(found);
  return Forgetting::forgotten;
}

std::vector<std::string> KnownMembers::missing() const {
  std::vector<std::string> names;
  for (const auto& [id, shunt] : shunts_)
    if (!shunt.present && !shunt.switched_off)
      names.push_back(shunt.name == id ? id : shunt.name + " (" + id + ")");
  return names;
}

void KnownMembers::drop(const std::string& id) {
  if (const auto found = shunts_.find(id); found != shunts_.end()) erase(found);
}

double KnownMembers::share_present() const {
  if (share_) return *share_;
  std::vector<double> away_ah;
  double there_ah = 0;
  double all_ah = 0;
  std::size_t there = 0;
  bool all_known = true;
  for (const auto& [id, shunt] : shunts_) {
    if (!shunt.present && !shunt.switched_off && lost() == 0) continue;
    all_known = all_known && shunt.capacity_ah;
    const double ah = shunt.capacity_ah.value_or(0);
    if (!shunt.present && !shunt.switched_off) {
      away_ah.push_back(ah);
      continue;
    }
    all_ah += ah;
    if (shunt.switched_off || shunt.standing == Standing::disconnected) continue;
    there_ah += ah;
    ++there;
  }
  const std::size_t count = present_ + off_ + lost();
  if (count == 0 || there == count) return *(share_ = 1);
  std::ranges::sort(away_ah, std::greater());
  away_ah.resize(std::min(away_ah.size(), lost()));
  for (const double ah : away_ah) all_ah += ah;
  const auto known = static_cast<double>(present_ + off_ + away_ah.size());
  if (all_known && all_ah > 0) {
    // Lost ones that were never heard count as the mean of the others.
    share_ = there_ah / (all_ah / known * static_cast<double>(count));
  } else {
    share_ = static_cast<double>(there) / static_cast<double>(count);
  }
  return *share_;
}

/// Those first that are there, then those that stop something.
BankMemory KnownMembers::memory(Instant now) const {
  BankMemory memory{.heard_together = std::min(together_, kMaxShuntsRemembered),
                    .shunts = {},
                    .charge = {},
                    .discharge = {}};
  const auto remember = [&](auto&& belongs) {
    for (const auto& [id, shunt] : shunts_) {
      if (memory.shunts.size() >= kMaxShuntsRemembered || !belongs(shunt)) continue;
      const auto gone = std::chrono::duration_cast<std::chrono::hours>(now - shunt.gone_at);
      const auto away = shunt.present ? std::chrono::hours(0) : shunt.absent + gone;
      memory.shunts.push_back({id, shunt.name, shunt.capacity_ah, shunt.causes, away});
    }
  };
  remember([](const KnownMember& shunt) { return shunt.present; });
  remember([](const KnownMember& shunt) { return !shunt.present && shunt.causes.any(); });
  remember([](const KnownMember& shunt) { return !shunt.present && shunt.causes.none(); });
  return memory;
}

void KnownMembers::resume(const BankMemory& memory, Instant now) {
  for (const BankMemory::Shunt& shunt : memory.shunts) {
    if (shunts_.size() >= kMaxMembersSeen) break;
    shunts_[shunt.id] = {.name = shunt.name,
                         .capacity_ah = shunt.capacity_ah,
                         .causes = shunt.causes,
                         .gone_at = now,
                         .absent = shunt.away};
  }
  together_ = std::min(memory.heard_together, shunts_.size());
  share_.reset();
}

}  // namespace dmb
