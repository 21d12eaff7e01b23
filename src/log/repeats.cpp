// SPDX-License-Identifier: MIT
#include "log/repeats.h"

#include <utility>

namespace dmb {

std::optional<unsigned> Repeats::count(std::string_view cause, Instant now, Named named) {
  const auto found = entries_.find(cause);
  if (found == entries_.end()) {
    if (named == Named::by_others && !has_room(now)) return std::nullopt;
    entries_.emplace(cause, Entry{now, now, 0});
    return 1;
  }
  Entry& entry = found->second;
  entry.last = now;
  ++entry.since;
  if (now - entry.said < kSayAgain) return std::nullopt;
  entry.said = now;
  return std::exchange(entry.since, 0);
}

/// Looked for at most once a second: whoever floods us with new causes must not make each of them
/// cost a walk over all.
bool Repeats::has_room(Instant now) {
  if (entries_.size() < kMaxCauses) return true;
  if (now - looked_ < std::chrono::seconds(1)) return false;
  looked_ = now;
  std::erase_if(entries_, [now](const auto& e) { return now - e.second.last >= kSayAgain; });
  return entries_.size() < kMaxCauses;
}

void Repeats::forget(std::string_view cause) {
  const auto found = entries_.find(cause);
  if (found != entries_.end()) entries_.erase(found);
}

}  // namespace dmb
