// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/record/line.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace dmb::record {

/// A longer one is not read: the largest message there can be, each of its bytes escaped, is
/// shorter.
inline constexpr std::size_t kMaxLineBytes = std::size_t{16} << 20U;

/// One JSON object without line feeds: {"t":123,"mqtt":{"topic":"home/battery",…}}. "t" counts
/// nanoseconds; the other key is the kind of line. Quantities are called by their paths. What is
/// false, 0, empty or absent is left out; a number that is not finite is absent. Text that is not
/// UTF-8 is {"hex":"80ff"}, so that nothing of it is lost.
std::string to_text(const Line& line);

/// nullopt: cut off, damaged, or of a kind that this program does not know. Keys that it does not
/// know are skipped. Takes any bytes.
std::optional<Line> parse_line(std::string_view text);

/// Whether a line that parse_line() did not take is whole, and of a kind that only other versions
/// of this program know: skipped, where a damaged line is a Gap.
bool is_of_other_version(std::string_view text);

}  // namespace dmb::record
