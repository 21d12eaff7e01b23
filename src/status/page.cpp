// SPDX-License-Identifier: MIT
#include "dmb/status/page.h"

#include "dmb/codec/text.h"

#include <algorithm>

namespace dmb::status {
namespace {

constexpr std::size_t kColumns = 80;
constexpr std::size_t kLabelColumns = 12;
constexpr std::size_t kMaxText = 1000;

/// Bytes that begin a character.
std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

void Page::line(std::size_t indent, std::string_view text) {
  wrap(std::string(indent, ' '), indent, text);
}

void Page::row(std::size_t indent, std::string_view label, std::string_view text) {
  std::string line = std::string(indent, ' ') + printable(label);
  const std::size_t wanted = indent + kLabelColumns;
  line.append(std::max(wanted, columns(line) + 1) - columns(line), ' ');
  wrap(std::move(line), wanted, text);
}

void Page::wrap(std::string line, std::size_t indent, std::string_view text) {
  const std::string clean = printable(text, kMaxText);
  bool fresh = true;
  for (std::size_t begin = 0; begin < clean.size();) {
    const std::size_t end = std::min(clean.find(' ', begin), clean.size());
    const std::string word = clean.substr(begin, end - begin);
    if (!fresh && columns(line) + 1 + columns(word) > kColumns) {
      text_ += line + '\n';
      line.assign(indent, ' ');
      fresh = true;
    }
    if (!fresh) line += ' ';
    line += word;
    fresh = false;
    begin = end + 1;
  }
  text_ += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
}

}  // namespace dmb::status
