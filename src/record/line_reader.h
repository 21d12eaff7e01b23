// SPDX-License-Identifier: MIT
#pragma once

#include "line_fields.h"

#include <nlohmann/json.hpp>

#include <concepts>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

// What LineWriter wrote. Each answers false where `in` is nothing of that kind: the line is
// damaged, or of a version that has more kinds.
namespace dmb::record {

using Json = nlohmann::json;
using IndexedMembers = std::vector<std::pair<std::size_t, WatchedMember>>;

bool read(const Json& in, bool& out);
bool read(const Json& in, double& out);
bool read(const Json& in, std::string& out);
bool read(const Json& in, Instant& out);
bool read(const Json& in, std::chrono::sys_days& out);
bool read(const Json& in, Standing& out);
bool read(const Json& in, MemberRole& out);
bool read(const Json& in, Value& out);
bool read(const Json& in, State& out);
bool read(const Json& in, MemberValues& out);
bool read(const Json& in, SparseValues& out);
/// Their indexes are bounded: who reads them makes room by them.
bool read(const Json& in, IndexedMembers& out);

template <std::integral Whole>
bool read(const Json& in, Whole& out) {
  if (!in.is_number_integer()) return false;
  if (in.is_number_unsigned() && !std::in_range<Whole>(in.get<std::uint64_t>())) return false;
  if (!in.is_number_unsigned() && !std::in_range<Whole>(in.get<std::int64_t>())) return false;
  out = in.get<Whole>();
  return true;
}

template <typename T>
requires kIsObject<T>
bool read(const Json& in, T& out);

template <typename T>
bool read(const Json& in, std::optional<T>& out) {
  return read(in, out.emplace());
}

template <typename A, typename B>
bool read(const Json& in, std::pair<A, B>& out) {
  return in.is_array() && in.size() == 2 && read(in[0], out.first) && read(in[1], out.second);
}

/// Of a vector, a set, or a map.
template <typename List, typename Element>
bool read_list(const Json& in, List& out, Element) {
  if (!in.is_array()) return false;
  for (const Json& element : in) {
    Element value{};
    if (!read(element, value)) return false;
    out.insert(out.end(), std::move(value));
  }
  return true;
}
template <typename T>
bool read(const Json& in, std::vector<T>& out) {
  return read_list(in, out, T{});
}
template <typename T>
bool read(const Json& in, std::set<T>& out) {
  return read_list(in, out, T{});
}
template <typename Key, typename T>
bool read(const Json& in, std::map<Key, T>& out) {
  return read_list(in, out, std::pair<Key, T>{});
}

/// What is left out is false, 0, empty or absent.
template <typename T>
bool read_field(const Json& object, std::string_view key, T& out) {
  out = T{};
  const auto found = object.find(key);
  return found == object.end() || read(*found, out);
}

template <typename T>
requires kIsObject<T>
bool read(const Json& in, T& out) {
  if (!in.is_object()) return false;
  return std::apply(
      [&](const auto&... field) { return (read_field(in, field.name, out.*field.member) && ...); },
      kFields<T>);
}

}  // namespace dmb::record
