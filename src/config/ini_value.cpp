// SPDX-License-Identifier: MIT
#include "dmb/config/ini_value.h"

#include <optional>
#include <utility>

namespace dmb {
namespace {

bool is_quote(char c) {
  return c == '"' || c == '\'';
}

std::vector<std::string_view> lines_of(std::string_view raw) {
  std::vector<std::string_view> lines;
  std::size_t start = 0;
  for (std::size_t end = raw.find('\n'); end != std::string_view::npos;
       end = raw.find('\n', start)) {
    lines.push_back(raw.substr(start, end - start));
    start = end + 1;
  }
  lines.push_back(raw.substr(start));
  return lines;
}

std::size_t comment_start(std::string_view text, ValueSyntax syntax, std::size_t from = 0) {
  if (syntax == ValueSyntax::secret) return text.size();
  return dmb::comment_start(text, from, syntax != ValueSyntax::plain);
}

/// True when nothing but a comment stands in `rest`. Behind a quote a number sign is one, too.
bool ends_value(std::string_view rest, bool comments) {
  if (trim(rest).empty()) return true;
  return comments && trim(rest.substr(0, dmb::comment_start(rest))).empty();
}

/// What stands in quotes when `text` (trimmed) is a quoted value. The closing quote is the first
/// one that ends the value, so the same sign may stand inside.
std::optional<std::string_view> quoted_value(std::string_view text, bool comments) {
  if (text.size() < 2 || !is_quote(text.front())) return std::nullopt;
  for (std::size_t close = text.find(text.front(), 1); close != std::string_view::npos;
       close = text.find(text.front(), close + 1)) {
    if (ends_value(text.substr(close + 1), comments)) return text.substr(1, close - 1);
  }
  return std::nullopt;
}

void append_line(std::string& text, std::string_view line) {
  if (line.empty()) return;
  if (!text.empty()) text += '\n';
  text += line;
}

CleanValue clean_text(std::string_view raw, ValueSyntax syntax) {
  CleanValue value;
  const bool comments = syntax != ValueSyntax::secret;
  const auto lines = lines_of(raw);
  for (const std::string_view line : lines) {
    const auto quoted = quoted_value(trim(line), comments);
    const auto bare = trim(line.substr(0, comment_start(line, syntax)));
    value.unquoted = value.unquoted || quoted.has_value();
    append_line(value.text, quoted.value_or(bare));
  }
  return value;
}

/// Takes the element at the front of `line` off it, up to and with its comma.
std::string_view next_element(std::string_view& line) {
  const auto start = static_cast<std::size_t>(trim(line).data() - line.data());
  std::size_t scan_from = start;
  auto syntax = ValueSyntax::list;
  if (start < line.size() && is_quote(line[start])) {
    const std::size_t close = line.find(line[start], start + 1);
    if (close != std::string_view::npos) {
      scan_from = close + 1;
      syntax = ValueSyntax::plain;
    }
  }
  const std::size_t comment = comment_start(line, syntax, scan_from);
  const std::size_t comma = line.find(',', scan_from);
  const bool ends_with_comma = comma < comment;
  const std::string_view element = trim(line.substr(0, ends_with_comma ? comma : comment));
  line = ends_with_comma ? line.substr(comma + 1) : std::string_view{};
  return element;
}

CleanValue clean_list(std::string_view raw) {
  CleanValue value;
  for (std::string_view line : lines_of(raw)) {
    while (!line.empty()) {
      const std::string_view element = next_element(line);
      const auto text = quoted_value(element, false).value_or(element);
      if (!trim(text).empty()) value.items.emplace_back(text);
    }
  }
  return value;
}

}  // namespace

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r';
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::size_t comment_start(std::string_view text, std::size_t from, bool numbers) {
  const auto is_number = [&](std::size_t at) {
    return numbers && text[at] == '#' && at + 1 < text.size() && text[at + 1] >= '0' &&
           text[at + 1] <= '9';
  };
  for (std::size_t i = from > 0 ? from : 1; i < text.size(); ++i) {
    if ((text[i] == ';' || text[i] == '#') && is_blank(text[i - 1]) && !is_number(i)) return i;
  }
  return text.size();
}

CleanValue clean_value(std::string_view raw, ValueSyntax syntax) {
  if (syntax == ValueSyntax::list) return clean_list(raw);
  return clean_text(raw, syntax);
}

}  // namespace dmb
