// SPDX-License-Identifier: MIT
#include "mqtt/outbox.h"

#include <algorithm>
#include <utility>

namespace dmb {

void Outbox::put(Publication what) {
  const auto older = std::ranges::find(waiting_, what.topic, &Publication::topic);
  if (older == waiting_.end())
    waiting_.push_back(std::move(what));
  else
    *older = std::move(what);
}

std::optional<Publication> Outbox::take() {
  if (waiting_.empty() || under_way_ >= kMostUnderWay) return std::nullopt;
  Publication next = std::move(waiting_.front());
  waiting_.pop_front();
  ++under_way_;
  return next;
}

void Outbox::written() {
  if (under_way_ > 0) --under_way_;
}

void Outbox::clear() {
  waiting_.clear();
  under_way_ = 0;
}

}  // namespace dmb
