// SPDX-License-Identifier: MIT
#include "dmb/codec/bus_value.h"

#include "number_text.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

namespace dmb {

namespace {

struct ToNumber {
  std::optional<double> operator()(std::monostate) const { return std::nullopt; }
  std::optional<double> operator()(const std::string& text) const { return parse_number(text); }
  template <typename Number>
  std::optional<double> operator()(Number number) const {
    return static_cast<double>(number);
  }
};

std::optional<OptValue> convert_to_text(const BusValue& in) {
  const auto* text = std::get_if<std::string>(&in);
  if (text == nullptr || characters_in(*text) > kMaxWrittenCharacters) return std::nullopt;
  return OptValue(*text);
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

std::size_t characters_in(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::optional<OptValue> convert(const BusValue& in, const ItemSpec& item) {
  if (std::holds_alternative<std::monostate>(in)) return OptValue();
  return item.kind == Kind::text ? convert_to_text(in) : convert_to_number(in, item);
}

}  // namespace dmb
