// SPDX-License-Identifier: MIT
#include "dmb/record/line_text.h"

#include "line_reader.h"
#include "line_writer.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace dmb::record {
namespace {

template <std::size_t Kind>
std::optional<What> read_kind(const Json& in) {
  std::variant_alternative_t<Kind, What> what{};
  if (!read(in, what)) return std::nullopt;
  return What(std::in_place_index<Kind>, std::move(what));
}

using ReadKind = std::optional<What> (*)(const Json&);
constexpr auto kReaders = []<std::size_t... Kind>(std::index_sequence<Kind...>) {
  return std::array<ReadKind, sizeof...(Kind)>{&read_kind<Kind>...};
}
(std::make_index_sequence<std::variant_size_v<What>>());

/// Discarded: no line at all.
Json parse(std::string_view text) {
  if (text.size() > kMaxLineBytes) return Json(Json::value_t::discarded);
  return Json::parse(text, nullptr, false);
}

std::optional<std::int64_t> time_of(const Json& line) {
  if (!line.is_object()) return std::nullopt;
  const auto found = line.find("t");
  std::int64_t time = 0;
  if (found == line.end() || !read(*found, time)) return std::nullopt;
  return time;
}

}  // namespace

std::string to_text(const Line& line) {
  std::string out = "{";
  LineWriter writer(out);
  writer.put_member("t", line.at);
  const std::string_view kind = kKinds.at(line.what.index());
  std::visit([&](const auto& what) { writer.put_member(kind, what); }, line.what);
  out += '}';
  return out;
}

std::optional<Line> parse_line(std::string_view text) {
  const Json line = parse(text);
  const auto time = time_of(line);
  if (!time) return std::nullopt;
  for (std::size_t kind = 0; kind < kKinds.size(); ++kind) {
    const auto found = line.find(kKinds.at(kind));
    if (found == line.end()) continue;
    auto what = kReaders.at(kind)(*found);
    if (!what) return std::nullopt;
    return Line{Instant(std::chrono::nanoseconds(*time)), std::move(*what)};
  }
  return std::nullopt;
}

bool is_of_other_version(std::string_view text) {
  return time_of(parse(text)) && !parse_line(text);
}

}  // namespace dmb::record
