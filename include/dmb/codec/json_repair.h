// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace dmb {

/// `json` with the bare words in quotes that publishers write where they have no number: Python's
/// NaN and Infinity, C's nan and -inf, a template's unavailable, unknown and None; and numerals
/// that no double holds (1e999). So they cost their field and not the message.
std::string quote_bare_words(std::string_view json);

}  // namespace dmb
