// SPDX-License-Identifier: MIT
#pragma once

#include "mqtt/publication.h"

#include <cstddef>
#include <deque>
#include <optional>

namespace dmb {

/// What waits for a connection that takes it slowly: of each topic the newest only, so that its
/// size is bounded by the number of topics, however long that lasts.
class Outbox {
 public:
  /// So many may be under way at once.
  static constexpr std::size_t kMostUnderWay = 8;

  /// In the place of an older one of its topic, if one waits.
  void put(Publication what);
  /// The next one that may be handed over now. written() is due for each.
  std::optional<Publication> take();
  void written();
  /// The connection is gone, and with it what was for it.
  void clear();

  /// Nothing waits, and nothing is under way.
  bool is_done() const { return waiting_.empty() && under_way_ == 0; }

 private:
  std::deque<Publication> waiting_;
  std::size_t under_way_ = 0;
};

}  // namespace dmb
