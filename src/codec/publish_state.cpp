// SPDX-License-Identifier: MIT
#include "publish_state.h"

#include "dmb/codec/text.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace dmb {
namespace {

using state_json::Json;

constexpr std::size_t kMostTopics = 1'000;
constexpr std::size_t kMostBatteries = 300;

/// One that cannot be published to would end the connection each time it is tried.
bool is_topic(const std::string& text) {
  return !text.empty() && text.size() <= 1'000 && is_bus_text(text) &&
         text.find_first_of("+#") == std::string::npos;
}

std::vector<Quantity> decode_items(const Json& in) {
  std::vector<Quantity> items;
  for (const Json& path : in) {
    const auto item = path.is_string() ? find_quantity(path.get<std::string>()) : std::nullopt;
    if (item && items.size() < kQuantities) items.push_back(*item);
  }
  std::ranges::sort(items);
  items.erase(std::unique(items.begin(), items.end()), items.end());
  return items;
}

}  // namespace

Json encode_published(const PublishMemory& memory) {
  Json out{{"broker", memory.broker}, {"topics", memory.topics}};
  for (const auto& [id, items] : memory.announced) {
    Json& paths = out["announced"][id] = Json::array();
    for (const Quantity item : items) paths.push_back(item.spec().path);
  }
  return out;
}

PublishMemory decode_published(const Json& in) {
  PublishMemory memory{.broker = state_json::text_at(in, "broker")};
  if (const auto topics = in.find("topics"); topics != in.end() && topics->is_array())
    for (const Json& topic : *topics)
      if (topic.is_string() && is_topic(topic.get<std::string>()) &&
          memory.topics.size() < kMostTopics)
        memory.topics.insert(topic.get<std::string>());
  if (const Json* announced = state_json::object_at(in, "announced"))
    for (const auto& [id, items] : announced->items())
      if (items.is_array() && memory.announced.size() < kMostBatteries)
        memory.announced[id] = decode_items(items);
  return memory;
}

}  // namespace dmb
