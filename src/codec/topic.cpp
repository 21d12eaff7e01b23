// SPDX-License-Identifier: MIT
#include "dmb/codec/topic.h"

namespace dmb {

std::optional<std::string_view> take_level(std::optional<std::string_view>& rest) {
  if (!rest) return std::nullopt;
  const std::size_t slash = rest->find('/');
  const std::string_view level = rest->substr(0, slash);
  rest = slash == std::string_view::npos ? std::nullopt : std::optional(rest->substr(slash + 1));
  return level;
}

bool topic_matches(std::string_view filter, std::string_view topic) {
  if (topic.starts_with('$') && (filter.starts_with('+') || filter.starts_with('#'))) return false;
  std::optional<std::string_view> filter_rest = filter;
  std::optional<std::string_view> topic_rest = topic;
  while (true) {
    const auto wanted = take_level(filter_rest);
    if (wanted == "#") return true;
    const auto level = take_level(topic_rest);
    if (!wanted || !level) return !wanted && !level;
    if (wanted != "+" && wanted != level) return false;
  }
}

namespace {

std::string_view without_group(std::string_view filter) {
  std::optional<std::string_view> rest = filter;
  if (take_level(rest) != "$share") return filter;
  take_level(rest);
  return rest.value_or("");
}

bool is_wild(std::optional<std::string_view> level) {
  return level == "+" || level == "#";
}

}  // namespace

bool filters_overlap(std::string_view a, std::string_view b) {
  std::optional<std::string_view> a_rest = without_group(a);
  std::optional<std::string_view> b_rest = without_group(b);
  if (a_rest->starts_with('$') != b_rest->starts_with('$')) return false;
  while (true) {
    const auto one = take_level(a_rest);
    const auto other = take_level(b_rest);
    if (one == "#" || other == "#") return true;
    if (!one || !other) return !one && !other;
    if (!is_wild(one) && !is_wild(other) && one != other) return false;
  }
}

std::optional<VenusTopic> venus_topic_of(std::string_view topic) {
  VenusTopic venus;
  std::optional<std::string_view> rest = topic;
  auto level = take_level(rest);
  while (level != "N") {
    if (!rest || has_wildcard(*level)) return std::nullopt;
    venus.prefix.append(*level) += '/';
    level = take_level(rest);
  }
  venus.portal_id = take_level(rest).value_or("");
  venus.rest = rest.value_or("");
  if (venus.portal_id.empty() || venus.rest.empty() || has_wildcard(venus.portal_id))
    return std::nullopt;
  return venus;
}

bool has_wildcard(std::string_view filter) {
  return filter.find_first_of("+#") != std::string_view::npos;
}

}  // namespace dmb
