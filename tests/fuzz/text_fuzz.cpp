// SPDX-License-Identifier: MIT
// Values as texts, and foreign texts in the log. The input is an item, a value, and a text.
#include "../support/broken_rule.h"
#include "../support/value_rules.h"
#include "dmb/battery/quantity.h"
#include "dmb/codec/bus_value.h"
#include "dmb/codec/text.h"
#include "dmb/device/change.h"
#include "input_bytes.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>

using namespace dmb;
using test::rule;

namespace {

std::optional<double> parse(std::string_view text, const TextFormat& format) {
  if (!text.ends_with(format.unit)) return std::nullopt;
  text.remove_suffix(format.unit.size());
  if (format.style == TextFormat::Style::hexadecimal) {
    std::uint32_t bits = 0;
    if (!text.starts_with("0x")) return std::nullopt;
    const auto end = std::from_chars(text.data() + 2, text.data() + text.size(), bits, 16).ptr;
    return end == text.data() + text.size() ? std::optional<double>(bits) : std::nullopt;
  }
  double number = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number).ptr;
  return end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

/// Half a step of what is printed; a whole one where decimals are cut off.
double resolution(const TextFormat& format) {
  if (format.style == TextFormat::Style::rounded) return 0.5 * std::pow(10, -format.decimals);
  return 1;
}

void check_number(double number, const ItemSpec& item) {
  const auto value = convert(BusValue(number), item);
  if (!value || item.kind == Kind::text) return;
  test::check_value(*value,
                    ItemSpec{item.path, item.kind, item.text, item.min, item.max, Trait::none});
  const std::string text = format_text(*value, item.text);
  const auto back = parse(text, item.text);
  const auto* real = std::get_if<double>(&**value);
  const double kept = real != nullptr ? *real : std::get<std::int32_t>(**value);
  const double tolerance = resolution(item.text) * (1 + 1e-9) + std::fabs(kept) * 1e-12;
  rule(back && std::fabs(*back - kept) <= tolerance, "text " + text + " says another value");
  rule(!text.starts_with("-0") || *back != 0, "a negative zero as text");
  rule(!differs(*value, *value, item), "a value differs from itself");
}

void check_texts(const std::string& text, std::size_t max_bytes) {
  const std::string shown = printable(text, max_bytes);
  rule(is_bus_text(shown), "the log gets no text");
  rule(shown.size() <= max_bytes + std::string_view("…").size(), "the log gets too much");
  for (const char c : shown) rule(static_cast<unsigned char>(c) >= 0x20, "a control character");
  rule(printable(shown, std::string::npos) == shown, "made fit twice is not the same");
  const bool fine = is_bus_text(text) && characters_in(text) <= kMaxWrittenCharacters;
  const ItemSpec item{"/CustomName", Kind::text, {}, 0, 0, Trait::none};
  rule(!fine || convert(BusValue(text), item) == OptValue(text), "a name was changed");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::InputBytes input(data, size);
  const ItemSpec& item = quantity_specs()[input.integer<std::uint16_t>() % quantity_specs().size()];
  check_number(input.real(), item);
  const std::size_t max_bytes = input.byte();
  check_texts(input.text(255), max_bytes);
  return 0;
}
