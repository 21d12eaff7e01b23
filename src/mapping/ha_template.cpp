// SPDX-License-Identifier: MIT
#include "dmb/battery/letter_case.h"
#include "dmb/mapping/ha_discovery.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace dmb {
namespace {

bool is_word_char(char c) {
  return (c >= '0' && c <= '9') || c == '_' || (lower(c) >= 'a' && lower(c) <= 'z');
}

/// Reads one template from left to right. Whatever it does not know makes it stop: a value that was
/// understood by half would be a wrong one.
class TemplateReader {
 public:
  explicit TemplateReader(std::string_view text) : rest_(text) {}

  std::optional<HaSource> read() {
    HaSource source;
    if (!take("{{") || !read_term(source) || !read_operations(source)) return std::nullopt;
    if (!take("}}")) return std::nullopt;
    skip_blanks();
    return rest_.empty() ? std::optional(source) : std::nullopt;
  }

 private:
  bool read_term(HaSource& source) {
    if (++depth_ > kMaxDepth) return false;
    if (take("(")) {
      if (!read_term(source) || !read_operations(source) || !take(")")) return false;
    } else if (!read_path(source)) {
      return false;
    }
    return read_filters();
  }

  /// "value", "value_json.pack['mv'][0]".
  bool read_path(HaSource& source) {
    const std::string_view root = take_word();
    if (root == "value") return true;
    if (root != "value_json") return false;
    source.pointer.emplace();
    while (!rest_.empty() && (rest_.front() == '.' || rest_.front() == '[')) {
      const auto key = rest_.front() == '.' ? read_member() : read_index();
      if (!key || key->empty()) return false;
      append(*source.pointer, *key);
    }
    return !source.pointer->empty();
  }

  std::optional<std::string_view> read_member() {
    rest_.remove_prefix(1);
    return take_word();
  }

  std::optional<std::string_view> read_index() {
    rest_.remove_prefix(1);
    skip_blanks();
    if (rest_.empty()) return std::nullopt;
    const char quote = rest_.front();
    std::string_view key;
    if (quote == '\'' || quote == '"') {
      const std::size_t end = rest_.find(quote, 1);
      if (end == std::string_view::npos) return std::nullopt;
      key = rest_.substr(1, end - 1);
      rest_.remove_prefix(end + 1);
    } else {
      key = take_word();
      if (!std::ranges::all_of(key, [](char c) { return c >= '0' && c <= '9'; }))
        return std::nullopt;
    }
    return take("]") ? std::optional(key) : std::nullopt;
  }

  /// A key as a step of an RFC 6901 pointer.
  static void append(std::string& pointer, std::string_view key) {
    pointer += '/';
    for (const char c : key) {
      if (c == '~')
        pointer += "~0";
      else if (c == '/')
        pointer += "~1";
      else
        pointer += c;
    }
  }

  /// "| float(0) | round(1)": those that leave the number what it is, but for its last digits.
  bool read_filters() {
    while (take("|")) {
      skip_blanks();
      constexpr std::array<std::string_view, 5> kHarmless{"float", "int", "round", "default",
                                                          "is_defined"};
      const std::string_view name = take_word();
      if (std::ranges::find(kHarmless, name) == kHarmless.end()) return false;
      if (!rest_.empty() && rest_.front() == '(') {
        const std::size_t end = rest_.find(')');
        if (end == std::string_view::npos) return false;
        rest_.remove_prefix(end + 1);
      }
    }
    return true;
  }

  /// "/ 1000", "* 0.1 - 40". A product behind a sum would belong to the summand.
  bool read_operations(HaSource& source) {
    bool is_sum = false;
    while (true) {
      skip_blanks();
      const char operation = rest_.empty() ? '\0' : rest_.front();
      if (operation != '*' && operation != '/' && operation != '+' && operation != '-') return true;
      rest_.remove_prefix(1);
      const auto number = read_number();
      if (!number || !read_filters()) return false;
      const bool is_product = operation == '*' || operation == '/';
      if (is_product && (is_sum || *number == 0)) return false;
      is_sum = is_sum || !is_product;
      apply(operation, *number, source);
    }
  }

  static void apply(char operation, double number, HaSource& source) {
    if (operation == '*' || operation == '/') {
      const auto scale = [&](double x) { return operation == '*' ? x * number : x / number; };
      source.factor = scale(source.factor);
      source.offset = scale(source.offset);
    } else {
      source.offset += operation == '+' ? number : -number;
    }
  }

  std::optional<double> read_number() {
    skip_blanks();
    double number = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
    if (error != std::errc{} || !std::isfinite(number)) return std::nullopt;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return number;
  }

  std::string_view take_word() {
    skip_blanks();
    const auto end = std::ranges::find_if_not(rest_, is_word_char);
    const auto word = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(word.size());
    return word;
  }

  bool take(std::string_view text) {
    skip_blanks();
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  void skip_blanks() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t' ||
                              rest_.front() == '\n' || rest_.front() == '\r'))
      rest_.remove_prefix(1);
  }

  static constexpr int kMaxDepth = 8;
  std::string_view rest_;
  int depth_ = 0;
};

}  // namespace

std::optional<HaSource> read_ha_template(std::string_view text) {
  const auto source = TemplateReader(text).read();
  if (!source || !std::isfinite(source->factor) || !std::isfinite(source->offset))
    return std::nullopt;
  return source->factor == 0 ? std::nullopt : source;
}

}  // namespace dmb
