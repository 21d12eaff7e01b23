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

int characters(std::string_view text) {
  return static_cast<int>(characters_in(text));
}

}  // namespace

MapFaults::Spot MapFaults::spot_of(std::size_t at) const {
  const std::string_view before = std::string_view(entry_.value).substr(0, at);
  const std::size_t line_end = before.rfind('\n');
  if (line_end == std::string_view::npos)
    return {entry_.line, entry_.value_column + characters(before)};
  return {entry_.line + static_cast<int>(std::ranges::count(before, '\n')),
          1 + characters(before.substr(line_end + 1))};
}

void MapFaults::add(Spot spot, std::string message, bool fatal) {
  problems_.push_back({.in_preset = in_preset_,
                       .line = spot.line,
                       .column = spot.column,
                       .key = printable(entry_.key, kLongestQuote),
                       .message = std::move(message),
                       .fatal = fatal});
}

void MapFaults::add(std::size_t at, std::string message) {
  add(spot_of(at), std::move(message), true);
}

void MapFaults::add_odd(std::size_t at, std::string message) {
  add(spot_of(at), std::move(message), false);
}

void MapFaults::add_to_key(std::size_t at, std::string message) {
  const int column = entry_.key_column + characters(std::string_view(entry_.key).substr(0, at));
  add({entry_.line, column}, std::move(message), true);
}

int MapFaults::column_of(std::size_t at) const {
  return spot_of(at).column;
}

std::string quoted(std::string_view untrusted) {
  return '"' + printable(untrusted, kLongestQuote) + '"';
}

}  // namespace dmb
