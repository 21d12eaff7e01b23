// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

namespace dmb {

// Numbers as others write them, independent of the locale.

/// The number that is all of `text`, but for blanks around it and a sign before it. Infinite where
/// it overflows, not finite where the text says so.
std::optional<double> parse_number(std::string_view text);

/// The fewest digits that stand for exactly this number.
template <typename Number>
std::string shortest(Number number) {
  std::array<char, 40> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  return {buffer.data(), end};
}

}  // namespace dmb
