// SPDX-License-Identifier: MIT
#include "dmb/codec/bus_value.h"

#include "dmb/battery/fit.h"
#include "dmb/codec/number_text.h"

#include <algorithm>
#include <string_view>

namespace dmb {

namespace {

struct ToNumber {
  std::optional<double> operator()(std::monostate) const { return std::nullopt; }
  std::optional<double> operator()(const std::string&) const { return std::nullopt; }
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
  const auto* text = std::get_if<std::string>(&in);
  const auto number = text != nullptr ? parse_number(*text) : number_of(in);
  if (!number) return std::nullopt;
  const auto fitted = fit(*number, item, {.cut_off = true});
  const auto* fitting = std::get_if<double>(&fitted);
  if (fitting == nullptr) return std::nullopt;
  return OptValue(as_value(*fitting, item.kind));
}

}  // namespace

std::optional<double> number_of(const BusValue& value) {
  return std::visit(ToNumber{}, value);
}

std::size_t characters_in(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::optional<OptValue> convert(const BusValue& in, const ItemSpec& item) {
  if (std::holds_alternative<std::monostate>(in)) return OptValue();
  return item.kind == Kind::text ? convert_to_text(in) : convert_to_number(in, item);
}

}  // namespace dmb
