// SPDX-License-Identifier: MIT
#pragma once

#include "runtime/wake_fd.h"

#include <compare>
#include <cstddef>
#include <mutex>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

namespace dmb {

/// What one item supersedes: an older one of the same kind and topic.
struct InboxKey {
  std::size_t kind = 0;
  std::string_view topic;
  auto operator<=>(const InboxKey&) const = default;
};

/// To be specialised for every T put into an Inbox:
///   static std::size_t bytes(const T&)             what it counts towards the limit
///   static std::optional<InboxKey> key(const T&)   nullopt: never dropped
template <typename T>
struct InboxTraits;

struct InboxLimits {
  std::size_t items = 256;
  std::size_t bytes = std::size_t{1} << 20;
};

/// What other threads have to say to the loop, in order. Bounded: telemetry is state, so over a
/// limit the oldest item goes of which a newer one waits too; when there is none, the oldest.
template <typename T>
class Inbox {
 public:
  explicit Inbox(InboxLimits limits = {}) : limits_(limits) {}

  /// Readable while something waits: the loop watches it.
  int fd() const { return wake_.fd(); }

  /// From any thread. Wakes the loop only if nothing waited before. Throws only std::bad_alloc.
  void push(T item) {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    const bool was_empty = items_.empty();
    bytes_ += InboxTraits<T>::bytes(item);
    items_.push_back(std::move(item));
    while (is_over() && drop_one()) continue;
    if (was_empty) wake_.wake();
  }

  /// Whatever is pushed from now on is dropped: the reader is gone.
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    items_.clear();
  }

  /// Moves everything that waits into `out`, whose old content goes and whose memory is reused.
  /// Returns how many items had to go since the last time.
  std::size_t drain(std::vector<T>& out) {
    out.clear();
    wake_.clear();
    const std::lock_guard lock(mutex_);
    items_.swap(out);
    bytes_ = 0;
    return std::exchange(dropped_, 0);
  }

 private:
  using Iterator = typename std::vector<T>::iterator;

  bool is_over() const { return items_.size() > limits_.items || bytes_ > limits_.bytes; }

  bool drop_one() {
    const Iterator victim = least_missed();
    if (victim == items_.end()) return false;
    bytes_ -= InboxTraits<T>::bytes(*victim);
    items_.erase(victim);
    ++dropped_;
    return true;
  }

  /// The oldest superseded item, else the oldest that may be dropped, else end(). The newest item
  /// is never named: it is why room is wanted.
  Iterator least_missed() {
    std::set<InboxKey> newer;
    Iterator superseded = items_.end();
    Iterator oldest = items_.end();
    for (Iterator item = items_.end(); item != items_.begin();) {
      const auto key = InboxTraits<T>::key(*--item);
      if (!key) continue;
      if (!newer.insert(*key).second) superseded = item;
      if (item + 1 != items_.end()) oldest = item;
    }
    return superseded != items_.end() ? superseded : oldest;
  }

  const InboxLimits limits_;
  WakeFd wake_;
  std::mutex mutex_;
  std::vector<T> items_;
  std::size_t bytes_ = 0;
  std::size_t dropped_ = 0;
  bool closed_ = false;
};

}  // namespace dmb
