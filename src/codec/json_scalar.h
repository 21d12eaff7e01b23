// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <variant>

namespace dmb {

// One number, text, true, false or null of a JSON document, read exactly as the JSON parser would.
// `quote` is what stands around texts: `"`, or `\"` where the document is a text itself.

struct JsonNull {};
using JsonScalar = std::variant<JsonNull, bool, double, std::string_view>;

/// How many bytes at the beginning of `text` look like a scalar; 0 when none does.
std::size_t json_scalar_size(std::string_view text, std::string_view quote);

/// nullopt when `token` is not exactly one scalar, and for what is better left to the parser: texts
/// with escapes or letters other than ASCII, numbers that no double holds.
std::optional<JsonScalar> parse_json_scalar(std::string_view token, std::string_view quote);

}  // namespace dmb
