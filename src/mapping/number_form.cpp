// SPDX-License-Identifier: MIT
#include "number_form.h"

#include <charconv>
#include <system_error>

namespace dmb {

std::string written(int number, const NumberForm& form) {
  std::string digits = std::to_string(number + form.shift);
  const auto width = static_cast<std::size_t>(form.width);
  if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
  return digits;
}

std::optional<int> number_written(std::string_view digits, const NumberForm& form) {
  const auto width = static_cast<std::size_t>(form.width);
  if (digits.size() < width || digits.starts_with('-')) return std::nullopt;
  if (digits.starts_with('0') && digits.size() > 1 && digits.size() != width) return std::nullopt;
  int number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number);
  if (error != std::errc{} || stop != end) return std::nullopt;
  constexpr int kBeyondAny = 1'000'000;
  if (number > kBeyondAny || number - form.shift < 1) return std::nullopt;
  return number - form.shift;
}

std::optional<int> number_in(std::string_view text, const MapStep& step) {
  if (text.size() < step.text.size() + step.tail.size()) return std::nullopt;
  if (!text.starts_with(step.text) || !text.ends_with(step.tail)) return std::nullopt;
  return number_written(
      text.substr(step.text.size(), text.size() - step.text.size() - step.tail.size()),
      step.number);
}

}  // namespace dmb
