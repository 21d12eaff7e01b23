// SPDX-License-Identifier: MIT
#include "map_text.h"

#include "dmb/battery/letter_case.h"
#include "dmb/battery/shortest.h"
#include "dmb/codec/text.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace dmb {
namespace {

constexpr std::size_t kMaxBytes = 400;

bool is_plain(char c) {
  constexpr std::string_view kMarks = "_-./#:@~$";
  return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') ||
         kMarks.find(c) != std::string_view::npos;
}

bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return is_plain(c); });
}

/// Nothing in it has a meaning of its own in a line.
bool can_stand(std::string_view text) {
  constexpr std::string_view kSpecial = "\"{}*+\\";
  return text.size() <= kMaxBytes && text.find_first_of(kSpecial) == std::string_view::npos &&
         printable(text, kMaxBytes) == text;
}

bool can_stand_in_pointer(std::string_view pointer) {
  return can_stand(pointer) && pointer.find('=') == std::string_view::npos;
}

/// Rounded to what a person would have written: 1/1000 is 0.001.
std::string number_text(double number) {
  constexpr double kDigits = 1e9;
  const double rounded = std::round(number * kDigits) / kDigits;
  return shortest(rounded == 0 ? number : rounded);
}

/// A source cut where a number stands: what is before and behind it.
struct Cut {
  std::string before;
  std::string digits;
  std::string behind;
};

std::vector<Cut> cuts_of(const std::string& text) {
  std::vector<Cut> cuts;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && is_digit(text[end])) ++end;
    if (end > i) cuts.push_back({text.substr(0, i), text.substr(i, end - i), text.substr(end)});
    i = end + 1;
  }
  return cuts;
}

std::string padded(int number, std::size_t width) {
  std::string digits = std::to_string(number);
  return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

}  // namespace

std::optional<std::string> source_text(const SourceText& source) {
  if (source.topic.empty() || !can_stand(source.topic)) return std::nullopt;
  if (source.topic.find('#') != std::string::npos) return std::nullopt;
  std::string text = source.topic;
  if (source.pointer) {
    if (!can_stand_in_pointer(*source.pointer)) return std::nullopt;
    text += '#' + *source.pointer;
  }
  if (!is_plain(text)) text = '"' + text + '"';
  if (source.factor != 1) text += " * " + number_text(source.factor);
  if (source.offset != 0)
    text += (source.offset > 0 ? " + " : " - ") + number_text(std::abs(source.offset));
  if (!source.words.empty()) text += ' ' + source.words;
  return text;
}

std::optional<std::string> value_text(std::string_view text) {
  if (text.empty() || !can_stand(text)) return std::nullopt;
  return is_plain(text) && text.front() != '#' ? std::string(text) : '"' + std::string(text) + '"';
}

std::optional<std::string> numbered_source(const std::vector<std::pair<int, std::string>>& cells) {
  if (cells.size() < 2) return std::nullopt;
  for (const Cut& cut : cuts_of(cells.front().second)) {
    if (cut.digits.size() > 3) continue;
    const int shift = std::stoi(cut.digits) - cells.front().first;
    const std::size_t width = cut.digits.size();
    const bool fits = std::ranges::all_of(cells, [&](const auto& cell) {
      return cell.first + shift >= 0 &&
             cell.second == cut.before + padded(cell.first + shift, width) + cut.behind;
    });
    if (!fits) continue;
    std::string mark = "{n";
    if (shift != 0) mark += (shift > 0 ? "+" : "-") + std::to_string(std::abs(shift));
    if (width > 1) mark += ":0" + std::to_string(width);
    return cut.before + mark + '}' + cut.behind;
  }
  return std::nullopt;
}

}  // namespace dmb
