// SPDX-License-Identifier: MIT
#include "dmb/codec/topic.h"

namespace dmb {
namespace {

/// Takes the first level off `topic`.
std::string_view take_level(std::string_view& topic) {
  const std::size_t slash = topic.find('/');
  const std::string_view level = topic.substr(0, slash);
  topic = slash == std::string_view::npos ? std::string_view{} : topic.substr(slash + 1);
  return level;
}

bool has_more(std::string_view whole, std::string_view level, std::string_view rest) {
  // "a/" has a second, empty level: the rest is empty, yet a slash was taken.
  return !rest.empty() || whole.size() > level.size();
}

}  // namespace

bool topic_matches(std::string_view filter, std::string_view topic) {
  if (topic.starts_with('$') && (filter.starts_with('+') || filter.starts_with('#'))) return false;
  while (true) {
    const std::string_view filter_whole = filter;
    const std::string_view topic_whole = topic;
    const std::string_view wanted = take_level(filter);
    if (wanted == "#") return true;
    const std::string_view level = take_level(topic);
    if (wanted != "+" && wanted != level) return false;
    const bool more_wanted = has_more(filter_whole, wanted, filter);
    const bool more_given = has_more(topic_whole, level, topic);
    if (!more_given) return !more_wanted || filter == "#";
    if (!more_wanted) return false;
  }
}

std::optional<VenusTopic> venus_topic_of(std::string_view topic) {
  VenusTopic venus;
  std::string_view level = take_level(topic);
  while (level != "N") {
    if (topic.empty() || has_wildcard(level)) return std::nullopt;
    venus.prefix.append(level) += '/';
    level = take_level(topic);
  }
  venus.portal_id = take_level(topic);
  venus.rest = topic;
  if (venus.portal_id.empty() || venus.rest.empty() || has_wildcard(venus.portal_id))
    return std::nullopt;
  return venus;
}

bool has_wildcard(std::string_view filter) {
  return filter.find_first_of("+#") != std::string_view::npos;
}

}  // namespace dmb
