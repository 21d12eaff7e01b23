// SPDX-License-Identifier: MIT
#include "burst.h"

#include <functional>
#include <utility>

namespace dmb {

void Burst::note(std::string_view topic, bool retained, Instant now) {
  if (!end_) end_ = now + window_;
  if (retained) return;
  live_ = true;
  std::uint64_t& came_in = came_in_[std::hash<std::string_view>()(topic)];
  if (came_in != 0 && came_in != number_) --awaited_;
  came_in = number_;
}

Burst::Gathered Burst::finish() {
  end_.reset();
  if (std::exchange(live_, false)) {
    ++number_;
    std::erase_if(came_in_, [this](const auto& topic) { return topic.second + 2 < number_; });
  }
  awaited_ = came_in_.size();
  awaited_any_ = awaited_ > 0;
  return std::exchange(gathered_, {});
}

void Burst::forget_topics() {
  drop();
  came_in_.clear();
  awaited_ = 0;
  awaited_any_ = false;
}

}  // namespace dmb
