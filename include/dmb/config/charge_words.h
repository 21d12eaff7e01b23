// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/control/charge_curve.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dmb {

// How values of a [CHARGE CONTROL] section are written. nullopt: that is none.

/// From January on, as season_full has them.
inline constexpr std::array<std::string_view, 12> kMonthWords{
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};

/// What stands between blanks, commas and line ends, without brackets around all of it. Beyond
/// twice the most points of a curve the rest is left out.
std::vector<std::string_view> charge_words(std::string_view text);

std::optional<double> charge_number(std::string_view text);
/// With this unit behind it, or none.
std::optional<double> charge_number(std::string_view text, std::string_view unit);
std::optional<std::vector<double>> charge_numbers(std::string_view text);
/// 1 or 0, or the words for them.
std::optional<bool> charge_flag(std::string_view text);

/// "3.40:100 3.50:5 3.55:0".
std::optional<Curve> parse_curve(std::string_view text);
std::string words_for(const Curve& curve);

}  // namespace dmb
