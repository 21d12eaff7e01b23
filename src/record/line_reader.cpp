// SPDX-License-Identifier: MIT
#include "line_reader.h"

#include <algorithm>
#include <span>
#include <string_view>

namespace dmb::record {
namespace {

std::optional<unsigned char> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned char>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned char>(c - 'a' + 10);
  return std::nullopt;
}

bool read_hex(const std::string& digits, std::string& out) {
  if (digits.size() % 2 != 0) return false;
  out.clear();
  for (std::size_t at = 0; at < digits.size(); at += 2) {
    const auto high = hex_digit(digits[at]);
    const auto low = hex_digit(digits[at + 1]);
    if (!high || !low) return false;
    out += static_cast<char>(*high << 4U | *low);
  }
  return true;
}

template <typename Enum>
bool read_word(const Json& in, std::span<const std::string_view> words, Enum& out) {
  if (!in.is_string()) return false;
  const auto found = std::ranges::find(words, in.get_ref<const std::string&>());
  if (found == words.end()) return false;
  out = static_cast<Enum>(found - words.begin());
  return true;
}

}  // namespace

bool read(const Json& in, bool& out) {
  if (!in.is_boolean()) return false;
  out = in.get<bool>();
  return true;
}

bool read(const Json& in, double& out) {
  if (!in.is_number()) return false;
  out = in.get<double>();
  return true;
}

bool read(const Json& in, std::string& out) {
  if (in.is_string()) {
    out = in.get_ref<const std::string&>();
    return true;
  }
  if (!in.is_object()) return false;
  const auto hex = in.find("hex");
  return hex != in.end() && hex->is_string() && read_hex(hex->get_ref<const std::string&>(), out);
}

bool read(const Json& in, Instant& out) {
  std::int64_t nanoseconds = 0;
  if (!read(in, nanoseconds)) return false;
  out = Instant(std::chrono::nanoseconds(nanoseconds));
  return true;
}

bool read(const Json& in, std::chrono::sys_days& out) {
  constexpr int kMaxDays = 3'000'000;  // as far as calendars go
  int days = 0;
  if (!read(in, days) || days < -kMaxDays || days > kMaxDays) return false;
  out = std::chrono::sys_days(std::chrono::days(days));
  return true;
}

bool read(const Json& in, Standing& out) {
  return read_word(in, kStandingWords, out);
}

bool read(const Json& in, MemberRole& out) {
  return read_word(in, kRoleWords, out);
}

bool read(const Json& in, Value& out) {
  if (in.is_number_float()) return read(in, out.emplace<double>());
  if (in.is_number()) return read(in, out.emplace<std::int32_t>());
  return read(in, out.emplace<std::string>());
}

bool read(const Json& in, State& out) {
  std::string text;
  if (!read(in, text)) return false;
  auto state = decode_state(text);
  if (state) out = std::move(*state);
  return state.has_value();
}

bool read(const Json& in, MemberValues& out) {
  if (!in.is_object()) return false;
  for (const auto& [path, value] : in.items()) {
    const auto quantity = find_member_quantity(path);
    if (quantity && !read(value, out[*quantity])) return false;
  }
  return true;
}

bool read(const Json& in, SparseValues& out) {
  if (!in.is_object()) return false;
  for (const auto& [path, member] : in.items()) {
    const auto quantity = find_quantity(path);
    Value value;
    if (quantity && !read(member, value)) return false;
    if (quantity) out.set(*quantity, std::move(value));
  }
  return true;
}

bool read(const Json& in, IndexedMembers& out) {
  return read_list(in, out, IndexedMembers::value_type{}) &&
         std::ranges::all_of(out,
                             [](const auto& member) { return member.first < kMaxMembersSeen; });
}

}  // namespace dmb::record
