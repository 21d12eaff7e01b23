// SPDX-License-Identifier: MIT
#include "dmb/codec/duration.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace dmb {
namespace {

constexpr std::int64_t kMinute_s = 60;
constexpr std::int64_t kHour_s = 60 * kMinute_s;
constexpr std::int64_t kDay_s = 24 * kHour_s;

std::string two(std::int64_t big, const char* big_unit, std::int64_t small,
                const char* small_unit) {
  std::string text = std::to_string(big) + " " + big_unit;
  if (small > 0) text += " " + std::to_string(small) + " " + small_unit;
  return text;
}

}  // namespace

std::string duration_text(double seconds) {
  constexpr double kLongest = 1e11;  // whoever claims more is not to be believed
  const double clean = std::isfinite(seconds) ? std::clamp(seconds, 0.0, kLongest) : 0;
  if (clean < 10) return quantity(clean, 1, "s");
  const auto whole = static_cast<std::int64_t>(clean);
  if (whole < kMinute_s) return std::to_string(whole) + " s";
  if (whole < kHour_s) return two(whole / kMinute_s, "min", whole % kMinute_s, "s");
  if (whole < kDay_s) return two(whole / kHour_s, "h", whole % kHour_s / kMinute_s, "min");
  return two(whole / kDay_s, "d", whole % kDay_s / kHour_s, "h");
}

std::string age_text(const std::optional<double>& seconds) {
  return seconds ? duration_text(*seconds) + " ago" : "never";
}

std::string quantity(const std::optional<double>& value, int decimals, const char* unit) {
  if (!value) return "unknown";
  std::array<char, 352> text{};  // holds the longest double, written out
  const auto end = std::to_chars(text.data(), text.data() + text.size(), *value,
                                 std::chars_format::fixed, decimals);
  std::string number(text.data(), end.ptr);
  if (number.find_first_of("123456789") == std::string::npos && number.starts_with('-'))
    number.erase(0, 1);  // nobody reads "-0.0"
  return number + " " + unit;
}

}  // namespace dmb
