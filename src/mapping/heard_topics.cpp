// SPDX-License-Identifier: MIT
#include "heard_topics.h"

namespace dmb {
namespace {

constexpr std::size_t kMaxTopics = 20'000;
constexpr std::size_t kMaxBytes = 16 << 20;
constexpr std::size_t kHeldBackTopics = 2'000;
constexpr std::size_t kHeldBackBytes = 8 << 20;
constexpr std::size_t kPerTopic = 200;  ///< what a topic costs beside its texts

}  // namespace

bool HeardTopics::keep(std::string_view topic, std::string_view payload, bool likely) {
  auto found = topics_.find(topic);
  const bool is_new = found == topics_.end();
  const std::size_t needed = payload.size() * 3 + (is_new ? topic.size() + kPerTopic : 0);
  const std::size_t most_bytes = kMaxBytes + (likely ? kHeldBackBytes : 0);
  const std::size_t most_topics = kMaxTopics + (likely ? kHeldBackTopics : 0);
  if (bytes_ + needed > most_bytes || (is_new && topics_.size() >= most_topics)) return false;
  if (is_new) {
    found = topics_.emplace(topic, Payloads{.first = std::string(payload)}).first;
    bytes_ += topic.size() + kPerTopic + payload.size();
  }
  Payloads& payloads = found->second;
  bytes_ -= payloads.longest.size() + payloads.last.size();
  if (payload.size() > payloads.longest.size()) payloads.longest = payload;
  payloads.last = payload;
  bytes_ += payloads.longest.size() + payloads.last.size();
  return true;
}

const HeardTopics::Payloads* HeardTopics::find(std::string_view topic) const {
  const auto found = topics_.find(topic);
  return found == topics_.end() ? nullptr : &found->second;
}

}  // namespace dmb
