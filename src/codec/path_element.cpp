// SPDX-License-Identifier: MIT
#include "dmb/codec/path_element.h"

#include <cctype>

namespace dmb {

std::string settings_path_element(const std::string& text) {
  constexpr char kHexDigits[] = "0123456789ABCDEF";
  const auto is_letter_or_digit = [](unsigned char byte) {
    return byte < 0x80 && std::isalnum(byte) != 0;
  };
  std::string element;
  // The service refuses names that begin with an underscore, and none may be empty.
  if (text.empty() || !is_letter_or_digit(static_cast<unsigned char>(text.front()))) element += 'x';
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (is_letter_or_digit(byte) || character == '_') {
      element += character;
    } else {
      element += '_';
      element += kHexDigits[byte >> 4U];
      element += kHexDigits[byte & 0x0FU];
    }
  }
  return element;
}

}  // namespace dmb
