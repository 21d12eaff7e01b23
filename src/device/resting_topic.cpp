// SPDX-License-Identifier: MIT
#include "dmb/device/resting_topic.h"

#include <algorithm>

namespace dmb {
namespace {

using namespace std::chrono_literals;

constexpr auto kBetweenQuestions = 10s;
/// A heartbeat comes every 3 s. After a longer pause the broker stood still, and what it would have
/// said meanwhile is asked for anew.
constexpr auto kPause = 10s;
constexpr auto kPatienceWithoutTimeout = 60s;

}  // namespace

RestingTopic::RestingTopic(std::chrono::seconds timeout)
    : patience_(timeout.count() > 0 ? timeout : kPatienceWithoutTimeout) {}

void RestingTopic::usable() {
  word_ = Word::usable;
  asking_since_.reset();
}

void RestingTopic::not_usable() {
  // The window to ask in does not begin anew with every unusable answer.
  if (word_ != Word::none) asking_since_.reset();
  word_ = Word::none;
}

void RestingTopic::gone() {
  word_ = Word::gone;
  asking_since_.reset();
}

bool RestingTopic::heartbeat(Instant now) {
  const bool paused = !beat_at_ || now - *beat_at_ > kPause;
  beat_at_ = now;
  if (word_ == Word::none && (paused || !asking_since_)) asking_since_ = now;
  return word_ == Word::usable;
}

std::optional<Instant> RestingTopic::question_due() const {
  if (!asking_since_) return std::nullopt;
  // What was asked before this window is no question of it, and delays none.
  const bool asked = asked_at_ && *asked_at_ >= *asking_since_;
  const Instant due = asked ? *asked_at_ + kBetweenQuestions : *asking_since_;
  if (due >= *asking_since_ + patience_) return std::nullopt;  // asked in vain
  if (due - *beat_at_ > kPause) return std::nullopt;           // nobody would answer
  return due;
}

}  // namespace dmb
