// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/shortest.h"

#include <optional>
#include <string>
#include <string_view>

namespace dmb {

// Numbers as others write them, independent of the locale.

/// The number that is all of `text`, but for blanks around it and a sign before it. Infinite where
/// it overflows, not finite where the text says so.
std::optional<double> parse_number(std::string_view text);

/// The number of a text such as "52.7 V", in `unit`: the unit may be written or not, as "52700 mV",
/// or as "4.2 kW". nullopt for any other unit: it is no reading of this quantity.
std::optional<double> parse_quantity(std::string_view text, std::string_view unit);

/// on, yes, true: true; off, no, false: false; in any case.
std::optional<bool> parse_flag(std::string_view text);

/// What publishers write when they have no value: "", unavailable, unknown, none, nan; in any case.
bool says_not_known(std::string_view text);

}  // namespace dmb
