// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

namespace dmb {

/// "0.4 s", "52 s", "5 min 20 s", "3 h 12 min", "12 d 4 h".
std::string duration_text(double seconds);

/// "0.4 s ago"; "never" for nullopt.
std::string age_text(const std::optional<double>& seconds);

/// Number with a fixed count of decimals and its unit; "unknown" for nullopt.
std::string quantity(const std::optional<double>& value, int decimals, const char* unit);

}  // namespace dmb
