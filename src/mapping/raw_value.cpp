// SPDX-License-Identifier: MIT
#include "raw_value.h"

#include "dmb/battery/letter_case.h"
#include "dmb/battery/shortest.h"
#include "dmb/codec/field.h"
#include "dmb/codec/number_text.h"
#include "dmb/codec/text.h"

#include <algorithm>
#include <cmath>

namespace dmb {
namespace {

using Raw = RawValue::Kind;

/// Whole numbers up to here are exact in a double.
constexpr double kMaxExact = 9007199254740992.0;
constexpr int kMaxBit = 52;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks(" \t\r\n\0", 5);
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::optional<double> number_of(const RawValue& raw) {
  if (raw.kind == Raw::text) return parse_number(raw.text);
  if (raw.kind == Raw::number || raw.kind == Raw::boolean) return raw.number;
  return std::nullopt;
}

std::optional<double> word_of(const RawValue& raw, const MapSource& source) {
  if (source.words.empty()) return std::nullopt;
  std::string made;
  if (raw.kind != Raw::text) made = text_of(raw);
  const std::string_view text = raw.kind == Raw::text ? raw.text : std::string_view(made);
  const auto word = std::ranges::find_if(
      source.words, [text](const MapWord& w) { return equals_ignoring_case(w.text, text); });
  return word == source.words.end() ? std::nullopt : std::optional(word->number);
}

/// The value as a set of bits; nullopt when it is none.
std::optional<std::uint64_t> bits_of(const RawValue& raw) {
  const auto number = raw.kind == Raw::boolean ? std::nullopt : number_of(raw);
  if (!number || !(*number >= 0) || *number > kMaxExact || *number != std::trunc(*number))
    return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

bool has_bit(std::uint64_t bits, int bit) {
  return bit <= kMaxBit && (bits >> static_cast<unsigned>(bit) & 1U) != 0;
}

/// Without what a factor of 0.1 leaves in the last digits of a double.
double without_noise(double number) {
  constexpr double kSteps = 1e9;
  constexpr double kMaxWithNoise = 1e6;
  return std::fabs(number) < kMaxWithNoise ? std::round(number * kSteps) / kSteps : number;
}

std::string not_a_number(const RawValue& raw) {
  return '"' + printable(text_of(raw), 40) + "\" is not a number";
}

void read_bit(const RawValue& raw, const MapSource& source, int bit, Quantity id, Reading& out) {
  const auto bits = bits_of(raw);
  if (!bits)
    return out.set_bad(id, '"' + printable(text_of(raw), 40) + "\" is not a whole number of bits");
  set_number(out, id, id.spec(), has_bit(*bits, bit) ? source.bit_value : 0);
}

void read_scaled(const RawValue& raw, const MapSource& source, Quantity id, Reading& out) {
  auto number = number_of(raw);
  if (!number && id.spec().kind == Kind::enumeration)
    if (const auto flag = parse_flag(raw.text)) number = *flag ? 1 : 0;
  if (!number) return out.set_bad(id, not_a_number(raw));
  if (std::isnan(*number)) return out.set(id, std::nullopt);
  set_number(out, id, id.spec(), without_noise(*number * source.factor + source.offset));
}

void read_plain(const RawValue& raw, Quantity id, Reading& out) {
  if (raw.kind == Raw::text) return set_string(out, id, id.spec(), raw.text);
  if (raw.kind == Raw::boolean) return set_boolean(out, id, id.spec(), raw.number != 0);
  set_number(out, id, id.spec(), raw.number);
}

int bit_of(const MapSource& source, std::optional<int> number) {
  return source.bit.value_or(0) + (source.bit_by_number ? number.value_or(1) : 0);
}

}  // namespace

RawValue raw_of_payload(std::string_view payload) {
  std::string_view text = trimmed(payload);
  if (text.size() >= 2 && text.starts_with('"') && text.ends_with('"'))
    text = trimmed(text.substr(1, text.size() - 2));
  if (says_not_known(text) || equals_ignoring_case(text, "null"))
    return {.kind = Raw::unknown, .text = text};
  return {.kind = Raw::text, .text = text};
}

RawValue raw_of_json(const JsonDocument& document, std::size_t at) {
  const JsonDocument::Node& node = document.node(at);
  switch (node.kind) {
    case JsonDocument::Kind::null:
      return {.kind = Raw::unknown, .text = "null"};
    case JsonDocument::Kind::boolean:
      return {.kind = Raw::boolean, .number = node.number};
    case JsonDocument::Kind::number:
      return {.kind = Raw::number, .number = node.number};
    case JsonDocument::Kind::text: {
      const std::string_view text = trimmed(document.text(at));
      return {.kind = says_not_known(text) ? Raw::unknown : Raw::text, .text = text};
    }
    case JsonDocument::Kind::object:
      return {.kind = Raw::object, .text = "an object"};
    case JsonDocument::Kind::list:
      return {.kind = Raw::list, .text = "a list"};
  }
  return {};
}

std::string text_of(const RawValue& raw) {
  if (raw.kind == Raw::number) return shortest(raw.number);
  if (raw.kind == Raw::boolean) return raw.number != 0 ? "true" : "false";
  return std::string(raw.text);
}

bool says_nothing(const RawValue& raw) {
  return raw.kind == Raw::unknown || (raw.kind == Raw::number && std::isnan(raw.number));
}

bool read_value(const RawValue& raw, const MapSource& source, std::optional<int> number,
                Quantity id, Reading& out) {
  const int bit = bit_of(source, number);
  if (source.bit && bit < 0) return false;
  if (const auto word = word_of(raw, source)) {
    set_number(out, id, id.spec(), *word);
  } else if (says_nothing(raw)) {
    out.set(id, std::nullopt);
  } else if (raw.kind == Raw::object || raw.kind == Raw::list) {
    out.set_bad(id, "is " + std::string(raw.text));
  } else if (source.bit) {
    read_bit(raw, source, bit, id, out);
  } else if (source.factor != 1 || source.offset != 0) {
    read_scaled(raw, source, id, out);
  } else {
    read_plain(raw, id, out);
  }
  return true;
}

int highest_set_bit(const RawValue& raw, const MapSource& source) {
  const auto bits = bits_of(raw);
  if (!bits || !source.bit_by_number) return 0;
  int highest = 0;
  for (int bit = 0; bit <= kMaxBit; ++bit)
    if (has_bit(*bits, bit)) highest = bit - source.bit.value_or(0);
  return std::clamp(highest, 0, kMaxCells);
}

bool says_alive(const RawValue& raw, const MapSource& source) {
  if (const auto word = word_of(raw, source)) return *word != 0;
  if (says_nothing(raw)) return false;
  if (source.bit) {
    const auto bits = bits_of(raw);
    return bits && has_bit(*bits, std::max(bit_of(source, 1), 0));
  }
  const auto number = number_of(raw);
  if (number && std::isnan(*number)) return false;
  if (source.below && !(number && *number < *source.below)) return false;
  if (raw.kind == Raw::boolean) return *number != 0;
  return source.words.empty() || number.value_or(0) != 0;
}

}  // namespace dmb
