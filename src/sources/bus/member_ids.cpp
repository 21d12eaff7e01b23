// SPDX-License-Identifier: MIT
#include "member_ids.h"

#include <algorithm>
#include <cstddef>

namespace dmb {

namespace {

/// More than any bus will ever see of honest ones.
constexpr std::size_t kMaxRemembered = 1000;

bool contains(std::span<const std::string> ids, const std::string& id) {
  return std::ranges::find(ids, id) != ids.end();
}

}  // namespace

/// Serials first: no guess may take the place of one that is there.
std::vector<std::string> MemberIds::assign(std::span<const Member> members) {
  std::vector<std::string> ids(members.size());
  for (std::size_t i = 0; i < members.size(); ++i)
    if (!members[i].hidden) ids[i] = members[i].serial;
  for (std::size_t i = 0; i < members.size(); ++i)
    if (!members[i].hidden && ids[i].empty()) ids[i] = guess(members[i].service, ids);
  retire(members, ids);
  return ids;
}

std::string MemberIds::guess(const std::string& service, std::span<const std::string> taken) const {
  const auto last = last_of_service_.find(service);
  std::string id = last == last_of_service_.end() ? service : last->second;
  if (contains(taken, id)) id = service;
  while (contains(taken, id)) id += '+';  // a serial like that is nobody's
  return id;
}

/// A service's own name was a stand-in, once its battery turns out to have a serial or to be
/// another service's.
void MemberIds::retire(std::span<const Member> members, std::span<const std::string> ids) {
  for (std::size_t i = 0; i < members.size(); ++i) {
    const std::string& service = members[i].service;
    const auto last = last_of_service_.find(service);
    const bool stood_in = last != last_of_service_.end() && last->second.starts_with(service);
    if (stood_in && last->second != ids[i] && !contains(ids, last->second))
      retired_.push_back(last->second);
    const std::string& now = members[i].hidden ? members[i].serial : ids[i];
    if (last != last_of_service_.end() && !now.empty())
      last->second = now;
    else if (!now.empty() && last_of_service_.size() < kMaxRemembered)
      last_of_service_.emplace(service, now);
  }
}

std::vector<std::string> MemberIds::known_as(const std::string& service,
                                             const std::string& serial) const {
  std::vector<std::string> ids{service};
  if (!serial.empty()) ids.push_back(serial);
  const auto last = last_of_service_.find(service);
  if (last != last_of_service_.end() && !contains(ids, last->second)) ids.push_back(last->second);
  return ids;
}

}  // namespace dmb
