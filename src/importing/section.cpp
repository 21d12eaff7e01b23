// SPDX-License-Identifier: MIT
#include "section.h"

#include <algorithm>
#include <utility>

namespace dmb::importing {

void Section::set(std::string_view key, std::string_view value) {
  std::string line = one_line(value);
  std::ranges::replace(line, ';', ' ');
  keys_.push_back(std::string(key) + " = " + line);
}

void Section::remark(std::string_view text) {
  remarks_.push_back(one_line(text));
}

std::string Section::text() const {
  std::string text = "[" + title_ + "]\n";
  for (const std::string& key : keys_) text += key + "\n";
  for (const std::string& remark : remarks_) text += "# " + remark + "\n";
  return text;
}

std::string one_line(std::string_view text) {
  constexpr std::size_t kMaxBytes = 2000;
  std::string line(text.substr(0, kMaxBytes));
  std::ranges::replace_if(
      line, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
  return line;
}

std::string join(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

}  // namespace dmb::importing
