// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/mapping/parse_map.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dmb::test {

/// The lines of a [MAP] as the config hands them over: comments cut off, blank lines left out.
inline std::vector<MapEntry> map_entries(std::string_view text, int first_line = 1) {
  std::vector<MapEntry> entries;
  for (int line = first_line; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view row = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    row = row.substr(0, row.find(" ;"));
    row = row.substr(0, row.find_last_not_of(' ') + 1);
    const std::size_t equals = row.find('=');
    if (equals == std::string_view::npos) continue;
    const std::size_t key_end = row.find_last_not_of(' ', equals - 1) + 1;
    const std::size_t value = std::min(row.find_first_not_of(' ', equals + 1), row.size());
    entries.push_back({.key = std::string(row.substr(0, key_end)),
                       .value = std::string(row.substr(value)),
                       .line = line,
                       .value_column = static_cast<int>(value) + 1});
  }
  return entries;
}

inline std::optional<std::string> topic_is_ess(std::string_view name) {
  if (name == "topic") return "ess";
  return std::nullopt;
}

inline MapResult parse_own(std::string_view text, const Placeholders& names = topic_is_ess) {
  return parse_map({}, map_entries(text), names);
}

/// Problems as "line:column key: message", one a line.
inline std::string told(const std::vector<MapProblem>& problems) {
  std::string text;
  for (const MapProblem& problem : problems)
    text += std::to_string(problem.line) + ':' + std::to_string(problem.column) + ' ' +
            problem.key + ": " + problem.message + '\n';
  return text;
}

/// The keys of the lines and where they stand: "Soc@1 ".
inline std::string keys_of(const MapResult& result) {
  std::string keys;
  for (const MapLine& line : result.map.lines)
    keys += line.key + '@' + std::to_string(line.line) + ' ';
  return keys;
}

}  // namespace dmb::test
