// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/value.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace dmb {

/// What the "+" in a map's topics stands for: the text heard first, for each beginning of a topic.
/// Others at its place are other batteries'.
class Bindings {
 public:
  enum class Verdict : std::uint8_t {
    ours,
    takes_over,  ///< from now on ours: the one before has fallen silent, or never was live
    other,
  };

  /// How long one may be silent before another takes over; nullopt: for ever.
  void set_timeout(std::optional<std::chrono::seconds> timeout) { timeout_ = timeout; }

  /// About `text` behind `beginning`. One that was only heard retained gives way to a live one.
  Verdict judge(std::string_view beginning, std::string_view text, bool retained, Instant now);
  /// True the first time that another battery's text is named; there are not many to be noted.
  bool note_other(std::string_view beginning, std::string_view text);
  /// What "+" stands for behind `beginning`.
  std::optional<std::string_view> text_behind(std::string_view beginning) const;
  void clear();

 private:
  struct Bound {
    std::string text;
    std::optional<Instant> live_at;
  };

  std::map<std::string, Bound, std::less<>> bound_;
  std::set<std::string> others_;
  std::optional<std::chrono::seconds> timeout_;
};

}  // namespace dmb
