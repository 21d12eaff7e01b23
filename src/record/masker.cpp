// SPDX-License-Identifier: MIT
#include "dmb/record/masker.h"

#include "dmb/battery/letter_case.h"
#include "secret_scan.h"
#include "secret_words.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <vector>

namespace dmb::record {
namespace {

constexpr std::size_t kLeastCharacters = 4;
constexpr std::size_t kLeastDigits = 6;
constexpr std::size_t kMaxOne = 8192;  // bytes

constexpr std::array<std::string_view, kSecretKinds> kStandIns{"password", "user",   "serial", "",
                                                               "broker",   "client", "word"};

std::uint16_t beginning_of(std::string_view text) {
  return static_cast<std::uint16_t>(static_cast<unsigned char>(text[0]) << 8U |
                                    static_cast<unsigned char>(text[1]));
}

std::string to_upper(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return result;
}

std::string padded(std::string start, std::size_t number, std::size_t size) {
  const std::string digits = std::to_string(number);
  if (start.size() + digits.size() < size) start.append(size - start.size() - digits.size(), '0');
  return start + digits;
}

/// How it stands in the texts of a JSON document, without the quotes.
std::string in_json(std::string_view text, bool ascii) {
  const auto dumped =
      nlohmann::json(text).dump(-1, ' ', ascii, nlohmann::json::error_handler_t::replace);
  return dumped.substr(1, dumped.size() - 2);
}

bool is_decimal(std::string_view text) {
  double number = 0;
  const char* end = text.data() + text.size();
  return std::from_chars(text.data(), end, number).ptr == end;
}

bool is_found_by_chance(std::string_view text) {
  if (is_all_digits(text)) return text.size() < kLeastDigits;
  return text.size() < kLeastCharacters || is_decimal(text) || is_own_vocabulary(text);
}

bool is_this_machine(std::string_view address) {
  return equals_ignoring_case(address, "localhost") || address.starts_with("127.") ||
         address == "::1";
}

/// Written in lower or upper case by one and another publisher.
bool is_in_any_case(Secret kind) {
  return kind != Secret::password && kind != Secret::user_name && kind != Secret::client_id;
}

/// Whether the character at `at` is the second one of an escape of JSON: "\\n".
bool is_escaped(std::string_view text, std::size_t at) {
  std::size_t backslashes = 0;
  while (backslashes < at && text[at - backslashes - 1] == '\\') ++backslashes;
  return backslashes % 2 == 1;
}

bool is_of_number(char c) {
  return is_digit(c) || c == '.';
}
bool is_of_word(char c) {
  return is_digit(c) || is_letter(c);
}

/// Whether one that `is_part_of` says goes on before `start` or at `end`.
template <typename IsPart>
bool goes_on(std::string_view text, std::size_t start, std::size_t end, IsPart is_part_of) {
  return (start > 0 && is_part_of(text[start - 1])) || (end < text.size() && is_part_of(text[end]));
}

}  // namespace

bool Masker::is_full() const {
  return stand_ins_.size() >= kMaxSecrets || bytes_ >= kMaxSecretBytes;
}

bool Masker::learn(Secret kind, std::string_view text) {
  if (entries_.contains(text)) return true;
  if (kind == Secret::broker && is_this_machine(text)) return true;
  const bool is_short_word = kind == Secret::own_word && text.size() >= 2 &&
                             text.size() < kLeastCharacters && !is_decimal(text) &&
                             !is_own_vocabulary(text);
  if (is_found_by_chance(text) && !is_short_word) return true;
  if (text.size() > kMaxOne) return false;
  if (is_full() && !stand_ins_.contains(to_lower(text))) return false;
  const std::string stand_in = stand_in_for(kind, text);
  const Whole whole = is_short_word         ? Whole::word
                      : is_all_digits(text) ? Whole::number
                                            : Whole::nothing;
  std::vector<std::string> spellings{std::string(text), in_json(text, false), in_json(text, true),
                                     in_json(in_json(text, false), false)};
  if (is_in_any_case(kind)) {
    spellings.push_back(to_lower(text));
    spellings.push_back(to_upper(text));
  }
  for (const std::string& spelling : spellings) add(spelling, stand_in, whole);
  return true;
}

bool Masker::learn_text(std::string_view text) {
  bool learned = true;
  find_secrets(text, [&](const FoundSecret& found) {
    learned = learn_spelled(found.kind, found.spelled, found.value) && learned;
    if (found.value.find('\\') == std::string_view::npos) return;
    const auto plain = nlohmann::json::parse('"' + std::string(found.value) + '"', nullptr, false);
    if (plain.is_string())
      learned = learn(found.kind, plain.get_ref<const std::string&>()) && learned;
  });
  return learned;
}

bool Masker::learn_spelled(Secret kind, std::string_view spelled, std::string_view value) {
  if (entries_.contains(spelled)) return true;
  if (entries_.contains(value) || !is_found_by_chance(value)) return learn(kind, value);
  if (is_full() || spelled.size() > kMaxOne) return false;
  add(spelled,
      std::string(spelled.substr(0, spelled.size() - value.size())) + stand_in_for(kind, value));
  return true;
}

std::string Masker::stand_in_for(Secret kind, std::string_view secret) {
  const std::string key = to_lower(secret);
  const auto known = stand_ins_.find(key);
  if (known != stand_ins_.end()) return known->second;
  const auto place = static_cast<std::size_t>(kind);
  const std::size_t number = ++counts_.at(place);
  std::string stand_in;
  if (is_all_digits(secret) && secret.size() < kLeastDigits)
    stand_in.assign(secret.size(), '9');
  else if (is_all_digits(secret))
    stand_in = padded("9", number, secret.size());
  else if (kind == Secret::portal_id)
    stand_in = padded("c0ffee", number, 12);
  else
    stand_in = std::string(kStandIns.at(place)) + std::to_string(number);
  stand_ins_.emplace(key, stand_in);
  return stand_in;
}

/// Of one that is not replaced everywhere: that of its kind.
std::string Masker::known_stand_in(Secret kind, std::string_view secret) const {
  if (kind == Secret::broker && is_this_machine(secret)) return std::string(secret);
  const auto known = stand_ins_.find(to_lower(secret));
  if (known != stand_ins_.end()) return known->second;
  return std::string(kStandIns.at(static_cast<std::size_t>(kind)));
}

void Masker::add(std::string_view secret, const std::string& stand_in, Whole whole) {
  if (!entries_.try_emplace(std::string(secret), Entry{stand_in, whole}).second) return;
  sizes_[beginning_of(secret)].insert(secret.size());
  beginnings_.set(beginning_of(secret));
  first_bytes_.at(static_cast<unsigned char>(secret[0])) = true;
  bytes_ += secret.size();
}

Masker::Entries::const_iterator Masker::find_at(std::string_view text, std::size_t at) const {
  for (const std::size_t size : sizes_.at(beginning_of(text.substr(at)))) {
    const std::size_t end = at + size;
    if (end > text.size()) continue;
    const auto found = entries_.find(text.substr(at, size));
    if (found == entries_.end()) continue;
    const Whole whole = found->second.whole;
    const bool is_part = (whole == Whole::number && goes_on(text, at, end, is_of_number)) ||
                         (whole == Whole::word && goes_on(text, at, end, is_of_word));
    if (!is_part) return found;
  }
  return entries_.end();
}

std::string Masker::mask(std::string text) const {
  std::string out;
  std::size_t copied = 0;
  const std::string_view all = text;
  for (std::size_t at = 0; at + 1 < all.size(); ++at) {
    if (!first_bytes_[static_cast<unsigned char>(all[at])]) continue;
    if (!beginnings_.test(beginning_of(all.substr(at)))) continue;
    const auto found = find_at(text, at);
    if (found == entries_.end()) continue;
    // The escape that the secret's first character seems to end goes with it.
    const std::size_t end = is_escaped(text, at) ? at - 1 : at;
    if (end > copied) out.append(text, copied, end - copied);
    out += found->second.stand_in;
    at += found->first.size() - 1;
    copied = at + 1;
  }
  if (copied == 0) return text;
  return out.append(text, copied);
}

}  // namespace dmb::record
