// SPDX-License-Identifier: MIT
#include "dmb/device/topic_choice.h"

#include <algorithm>

namespace dmb {
namespace {

/// Whoever may publish decides how many there are.
constexpr std::size_t kMaxOthers = 8;

}  // namespace

TopicChoice::TopicChoice(std::string_view filter)
    : wild_(filter.find_first_of("+#") != std::string_view::npos), chosen_(wild_ ? "" : filter) {}

TopicChoice::Verdict TopicChoice::judge(std::string_view topic, bool is_life, bool alive) {
  if (!wild_) return Verdict::ours;
  if (topic == chosen_ || chosen_.empty()) return choose(topic, is_life, Verdict::ours);
  if (is_life && (!proven_ || !alive)) return choose(topic, is_life, Verdict::takes_over);
  note_other(topic);
  return Verdict::other;
}

TopicChoice::Verdict TopicChoice::choose(std::string_view topic, bool is_life, Verdict verdict) {
  if (verdict == Verdict::takes_over) note_other(chosen_);
  proven_ = is_life || (proven_ && topic == chosen_);
  chosen_ = topic;
  std::erase(others_, chosen_);
  return verdict;
}

void TopicChoice::note_other(std::string_view topic) {
  if (others_.size() < kMaxOthers && std::ranges::find(others_, topic) == others_.end())
    others_.emplace_back(topic);
}

}  // namespace dmb
