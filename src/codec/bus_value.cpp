// SPDX-License-Identifier: MIT
#include "dmb/codec/bus_value.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>
#include <type_traits>

namespace dmb {

namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

/// Independent of the locale; the whole text must be one number.
std::optional<double> parse_number(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return number;
}

template <typename Number>
std::string shortest(Number number) {
  std::array<char, 40> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  return {buffer.data(), end};
}

struct ToNumber {
  std::optional<double> operator()(std::monostate) const { return std::nullopt; }
  std::optional<double> operator()(const std::string& text) const { return parse_number(text); }
  template <typename Number>
  std::optional<double> operator()(Number number) const {
    return static_cast<double>(number);
  }
};

struct ToText {
  std::optional<std::string> operator()(std::monostate) const { return std::nullopt; }
  std::optional<std::string> operator()(bool flag) const { return flag ? "1" : "0"; }
  std::optional<std::string> operator()(const std::string& text) const { return text; }
  template <typename Number>
  std::optional<std::string> operator()(Number number) const {
    return shortest(number);
  }
};

std::optional<OptValue> convert_to_text(const BusValue& in) {
  auto text = std::visit(ToText{}, in);
  if (!text || text->size() > kMaxWrittenTextBytes) return std::nullopt;
  return OptValue(std::move(*text));
}

std::optional<OptValue> convert_to_number(const BusValue& in, const ItemSpec& item) {
  auto number = std::visit(ToNumber{}, in);
  if (!number || !std::isfinite(*number)) return std::nullopt;
  const bool is_integer = item.kind != Kind::measure;
  if (is_integer) number = std::trunc(*number);
  if (*number < item.min || *number > item.max) return std::nullopt;
  if (*number == 0) number = 0;  // no negative zero on the bus
  if (!is_integer) return OptValue(*number);
  using Limits = std::numeric_limits<std::int32_t>;
  if (*number < Limits::min() || *number > Limits::max()) return std::nullopt;
  return OptValue(static_cast<std::int32_t>(*number));
}

}  // namespace

std::optional<OptValue> convert(const BusValue& in, const ItemSpec& item) {
  if (std::holds_alternative<std::monostate>(in)) return OptValue();
  return item.kind == Kind::text ? convert_to_text(in) : convert_to_number(in, item);
}

}  // namespace dmb
