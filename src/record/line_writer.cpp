// SPDX-License-Identifier: MIT
#include "line_writer.h"

#include "dmb/battery/shortest.h"
#include "dmb/codec/text.h"

#include <array>
#include <charconv>
#include <cmath>

namespace dmb::record {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

void append_hex(std::string& out, unsigned char byte) {
  out += kHexDigits[byte >> 4U];
  out += kHexDigits[byte & 0x0FU];
}

void append_escaped(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\n':
      out += "\\n";
      break;
    default:
      out += "\\u00";
      append_hex(out, static_cast<unsigned char>(c));
  }
}

/// Looked at for each character of each message.
constexpr auto kNeedsEscape = [] {
  std::array<bool, 256> needs{};
  for (std::size_t c = 0; c < 0x20; ++c) needs.at(c) = true;
  needs.at('"') = needs.at('\\') = true;
  return needs;
}();

bool needs_escape(char c) {
  return kNeedsEscape[static_cast<unsigned char>(c)];
}

}  // namespace

bool LineWriter::is_nothing(const std::optional<double>& number) {
  return !number || !std::isfinite(*number);
}

/// With a decimal point or an exponent: without, it would be read as a whole number.
void LineWriter::put(double number) {
  const std::string digits = shortest(number);
  out_ += digits;
  if (digits.find_first_of(".e") == std::string::npos) out_ += ".0";
}

void LineWriter::put_whole(std::int64_t number) {
  std::array<char, 20> buffer;
  out_.append(buffer.data(),
              std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr);
}

void LineWriter::put(const std::string& text) {
  if (!is_bus_text(text)) {
    out_ += R"({"hex":")";
    for (const char c : text) append_hex(out_, static_cast<unsigned char>(c));
    out_ += "\"}";
    return;
  }
  out_ += '"';
  std::size_t copied = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!needs_escape(text[at])) continue;
    out_.append(text, copied, at - copied);
    append_escaped(out_, text[at]);
    copied = at + 1;
  }
  out_.append(text, copied);
  out_ += '"';
}

void LineWriter::put(const Value& value) {
  std::visit([this](const auto& known) { put(known); }, value);
}

void LineWriter::put(const State& state) {
  put(encode_state(state));
}

void LineWriter::put(const MemberValues& values) {
  out_ += '{';
  for (const MemberQuantity quantity : kAllMemberQuantities)
    put_field(quantity.spec().path, values[quantity]);
  out_ += '}';
}

void LineWriter::put(const SparseValues& values) {
  out_ += '{';
  for (const auto& [quantity, value] : values.all()) {
    const auto* number = std::get_if<double>(&value);
    if (number == nullptr || std::isfinite(*number)) put_member(quantity.spec().path, value);
  }
  out_ += '}';
}

}  // namespace dmb::record
