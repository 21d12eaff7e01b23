// SPDX-License-Identifier: MIT
#pragma once

#include "line_fields.h"

#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dmb::record {

/// Appends JSON to a text, without building it first: it is done for every message that comes.
class LineWriter {
 public:
  explicit LineWriter(std::string& out) : out_(out) {}

  void put(bool is_true) { out_ += is_true ? "true" : "false"; }
  void put(double number);
  void put(std::integral auto number) { put_whole(static_cast<std::int64_t>(number)); }
  void put(const std::string& text);
  void put(Instant time) { put_whole(std::chrono::nanoseconds(time.time_since_epoch()).count()); }
  void put(std::chrono::sys_days date) { put_whole(date.time_since_epoch().count()); }
  void put(Standing standing) { put_word(kStandingWords[static_cast<std::size_t>(standing)]); }
  void put(MemberRole role) { put_word(kRoleWords[static_cast<std::size_t>(role)]); }
  void put(const Value& value);
  void put(const State& state);
  void put(const MemberValues& values);
  void put(const SparseValues& values);

  template <typename T>
  void put(const std::optional<T>& value) {
    put(*value);  // an absent one is left out
  }
  template <typename A, typename B>
  void put(const std::pair<A, B>& pair) {
    out_ += '[';
    put(pair.first);
    out_ += ',';
    put(pair.second);
    out_ += ']';
  }
  template <typename T>
  void put(const std::vector<T>& list) {
    put_list(list);
  }
  template <typename T>
  void put(const std::set<T>& list) {
    put_list(list);
  }
  template <typename Key, typename T>
  void put(const std::map<Key, T>& list) {
    put_list(list);
  }
  template <typename T>
  requires kIsObject<T>
  void put(const T& object) {
    out_ += '{';
    std::apply([&](const auto&... field) { (put_field(field.name, object.*field.member), ...); },
               kFields<T>);
    out_ += '}';
  }
  /// A key that is not left out, whatever it holds.
  template <typename T>
  void put_member(std::string_view key, const T& value) {
    put_key(key);
    put(value);
  }

 private:
  template <typename List>
  void put_list(const List& list) {
    out_ += '[';
    for (const auto& element : list) {
      separate();
      put(element);
    }
    out_ += ']';
  }
  template <typename T>
  void put_field(std::string_view key, const T& value) {
    if (!is_nothing(value)) put_member(key, value);
  }
  static bool is_nothing(const std::optional<double>& number);
  template <typename T>
  static bool is_nothing(const T& value) {
    if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>)
      return value == T{};
    else if constexpr (requires { value.has_value(); })
      return !value.has_value();
    else if constexpr (requires { value.empty(); })
      return value.empty();
    else
      return false;
  }

  void separate() {
    if (out_.back() != '{' && out_.back() != '[') out_ += ',';
  }
  void put_key(std::string_view key) {
    separate();
    put_word(key);
    out_ += ':';
  }
  void put_word(std::string_view word) { ((out_ += '"') += word) += '"'; }
  void put_whole(std::int64_t number);

  std::string& out_;
};

}  // namespace dmb::record
