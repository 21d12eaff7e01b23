// SPDX-License-Identifier: MIT
#include "dmb/codec/bus_value.h"

#include "number_text.h"

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
