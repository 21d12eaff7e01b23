// SPDX-License-Identifier: MIT
#include "dmb/codec/topic.h"
#include "dmb/mapping/topic_tree.h"

#include <algorithm>

namespace dmb {
namespace {

/// Whether every topic of `narrow` belongs to `wide` too.
bool covers(std::string_view wide, std::string_view narrow) {
  if (narrow.starts_with('$') && !wide.starts_with('$')) return false;
  std::optional<std::string_view> wide_rest = wide;
  std::optional<std::string_view> narrow_rest = narrow;
  while (true) {
    const auto a = take_level(wide_rest);
    const auto b = take_level(narrow_rest);
    if (a == "#") return true;
    if (!a || !b) return !a && !b;
    if (b == "#" || (a != "+" && a != b)) return false;
  }
}

std::string_view filter_level(const MapStep& step) {
  switch (step.kind) {
    case MapStep::Kind::literal:
      return step.text;
    case MapStep::Kind::item:
      return "#";
    default:
      return "+";
  }
}

}  // namespace

std::string filter_of(const std::vector<MapStep>& pattern) {
  std::string filter;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (i > 0) filter += '/';
    filter += filter_level(pattern[i]);
  }
  return filter;
}

std::vector<std::string> without_covered(std::vector<std::string> filters) {
  std::ranges::sort(filters);
  filters.erase(std::unique(filters.begin(), filters.end()), filters.end());
  std::vector<std::string> wide;
  std::ranges::copy_if(filters, std::back_inserter(wide),
                       [](const std::string& filter) { return has_wildcard(filter); });
  std::erase_if(filters, [&wide](const std::string& filter) {
    return std::ranges::any_of(
        wide, [&](const std::string& other) { return other != filter && covers(other, filter); });
  });
  return filters;
}

}  // namespace dmb
