// SPDX-License-Identifier: MIT
#include "dmb/codec/json_repair.h"

#include "dmb/battery/letter_case.h"
#include "dmb/codec/number_text.h"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace dmb {
namespace {

constexpr std::string_view kOfAWord =
    "+-.0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

bool is_infinite(std::string_view word) {
  return equals_ignoring_case(word, "inf") || equals_ignoring_case(word, "infinity");
}

bool overflows(std::string_view word) {
  double number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  // Out of range is overflow or underflow; the shortest way to tell is the exponent's sign.
  return error == std::errc::result_out_of_range && end == word.data() + word.size() &&
         word.find("e-") == std::string_view::npos && word.find("E-") == std::string_view::npos;
}

bool is_no_json(std::string_view word) {
  const bool sign = word.starts_with('-') || word.starts_with('+');
  const std::string_view unsigned_word = word.substr(sign ? 1 : 0);
  if (unsigned_word.empty()) return false;
  return is_infinite(unsigned_word) || says_not_known(unsigned_word) || overflows(word);
}

/// How long the text is that begins with a quotation mark.
std::size_t size_of_text(std::string_view json) {
  for (std::size_t i = 1; i < json.size(); ++i) {
    if (json[i] == '"') return i + 1;
    if (json[i] == '\\') ++i;
  }
  return json.size();
}

}  // namespace

std::string quote_bare_words(std::string_view json) {
  std::string out;
  while (!json.empty()) {
    const bool text = json.front() == '"';
    const std::size_t word = std::min(json.find_first_not_of(kOfAWord), json.size());
    const std::size_t size = text ? size_of_text(json) : std::max<std::size_t>(word, 1);
    const std::string_view part = json.substr(0, size);
    const bool quote = word > 0 && is_no_json(part);
    if (quote) out += '"';
    out += part;
    if (quote) out += '"';
    json.remove_prefix(size);
  }
  return out;
}

}  // namespace dmb
