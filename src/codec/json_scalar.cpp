// SPDX-License-Identifier: MIT
#include "json_scalar.h"

#include "dmb/battery/letter_case.h"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace dmb {
namespace {

bool is_of_a_word(char c) {
  return is_digit(c) || c == '.' || c == '-' || c == '+' || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z');
}

/// Takes `c` off the front of `rest`.
bool take(std::string_view& rest, char c) {
  if (rest.empty() || rest.front() != c) return false;
  rest.remove_prefix(1);
  return true;
}

bool take_digits(std::string_view& rest) {
  const std::size_t before = rest.size();
  while (!rest.empty() && is_digit(rest.front())) rest.remove_prefix(1);
  return rest.size() < before;
}

/// RFC 8259, section 6; std::from_chars alone would take more.
bool is_json_number(std::string_view text) {
  take(text, '-');
  if (!take(text, '0') && !take_digits(text)) return false;
  if (take(text, '.') && !take_digits(text)) return false;
  if (take(text, 'e') || take(text, 'E')) {
    if (!take(text, '+')) take(text, '-');
    if (!take_digits(text)) return false;
  }
  return text.empty();
}

std::optional<double> parse_json_number(std::string_view text) {
  if (!is_json_number(text)) return std::nullopt;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  // "-0" is an integer to the parser, and integers have no negative zero.
  if (number == 0 && text.find_first_of(".eE") == std::string_view::npos) return 0;
  return number;
}

std::optional<std::string_view> parse_json_text(std::string_view token, std::string_view quote) {
  if (token.size() < 2 * quote.size() || !token.ends_with(quote)) return std::nullopt;
  token = token.substr(quote.size(), token.size() - 2 * quote.size());
  const bool plain = std::ranges::all_of(
      token, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
  return plain ? std::optional(token) : std::nullopt;
}

template <typename T>
std::optional<JsonScalar> as_scalar(const std::optional<T>& value) {
  return value ? std::optional<JsonScalar>(*value) : std::nullopt;
}

}  // namespace

std::size_t json_scalar_size(std::string_view text, std::string_view quote) {
  if (text.starts_with(quote)) {
    const std::size_t end = text.find(quote, quote.size());
    return end == std::string_view::npos ? 0 : end + quote.size();
  }
  return static_cast<std::size_t>(std::ranges::find_if_not(text, is_of_a_word) - text.begin());
}

std::optional<JsonScalar> parse_json_scalar(std::string_view token, std::string_view quote) {
  if (token.starts_with(quote)) return as_scalar(parse_json_text(token, quote));
  if (token == "null") return JsonNull{};
  if (token == "true") return true;
  if (token == "false") return false;
  return as_scalar(parse_json_number(token));
}

}  // namespace dmb
