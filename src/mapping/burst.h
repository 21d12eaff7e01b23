// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/reading.h"
#include "dmb/battery/value.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace dmb {

/// Messages that come shortly after one another and belong to one moment. Over when its time is, or
/// when every topic of the two bursts before has come again: one of them alone may have lacked a
/// topic whose value had not changed.
class Burst {
 public:
  /// `ends_early`: false for a publisher that sends only what changes, of which nobody knows how
  /// much will come.
  void set_rules(std::chrono::milliseconds window, bool ends_early) {
    window_ = window;
    ends_early_ = ends_early;
  }

  /// A message with something for us.
  void note(std::string_view topic, bool retained, Instant now);
  void note_alive() { gathered_.alive = true; }
  /// What the messages of this kind tell.
  Reading& reading(bool retained) { return retained ? gathered_.retained : gathered_.live; }

  std::optional<Instant> end() const { return end_; }
  bool is_over(Instant now) const { return end_ && (now >= *end_ || is_complete()); }

  struct Gathered {
    Reading retained;
    Reading live;
    bool alive = false;  ///< an `alive` topic said so
  };
  /// Ends it; the next message begins another.
  Gathered finish();
  /// Ends it and forgets what was told in it.
  void drop() { finish(); }
  /// The topics of a new map are others.
  void forget_topics();

 private:
  bool is_complete() const { return ends_early_ && awaited_any_ && awaited_ == 0; }

  std::chrono::milliseconds window_{0};
  bool ends_early_ = true;
  std::optional<Instant> end_;
  bool live_ = false;  ///< a live message is in it
  Gathered gathered_;
  /// In which burst a topic, by its hash, came last; of this one and the two before.
  std::unordered_map<std::size_t, std::uint64_t> came_in_;
  std::uint64_t number_ = 1;  ///< of this burst
  std::size_t awaited_ = 0;   ///< topics of the two before that have not come again
  bool awaited_any_ = false;  ///< at its beginning
};

}  // namespace dmb
