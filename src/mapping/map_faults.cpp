// SPDX-License-Identifier: MIT
#include "map_faults.h"

#include "dmb/codec/bus_value.h"
#include "dmb/codec/text.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace dmb {
namespace {

constexpr std::size_t kLongestQuote = 60;

struct Spot {
  int line = 0;
  int column = 0;
};

int characters(std::string_view text) {
  return static_cast<int>(characters_in(text));
}

Spot spot_of(const MapEntry& entry, std::size_t at) {
  const std::string_view before = std::string_view(entry.value).substr(0, at);
  const std::size_t line_end = before.rfind('\n');
  if (line_end == std::string_view::npos)
    return {entry.line, entry.value_column + characters(before)};
  // The lines of a preset have no number.
  const auto lines = static_cast<int>(std::ranges::count(before, '\n'));
  return {entry.line == 0 ? 0 : entry.line + lines, 1 + characters(before.substr(line_end + 1))};
}

MapProblem problem_at(Spot spot, const MapEntry& entry, std::string message, bool fatal) {
  return {.line = spot.line,
          .column = spot.column,
          .key = printable(entry.key, kLongestQuote),
          .message = std::move(message),
          .fatal = fatal};
}

}  // namespace

void MapFaults::add(std::size_t at, std::string message) {
  problems_.push_back(problem_at(spot_of(entry_, at), entry_, std::move(message), true));
}

void MapFaults::add_odd(std::size_t at, std::string message) {
  problems_.push_back(problem_at(spot_of(entry_, at), entry_, std::move(message), false));
}

void MapFaults::add_to_key(std::size_t at, std::string message) {
  const int column = entry_.key_column + characters(std::string_view(entry_.key).substr(0, at));
  problems_.push_back(problem_at({entry_.line, column}, entry_, std::move(message), true));
}

int MapFaults::column_of(std::size_t at) const {
  return spot_of(entry_, at).column;
}

std::string quoted(std::string_view untrusted) {
  return '"' + printable(untrusted, kLongestQuote) + '"';
}

}  // namespace dmb
