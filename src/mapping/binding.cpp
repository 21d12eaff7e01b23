// SPDX-License-Identifier: MIT
#include "binding.h"

namespace dmb {

Bindings::Verdict Bindings::judge(std::string_view beginning, std::string_view text, bool retained,
                                  Instant now) {
  const auto live_at = retained ? std::nullopt : std::optional(now);
  const auto found = bound_.find(beginning);
  if (found == bound_.end()) {
    bound_.emplace(beginning, Bound{std::string(text), live_at});
    return Verdict::ours;
  }
  Bound& bound = found->second;
  if (bound.text == text) {
    if (live_at) bound.live_at = live_at;
    return Verdict::ours;
  }
  const bool silent = !bound.live_at || (timeout_ && now - *bound.live_at >= *timeout_);
  if (retained || !silent) return Verdict::other;
  bound = {std::string(text), live_at};
  return Verdict::takes_over;
}

bool Bindings::note_other(std::string_view beginning, std::string_view text) {
  constexpr std::size_t kMaxOthers = 32;
  if (others_.size() >= kMaxOthers) return false;
  return others_.insert(std::string(beginning).append(text)).second;
}

std::optional<std::string_view> Bindings::text_behind(std::string_view beginning) const {
  const auto found = bound_.find(beginning);
  return found == bound_.end() ? std::nullopt : std::optional<std::string_view>(found->second.text);
}

void Bindings::clear() {
  bound_.clear();
  others_.clear();
}

}  // namespace dmb
