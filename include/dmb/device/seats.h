// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dmb {

/// Numbers of batteries on a page of the display. One keeps its number while the program runs, also
/// while it is away: the page must not show another one under the number that somebody chose. One
/// that is new gets the number of one that is away only where all are taken; beyond those it has
/// none.
class Seats {
 public:
  explicit Seats(std::size_t most) : most_(most) {}

  /// Those that are there now, in the order in which new ones get their numbers.
  void take(std::span<const std::string_view> ids);
  /// From 0.
  std::optional<std::size_t> find(std::string_view id) const;
  /// Numbers that were given.
  std::size_t size() const { return ids_.size(); }

 private:
  std::size_t most_;
  std::vector<std::string> ids_;
};

}  // namespace dmb
