// SPDX-License-Identifier: MIT
// Topic filters and topics. The input is a filter, a line end, a topic.
#include "../support/broken_rule.h"
#include "dmb/codec/topic.h"
#include "dmb/config/text_rules.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace dmb;
using test::rule;

namespace {

using Levels = std::vector<std::string_view>;

Levels levels_of(std::string_view topic) {
  Levels levels;
  while (true) {
    const std::size_t slash = topic.find('/');
    levels.push_back(topic.substr(0, slash));
    if (slash == std::string_view::npos) return levels;
    topic.remove_prefix(slash + 1);
  }
}

/// MQTT 3.1.1, 4.7, level by level.
bool matches(const Levels& filter, const Levels& topic) {
  if (topic[0].starts_with('$') && (filter[0] == "+" || filter[0] == "#")) return false;
  for (std::size_t i = 0; i < filter.size(); ++i) {
    if (filter[i] == "#") return topic.size() >= i;
    if (i >= topic.size() || (filter[i] != "+" && filter[i] != topic[i])) return false;
  }
  return filter.size() == topic.size();
}

void check_venus(std::string_view topic) {
  const auto venus = venus_topic_of(topic);
  if (!venus) return;
  rule(!venus->portal_id.empty() && venus->portal_id.find('/') == std::string::npos,
       "a portal id of two levels");
  rule(topic == venus->prefix + "N/" + venus->portal_id + "/" + venus->rest,
       "a Venus topic that is another");
  const auto beats = venus_topic_of(venus->heartbeat());
  rule(beats && beats->prefix == venus->prefix && beats->portal_id == venus->portal_id,
       "a heartbeat of another portal");
  rule(!has_wildcard(venus->keepalive()), "a keepalive to many");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t split = std::min(input.find('\n'), input.size());
  const std::string_view filter = input.substr(0, split);
  const std::string_view topic = split < input.size() ? input.substr(split + 1) : filter;
  check_venus(filter);
  const bool matched = topic_matches(filter, topic);
  if (topic_filter_fault(filter)) return 0;
  rule(matched == matches(levels_of(filter), levels_of(topic)), "matched otherwise than MQTT says");
  const bool wild = filter.find_first_of("+#") != std::string_view::npos;
  rule(wild || matched == (filter == topic), "a filter without wildcards matches another topic");
  return 0;
}
