// SPDX-License-Identifier: MIT
#include "dmb/domain/release_delay.h"

#include <algorithm>
#include <utility>

namespace dmb {
namespace {

constexpr double kSameShare = 0.01;

}  // namespace

void ReleaseDelay::stop(Instant now) {
  ends_at_.reset();
  if (std::exchange(stopped_, true)) return;
  const bool back = released_at_ && now - *released_at_ <= kLongestReleaseDelay;
  delay_ = back ? std::min<std::chrono::seconds>(2 * delay_, kLongestReleaseDelay) : kReleaseDelay;
}

bool ReleaseDelay::clear(Instant now) {
  if (!stopped_) return false;
  if (!ends_at_) ends_at_ = now + delay_;
  if (now < *ends_at_) return true;
  stopped_ = false;
  ends_at_.reset();
  released_at_ = now;
  return false;
}

bool ReleaseDelay::is_at_rest(Instant now) const {
  return !stopped_ && (!released_at_ || now - *released_at_ > kLongestReleaseDelay);
}

void ReleaseDelay::resume(bool stopped, std::chrono::seconds delay, Instant now) {
  stopped_ = stopped;
  delay_ = std::clamp<std::chrono::seconds>(delay, kReleaseDelay, kLongestReleaseDelay);
  ends_at_.reset();
  released_at_ = now;
}

/// Estimated capacities move a little all the time.
bool ShareGuard::is_more(double present) const {
  return present >= 1 ? share_ < 1 : present >= share_ + kSameShare;
}

double ShareGuard::update(double present, Instant now) {
  if (present < last_ - kSameShare) delay_.stop(now);  // also of what was on its way back
  last_ = present;
  if (is_more(present)) {
    wait(present, now);
  } else {
    share_ = std::min(share_, present);
    hold(now);  // nothing came back yet
  }
  return share_;
}

/// What came back later than the rest waits for its own time.
void ShareGuard::wait(double present, Instant now) {
  if (!delay_.stopped()) delay_.resume(true, delay_.delay(), now);
  coming_ = delay_.ends_at() ? std::min(coming_, present) : present;
  if (delay_.clear(now)) return;
  share_ = std::exchange(coming_, present);
  if (!is_more(present)) return;
  delay_.resume(true, delay_.delay(), now);
  delay_.clear(now);
}

void ShareGuard::hold(Instant now) {
  if (delay_.stopped()) delay_.stop(now);
}

void ShareGuard::resume(double share, std::chrono::seconds delay, Instant now) {
  share_ = std::clamp(share, 0.0, 1.0);
  last_ = share_;
  delay_.resume(share_ < 1, delay, now);
}

}  // namespace dmb
