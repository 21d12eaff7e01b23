// SPDX-License-Identifier: MIT
#include "dmb/domain/repeats.h"

#include <utility>

namespace dmb {

std::optional<unsigned> Repeats::count(std::string_view cause, Instant now) {
  const auto found = entries_.find(cause);
  if (found == entries_.end()) {
    if (entries_.size() >= kMaxCauses) return std::nullopt;
    entries_.emplace(cause, Entry{now, 0});
    return 1;
  }
  Entry& entry = found->second;
  ++entry.since;
  if (now - entry.said < kSayAgain) return std::nullopt;
  entry.said = now;
  return std::exchange(entry.since, 0);
}

void Repeats::forget(std::string_view cause) {
  const auto found = entries_.find(cause);
  if (found != entries_.end()) entries_.erase(found);
}

}  // namespace dmb
