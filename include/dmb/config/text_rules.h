// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dmb {

// What is wrong with a text, worded as what it must be ("must …"); nothing when it is fine. None of
// the answers holds the text itself.

/// A name for people: UTF-8 without control characters, at most 255 bytes.
std::optional<std::string> device_name_fault(std::string_view text);

/// The name of a preset: letters, digits, "_", "-" and ".", as it is a file's.
std::optional<std::string> preset_name_fault(std::string_view text);

/// The part of the bus name after "com.victronenergy.battery.".
std::optional<std::string> service_name_fault(std::string_view text);

/// A host name or IP address, nothing around it.
std::optional<std::string> broker_address_fault(std::string_view text);

/// An MQTT topic filter: "#" alone in the last level, "+" alone in its level, at most 65535 bytes.
std::optional<std::string> topic_filter_fault(std::string_view text);

/// What topics of ours begin with: whole levels without wildcards, none of a GX device's own ("N",
/// "R", "W") or a broker's ("$SYS"), at most 255 bytes.
std::optional<std::string> topic_prefix_fault(std::string_view text);

}  // namespace dmb
