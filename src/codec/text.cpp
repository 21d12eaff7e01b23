// SPDX-License-Identifier: MIT
#include "dmb/codec/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

namespace dmb {

namespace {

constexpr char kHexDigits[] = "0123456789ABCDEF";

/// Room for any double in fixed notation with up to 255 decimals.
using NumberBuffer = std::array<char, 600>;

bool is_zero(std::string_view digits) {
  return digits.find_first_not_of("-0.") == std::string_view::npos;
}

/// `value` in units of its last decimal. nullopt where it is too large, or so near to the middle
/// between two that only an exact calculation can tell which is nearest.
std::optional<std::uint32_t> last_decimals(double value, int decimals) {
  constexpr double kMax = 1e9;
  constexpr double kDoubt = 1e-6;  // the product below is off by a tenth of that at most
  if (decimals >= static_cast<int>(kPowersOfTen.size())) return std::nullopt;
  const double scaled = std::abs(value) * kPowersOfTen[static_cast<std::size_t>(decimals)];
  if (!(scaled < kMax)) return std::nullopt;
  const auto whole = static_cast<std::uint32_t>(scaled);
  const double over_half = scaled - whole - 0.5;
  if (std::abs(over_half) < kDoubt) return std::nullopt;
  return over_half > 0 ? whole + 1 : whole;
}

/// What std::to_chars would write, in a tenth of the time, for the numbers batteries have.
bool append_short(std::string& out, double value, int decimals) {
  auto rest = last_decimals(value, decimals);
  if (!rest) return false;
  std::array<char, 16> buffer;
  char* at = buffer.data() + buffer.size();
  const bool negative = value < 0 && *rest != 0;
  const auto put_digit = [&] {
    *--at = static_cast<char>('0' + *rest % 10);
    *rest /= 10;
  };
  for (int i = 0; i < decimals; ++i) put_digit();
  if (decimals > 0) *--at = '.';
  do put_digit();
  while (*rest > 0);
  if (negative) *--at = '-';
  out.append(at, static_cast<std::size_t>(buffer.data() + buffer.size() - at));
  return true;
}

void append_fixed(std::string& out, double value, int decimals) {
  if (append_short(out, value, decimals)) return;
  NumberBuffer buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 std::chars_format::fixed, decimals)
                       .ptr;
  std::string_view digits(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  if (digits.front() == '-' && is_zero(digits)) digits.remove_prefix(1);
  out += digits;
}

/// "0x" and at least four digits, as printf's 0x%04X.
void append_hexadecimal(std::string& out, double value) {
  if (std::abs(value) > std::numeric_limits<std::uint32_t>::max()) {
    return append_fixed(out, value, 0);
  }
  const auto bits = static_cast<std::uint32_t>(static_cast<std::int64_t>(value));
  NumberBuffer buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), bits, 16).ptr;
  const auto length = static_cast<std::size_t>(end - buffer.data());
  out += "0x";
  if (length < 4) out.append(4 - length, '0');
  for (std::size_t i = 0; i < length; ++i) {
    const char digit = buffer[i];
    out += digit >= 'a' ? static_cast<char>(digit - 'a' + 'A') : digit;
  }
}

void append_number(std::string& out, double value, const TextFormat& format) {
  if (!std::isfinite(value)) {
    out += kInvalidText;
    return;
  }
  switch (format.style) {
    case TextFormat::Style::rounded:
      append_fixed(out, value, format.decimals);
      break;
    case TextFormat::Style::cut_off:
      append_fixed(out, std::trunc(value), 0);
      break;
    case TextFormat::Style::hexadecimal:
      append_hexadecimal(out, value);
      break;
  }
  out += format.unit;
}

bool is_continuation(unsigned char byte) {
  return (byte & 0xC0U) == 0x80U;
}

unsigned char byte_at(std::string_view text, std::size_t index) {
  return static_cast<unsigned char>(text[index]);
}

std::size_t announced_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

/// The second byte narrows E0, ED, F0 and F4: no overlong form, no surrogate, not past U+10FFFF.
bool second_byte_fits(unsigned char lead, unsigned char second) {
  switch (lead) {
    case 0xE0:
      return second >= 0xA0;
    case 0xED:
      return second <= 0x9F;
    case 0xF0:
      return second >= 0x90;
    case 0xF4:
      return second <= 0x8F;
    default:
      return true;
  }
}

/// U+FDD0 to U+FDEF and the last two code points of each plane. dbus-daemon passes them on, but
/// libsystemd refuses a whole message for one of them.
bool is_noncharacter(std::string_view character) {
  const auto tail = [&](std::size_t from_end) {
    return byte_at(character, character.size() - from_end);
  };
  if (character.size() < 3) return false;
  if (tail(2) == 0xBF && tail(1) >= 0xBE && tail(3) % 16 == 15) return true;
  return tail(3) == 0xEF && tail(2) == 0xB7 && tail(1) >= 0x90 && tail(1) <= 0xAF;
}

/// Length of the UTF-8 character at the start of `text`; 0 when there is none, or none for a bus.
std::size_t character_length(std::string_view text) {
  const std::size_t length = announced_length(byte_at(text, 0));
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(byte_at(text, i))) return 0;
  }
  if (length > 1 && !second_byte_fits(byte_at(text, 0), byte_at(text, 1))) return 0;
  return is_noncharacter(text.substr(0, length)) ? 0 : length;
}

/// C0, DEL, and the two-byte C1 controls, which some terminals obey too.
bool is_control(std::string_view character) {
  const unsigned char lead = byte_at(character, 0);
  if (character.size() == 1) return lead < 0x20 || lead == 0x7F;
  return lead == 0xC2 && byte_at(character, 1) < 0xA0;
}

std::string escaped(std::string_view bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const unsigned char byte = byte_at(bytes, i);
    out += "\\x";
    out += kHexDigits[byte >> 4U];
    out += kHexDigits[byte & 0x0FU];
  }
  return out;
}

}  // namespace

void append_text(std::string& out, const OptValue& value, const TextFormat& format) {
  if (!value) {
    out += kInvalidText;
  } else if (const auto* text = std::get_if<std::string>(&*value)) {
    out += *text;
  } else if (const auto* integer = std::get_if<std::int32_t>(&*value)) {
    append_number(out, *integer, format);
  } else {
    append_number(out, std::get<double>(*value), format);
  }
}

std::string format_text(const OptValue& value, const TextFormat& format) {
  std::string out;
  append_text(out, value, format);
  return out;
}

bool is_bus_text(std::string_view text) {
  const auto is_plain = [](char c) {  // what nearly all texts consist of
    return c != 0 && static_cast<unsigned char>(c) < 0x80;
  };
  if (std::all_of(text.begin(), text.end(), is_plain)) return true;
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    if (length == 0 || text.front() == '\0') return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string printable(std::string_view untrusted, std::size_t max_bytes) {
  std::string out;
  while (!untrusted.empty()) {
    const std::size_t length = character_length(untrusted);
    const std::string_view character = untrusted.substr(0, length == 0 ? 1 : length);
    const std::string shown =
        length == 0 || is_control(character) ? escaped(character) : std::string(character);
    if (shown.size() > max_bytes - out.size()) return out + "…";
    out += shown;
    untrusted.remove_prefix(character.size());
  }
  return out;
}

}  // namespace dmb
