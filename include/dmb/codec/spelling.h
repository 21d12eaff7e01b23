// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace dmb {

/// Typing slips between two words: letters added, left out, mistaken, or neighbours swapped.
std::size_t typing_slips(std::string_view a, std::string_view b);

/// The candidate nearest to `word`, empty when none is near enough to be what was meant.
std::string_view nearest_word(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace dmb
