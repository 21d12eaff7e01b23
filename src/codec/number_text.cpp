// SPDX-License-Identifier: MIT
#include "dmb/codec/number_text.h"

#include "dmb/battery/letter_case.h"

#include <algorithm>
#include <limits>
#include <system_error>

namespace dmb {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

struct NumberAndRest {
  double number = 0;
  std::string_view rest;  ///< what stands behind the number
};

std::optional<NumberAndRest> take_number(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc::result_out_of_range)
    number = std::numeric_limits<double>::infinity();
  else if (error != std::errc{})
    return std::nullopt;
  return NumberAndRest{number, text.substr(static_cast<std::size_t>(stop - text.data()))};
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(
      words, [text](std::string_view word) { return equals_ignoring_case(text, word); });
}

/// Volt, ampere, watt and ampere-hour are what publishers also give in thousandths or thousands.
bool takes_prefix(std::string_view unit) {
  return unit == "V" || unit == "A" || unit == "W" || unit == "Ah";
}

bool is_celsius(std::string_view written) {
  return is_one_of(written, {"°c", "c", "℃"});
}

}  // namespace

std::optional<double> parse_number(std::string_view text) {
  const auto found = take_number(text);
  if (!found || !found->rest.empty()) return std::nullopt;
  return found->number;
}

std::optional<double> parse_quantity(std::string_view text, std::string_view unit) {
  const auto found = take_number(text);
  if (!found) return std::nullopt;
  const std::string_view written = trimmed(found->rest);
  if (written.empty() || equals_ignoring_case(written, unit)) return found->number;
  if (unit == "°C" && is_celsius(written)) return found->number;
  if (unit == "kWh" && equals_ignoring_case(written, "Wh")) return found->number / 1000;
  if (!takes_prefix(unit) || !equals_ignoring_case(written.substr(1), unit)) return std::nullopt;
  if (written.front() == 'm') return found->number / 1000;
  if (written.front() == 'k' || written.front() == 'K') return found->number * 1000;
  return std::nullopt;
}

std::optional<bool> parse_flag(std::string_view text) {
  if (is_one_of(text, {"on", "yes", "true"})) return true;
  if (is_one_of(text, {"off", "no", "false"})) return false;
  return std::nullopt;
}

bool says_not_known(std::string_view text) {
  return text.empty() || is_one_of(text, {"unavailable", "unknown", "none", "nan"});
}

}  // namespace dmb
