// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/domain/value.h"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace dmb {

/// Keeps a log from repeating itself (specification 1: transitions are logged, repeats are not):
/// the first time of each cause is worth a line, then one an hour that says how often it came
/// since.
class Repeats {
 public:
  /// How often the cause came since its last line, if it is worth one now: 1 the first time.
  std::optional<unsigned> count(std::string_view cause, Instant now);
  /// The cause is over: its next time is a first one again.
  void forget(std::string_view cause);
  void forget_all() { entries_.clear(); }

 private:
  struct Entry {
    Instant said;
    unsigned since = 0;
  };
  static constexpr std::chrono::hours kSayAgain{1};
  /// Causes may be named by whoever sends the messages, so their number has to end somewhere.
  static constexpr std::size_t kMaxCauses = 256;

  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace dmb
