// SPDX-License-Identifier: MIT
#include "settings_text.h"

#include "dmb/battery/letter_case.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>

namespace dmb::importing {
namespace {

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

/// A comment may not begin within quotes.
std::string_view without_comment(std::string_view line) {
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote == 0 && (c == '#' || c == ';')) return line.substr(0, i);
    if (quote == 0 && (c == '"' || c == '\''))
      quote = c;
    else if (c == quote)
      quote = 0;
  }
  return line;
}

std::string_view without_quotes(std::string_view text) {
  const bool is_quoted = text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
                         text.back() == text.front();
  return is_quoted ? text.substr(1, text.size() - 2) : text;
}

/// Where the line begins with a key and "=": the key.
std::string_view key_of(std::string_view line) {
  const auto is_part = [](char c) { return (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_'; };
  const auto end = std::ranges::find_if_not(line, is_part);
  const auto size = static_cast<std::size_t>(end - line.begin());
  return trim(line.substr(size)).starts_with('=') ? line.substr(0, size) : std::string_view();
}

}  // namespace

SettingsText::SettingsText(std::string_view text) {
  std::string* value = nullptr;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = without_comment(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with('[') && line.find(',') == std::string_view::npos) {
      value = nullptr;
    } else if (const std::string_view key = key_of(line); !key.empty()) {
      value = &values_[std::string(key)];
      *value = trim(line.substr(line.find('=') + 1));
    } else if (value != nullptr && !trim(line).empty()) {
      *value += " " + std::string(trim(line));
    }
  }
}

std::string SettingsText::text(std::string_view key) const {
  const auto found = values_.find(key);
  return found == values_.end() ? std::string() : std::string(without_quotes(trim(found->second)));
}

std::optional<bool> SettingsText::flag(std::string_view key) const {
  constexpr std::array<std::string_view, 4> kTrue{"true", "1", "yes", "on"};
  constexpr std::array<std::string_view, 4> kFalse{"false", "0", "no", "off"};
  const std::string value = to_lower(text(key));
  if (std::ranges::count(kTrue, value) > 0) return true;
  if (std::ranges::count(kFalse, value) > 0) return false;
  return std::nullopt;
}

std::optional<double> SettingsText::number(std::string_view key) const {
  const std::string value = text(key);
  double number = 0;
  const auto read = std::from_chars(value.data(), value.data() + value.size(), number);
  const bool is_one = read.ec == std::errc{} && read.ptr == value.data() + value.size();
  return is_one ? std::optional(number) : std::nullopt;
}

std::vector<std::string> SettingsText::list(std::string_view key) const {
  const std::string value = text(key);
  std::string_view rest = value;
  if (rest.starts_with('[')) rest.remove_prefix(1);
  if (rest.ends_with(']')) rest.remove_suffix(1);
  std::vector<std::string> entries;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    const std::string_view entry = without_quotes(trim(rest.substr(0, end)));
    if (!entry.empty()) entries.emplace_back(entry);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return entries;
}

std::vector<std::string> SettingsText::keys() const {
  std::vector<std::string> keys;
  for (const auto& [key, _] : values_) keys.push_back(key);
  return keys;
}

}  // namespace dmb::importing
