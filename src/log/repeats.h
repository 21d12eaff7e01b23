// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/value.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace dmb {

/// Keeps a log from repeating itself: the first time of each cause is worth a line, then one an
/// hour that says how often it came since.
class Repeats {
 public:
  /// Who decides how many causes there are. Those that others name (keys of a payload) are bounded:
  /// while there are too many, new ones are worth nothing until old ones have not come for an hour.
  enum class Named : std::uint8_t { by_us, by_others };

  /// How often the cause came since its last line, if it is worth one now: 1 the first time.
  std::optional<unsigned> count(std::string_view cause, Instant now,
                                Named named = Named::by_others);
  /// The cause is over: its next time is a first one again.
  void forget(std::string_view cause);
  void forget_all() { entries_.clear(); }

 private:
  struct Entry {
    Instant said;
    Instant last;  ///< when it came
    unsigned since = 0;
  };
  bool has_room(Instant now);

  static constexpr std::chrono::hours kSayAgain{1};
  static constexpr std::size_t kMaxCauses = 256;

  std::map<std::string, Entry, std::less<>> entries_;
  Instant looked_;  ///< for entries that are over
};

}  // namespace dmb
