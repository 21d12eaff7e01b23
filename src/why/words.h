// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/status/status.h"

#include <optional>
#include <string>
#include <string_view>

namespace dmb::why {

/// "12 A", "6.1 A", "54.35 V"; "unknown".
std::string amps(const std::optional<double>& current_a);
std::string volts(const std::optional<double>& voltage_v);

/// It is no limit but stands where a number is needed.
bool is_unlimited(const std::optional<double>& current_a);

/// Why a limit is what it is, without its value and without saying that it stops.
std::string reason(std::string_view why);

/// "highest cell C7 3.451 V allows 20 A"; "CCL 80 A (as configured)".
std::string allows(std::string_view limit, const status::LimitStatus& status);

/// Who would limit next if that one did not: "without that: CCL 100 A (as configured)". Empty:
/// nobody is known.
std::string next_limit(std::string_view limit, const status::LimitStatus& status);

}  // namespace dmb::why
