// SPDX-License-Identifier: MIT
#include "secret_scan.h"

#include "dmb/battery/letter_case.h"
#include "secret_words.h"

#include <algorithm>
#include <array>

namespace dmb::record {
namespace {

constexpr std::size_t kPortalIdSize = 12;

bool is_hex(char c) {
  return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f');
}
bool is_alphanumeric(char c) {
  return is_digit(c) || is_letter(c);
}
bool is_of_word(char c) {
  return is_alphanumeric(c) || c == '_' || c == '-' || c == '.';
}
bool has_digit(std::string_view text) {
  return std::ranges::any_of(text, is_digit);
}

/// Where Scan::run() looks closer. Most characters of most messages are others.
constexpr auto kIsStart = [] {
  std::array<bool, 256> is_start{};
  for (const char c : {':', '=', ' ', '/', 'H'}) is_start.at(static_cast<unsigned char>(c)) = true;
  return is_start;
}();

/// Looks at one place of a text after the other.
class Scan {
 public:
  Scan(std::string_view text, const std::function<void(const FoundSecret&)>& found)
      : text_(text), found_(found) {}

  void run() {
    for (std::size_t at = 0; at < text_.size(); ++at) {
      if (!kIsStart[static_cast<unsigned char>(text_[at])]) continue;
      switch (text_[at]) {
        case ':':
        case '=':
          look_for_address(at);
          look_behind_key(at);
          break;
        case ' ':
          if (text_.substr(0, at).ends_with("serial")) look_behind_key(at);
          break;
        case '/':
          look_for_portal_id(at);
          break;
        case 'H':
          look_for_victron_serial(at);
          break;
        default:
          break;
      }
    }
  }

 private:
  void tell(Secret kind, std::size_t start, std::size_t value_start, std::size_t end) {
    found_({kind, text_.substr(start, end - start), text_.substr(value_start, end - value_start)});
  }

  /// HQ, year and week, five more.
  void look_for_victron_serial(std::size_t at) {
    constexpr std::size_t kSize = 11;
    const std::string_view serial = text_.substr(at, kSize);
    if (serial.size() == kSize && serial[1] == 'Q' && is_all_digits(serial.substr(2, 4)) &&
        std::ranges::all_of(serial.substr(6), is_alphanumeric))
      tell(Secret::serial, at, at, at + kSize);
  }

  /// "N/c0619ab12345/", by those who read, write, and keep a Venus broker awake.
  void look_for_portal_id(std::size_t slash) {
    const auto is_kind = [](char c) { return c == 'N' || c == 'R' || c == 'W'; };
    if (slash == 0 || !is_kind(text_[slash - 1])) return;
    if (slash > 1 && is_alphanumeric(text_[slash - 2])) return;
    const std::string_view id = text_.substr(slash + 1, kPortalIdSize);
    const std::size_t end = slash + 1 + kPortalIdSize;
    if (id.size() == kPortalIdSize && std::ranges::all_of(id, is_hex) &&
        (end == text_.size() || !is_alphanumeric(text_[end])))
      tell(Secret::portal_id, slash + 1, slash + 1, end);
  }

  /// Six bytes with colons, the first of which is at `colon`.
  void look_for_address(std::size_t colon) {
    constexpr std::size_t kSize = 17;
    if (colon < 2) return;
    const std::string_view address = text_.substr(colon - 2, kSize);
    if (address.size() < kSize) return;
    for (std::size_t i = 0; i < kSize; ++i)
      if (i % 3 == 2 ? address[i] != ':' : !is_hex(address[i])) return;
    tell(Secret::serial, colon - 2, colon - 2, colon - 2 + kSize);
  }

  /// {"serial": "A1"}, the same as text of another JSON document, or serial=A1.
  void look_behind_key(std::size_t separator) {
    std::size_t key_end = separator;
    while (key_end > 0 && is_between(text_[key_end - 1])) --key_end;
    std::size_t key_start = key_end;
    while (key_start > 0 && is_of_word(text_[key_start - 1])) --key_start;
    const auto kind = secret_behind(text_.substr(key_start, key_end - key_start));
    if (!kind) return;
    std::size_t start = separator + 1;
    while (start < text_.size() && is_between(text_[start]) && text_[start] != '"') ++start;
    const bool is_quoted = start < text_.size() && text_[start] == '"';
    const bool is_nested = is_quoted && text_[start - 1] == '\\';
    if (is_quoted) ++start;
    const std::size_t end = is_quoted ? quoted_end(start, is_nested) : word_end(start);
    const std::string_view value = text_.substr(start, end - start);
    const bool needs_digit = *kind == Secret::serial || !is_quoted;
    if (!value.empty() && (!needs_digit || has_digit(value))) tell(*kind, key_start, start, end);
  }
  static bool is_between(char c) { return c == ' ' || c == '"' || c == '\\'; }

  /// Of a nested text, whose quotes are escaped: before their backslashes.
  std::size_t quoted_end(std::size_t start, bool is_nested) const {
    std::size_t end = start;
    while (end < text_.size() && text_[end] != '"')
      end += !is_nested && text_[end] == '\\' ? std::size_t{2} : std::size_t{1};
    end = std::min(end, text_.size());
    while (is_nested && end > start && text_[end - 1] == '\\') --end;
    return end;
  }
  std::size_t word_end(std::size_t start) const {
    std::size_t end = start;
    while (end < text_.size() && is_of_word(text_[end])) ++end;
    return end;
  }

  std::string_view text_;
  const std::function<void(const FoundSecret&)>& found_;
};

}  // namespace

void find_secrets(std::string_view text, const std::function<void(const FoundSecret&)>& found) {
  Scan(text, found).run();
}

std::optional<Secret> secret_of_topic(std::string_view topic) {
  return secret_behind(topic.substr(topic.rfind('/') + 1));
}

}  // namespace dmb::record
