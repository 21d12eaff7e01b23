// SPDX-License-Identifier: MIT
#include "dmb/control/release_delay.h"

#include <algorithm>
#include <utility>

namespace dmb {
namespace {

/// Estimated capacities move a little all the time.
constexpr double kSameShare = 0.01;

std::chrono::seconds within_bounds(std::chrono::seconds delay) {
  return std::clamp<std::chrono::seconds>(delay, kReleaseDelay, kLongestReleaseDelay);
}

/// Of a stop that comes now.
std::chrono::seconds delay_after(std::optional<Instant> released_at, std::chrono::seconds last,
                                 Instant now) {
  const bool back = released_at && now - *released_at <= kLongestReleaseDelay;
  return back ? within_bounds(2 * last) : kReleaseDelay;
}

}  // namespace

void ReleaseDelay::stop(Instant now) {
  ends_at_.reset();
  if (std::exchange(stopped_, true)) return;
  delay_ = delay_after(released_at_, delay_, now);
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
  delay_ = within_bounds(delay);
  ends_at_.reset();
  released_at_ = now;
}

void ShareGuard::fall(double present, Instant now) {
  if (earlier_.empty()) delay_ = delay_after(whole_at_, delay_, now);
  while (!earlier_.empty() && earlier_.back().share >= present) earlier_.pop_back();
  present_ = present;
}

double ShareGuard::update(double present, Instant now) {
  const bool more = present >= 1 ? present_ < 1 : present >= present_ + kSameShare;
  if (present < present_ - kSameShare) {
    fall(present, now);
  } else if (more) {
    earlier_.push_back({present_, now});
    present_ = present;
  } else {
    present_ = std::min(present_, present);
  }
  while (!earlier_.empty() && now >= earlier_.front().until + delay_) {
    earlier_.erase(earlier_.begin());
    if (earlier_.empty()) whole_at_ = now;
  }
  return share();
}

void ShareGuard::hold(Instant now) {
  for (Earlier& earlier : earlier_) earlier.until = now;
}

std::optional<Instant> ShareGuard::rises_at() const {
  if (earlier_.empty()) return std::nullopt;
  return earlier_.front().until + delay_;
}

bool ShareGuard::is_at_rest(Instant now) const {
  return share() >= 1 && (!whole_at_ || now - *whole_at_ > kLongestReleaseDelay);
}

void ShareGuard::resume(double share, std::chrono::seconds delay, Instant now) {
  present_ = 1;  // until the first update() tells
  earlier_.clear();
  if (share < 1) earlier_.push_back({std::max(share, 0.0), now});
  delay_ = within_bounds(delay);
  whole_at_ = now;
}

}  // namespace dmb
