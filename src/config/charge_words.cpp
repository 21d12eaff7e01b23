// SPDX-License-Identifier: MIT
#include "dmb/config/charge_words.h"

#include "dmb/battery/letter_case.h"
#include "dmb/battery/shortest.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace dmb {
namespace {

using namespace std::string_view_literals;

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin);
}

/// Python's way to write a list.
std::string_view without_brackets(std::string_view text) {
  text = trimmed(text);
  const bool has = text.size() >= 2 && text.front() == '[' && text.back() == ']';
  return has ? text.substr(1, text.size() - 2) : text;
}

}  // namespace

std::vector<std::string_view> charge_words(std::string_view text) {
  text = without_brackets(text);
  std::vector<std::string_view> words;
  while (words.size() <= 2 * kMaxCurvePoints) {
    const auto begin = text.find_first_not_of(" \t\r\n,");
    if (begin == std::string_view::npos) break;
    const auto end = std::min(text.find_first_of(" \t\r\n,", begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    text.remove_prefix(end);
  }
  return words;
}

std::optional<double> charge_number(std::string_view text) {
  text = trimmed(text);
  double number = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool all = end.ec == std::errc() && end.ptr == text.data() + text.size();
  return all && std::isfinite(number) ? std::optional(number) : std::nullopt;
}

std::optional<double> charge_number(std::string_view text, std::string_view unit) {
  text = trimmed(text);
  if (text.ends_with(unit)) text.remove_suffix(unit.size());
  return charge_number(text);
}

std::optional<std::vector<double>> charge_numbers(std::string_view text) {
  std::vector<double> numbers;
  for (const auto word : charge_words(text)) {
    const auto number = charge_number(word);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

std::optional<bool> charge_flag(std::string_view text) {
  constexpr std::array kTrue{"1"sv, "true"sv, "yes"sv, "on"sv};
  constexpr std::array kFalse{"0"sv, "false"sv, "no"sv, "off"sv};
  const std::string word = to_lower(trimmed(text));
  if (std::ranges::find(kTrue, word) != kTrue.end()) return true;
  if (std::ranges::find(kFalse, word) != kFalse.end()) return false;
  return std::nullopt;
}

std::optional<Curve> parse_curve(std::string_view text) {
  std::vector<CurvePoint> points;
  for (const auto word : charge_words(text)) {
    const auto colon = word.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto at = charge_number(word.substr(0, colon));
    const auto percent = charge_number(word.substr(colon + 1), "%");
    if (!at || !percent) return std::nullopt;
    points.push_back({*at, *percent});
  }
  return points.empty() ? std::nullopt : std::optional(Curve(std::move(points)));
}

std::string words_for(const Curve& curve) {
  std::string text;
  for (const auto& [at, percent] : curve.points())
    text += (text.empty() ? "" : " ") + shortest(at) + ":" + shortest(percent);
  return text;
}

}  // namespace dmb
