// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/item_spec.h"
#include "dmb/battery/value.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace dmb {

/// What GetText answers for an invalid value.
inline constexpr std::string_view kInvalidText = "---";

/// Appends the text of `value` as `format` prints it: "52.70V", "63%", "0xFFFF".
/// Never "-0.0".
void append_text(std::string& out, const OptValue& value, const TextFormat& format);

std::string format_text(const OptValue& value, const TextFormat& format);

/// Whether every D-Bus library takes `text` as a string: well-formed UTF-8 without a NUL character,
/// and without the noncharacters of Unicode such as U+FFFE, for which libsystemd refuses a message.
bool is_bus_text(std::string_view text);

/// `untrusted` made fit for one log line: control characters, invalid UTF-8 and noncharacters shown
/// as \xNN, cut after `max_bytes` with "…", never within a character.
std::string printable(std::string_view untrusted, std::size_t max_bytes = 80);

}  // namespace dmb
