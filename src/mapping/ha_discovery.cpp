// SPDX-License-Identifier: MIT
#include "dmb/mapping/ha_discovery.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <initializer_list>

namespace dmb {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 4> kComponents{"sensor", "binary_sensor", "switch",
                                                      "device"};

bool is_component(std::string_view text) {
  return std::ranges::find(kComponents, text) != kComponents.end();
}

/// What the topic of a config message says.
struct ConfigTopic {
  std::string_view component;
  std::string_view node;  ///< may be empty
  std::string_view object;
};

std::optional<ConfigTopic> read_topic(std::string_view topic) {
  constexpr std::string_view kEnd = "/config";
  if (!topic.ends_with(kEnd)) return std::nullopt;
  topic.remove_suffix(kEnd.size());
  std::array<std::string_view, 3> last;  // from the end
  std::size_t known = 0;
  while (known < last.size() && !topic.empty()) {
    const std::size_t slash = topic.rfind('/');
    if (slash == std::string_view::npos) break;  // the prefix
    last[known++] = topic.substr(slash + 1);
    topic = topic.substr(0, slash);
  }
  if (known >= 3 && is_component(last[2])) return ConfigTopic{last[2], last[1], last[0]};
  if (known >= 2 && is_component(last[1])) return ConfigTopic{last[1], {}, last[0]};
  return std::nullopt;
}

/// The member under its long or its short name; nullptr when neither is there.
const Json* find(const Json& object, std::initializer_list<const char*> names) {
  if (!object.is_object()) return nullptr;
  for (const char* name : names)
    if (const auto found = object.find(name); found != object.end()) return &*found;
  return nullptr;
}

std::string text_of(const Json* json) {
  constexpr std::size_t kMaxBytes = 1024;
  if (json == nullptr || !json->is_string()) return {};
  const auto& text = json->get_ref<const std::string&>();
  return text.size() <= kMaxBytes ? text : std::string{};
}

std::string text_of(const Json& object, std::initializer_list<const char*> names) {
  return text_of(find(object, names));
}

/// The first of `objects` that says it.
std::string text_in(std::initializer_list<const Json*> objects,
                    std::initializer_list<const char*> names) {
  for (const Json* object : objects)
    if (std::string text = text_of(*object, names); !text.empty()) return text;
  return {};
}

/// Topics may begin or end with "~", which stands for the message's own base.
std::string with_base(std::string topic, const std::string& base) {
  if (topic.starts_with('~')) return base + topic.substr(1);
  if (topic.ends_with('~')) return topic.substr(0, topic.size() - 1) + base;
  return topic;
}

/// What is the same for all entities of a message.
struct Shared {
  const Json& root;
  std::string base;
  std::string device;
  std::string device_name;
};

std::string identity_of(const Json* device) {
  if (device == nullptr) return {};
  const Json* identifiers = find(*device, {"identifiers", "ids"});
  if (identifiers == nullptr) return {};
  if (identifiers->is_array())
    return identifiers->empty() ? std::string{} : text_of(&identifiers->front());
  return text_of(identifiers);
}

/// Without a device of its own an entity belongs to those under the same node of the topic, or to
/// those that share its state topic.
Shared shared_by(const Json& root, const ConfigTopic& topic) {
  const Json* device = find(root, {"device", "dev"});
  Shared shared{.root = root,
                .base = text_of(root, {"~"}),
                .device = identity_of(device),
                .device_name = device != nullptr ? text_of(*device, {"name"}) : std::string{}};
  if (shared.device.empty()) shared.device = shared.device_name;
  if (shared.device.empty() && topic.component == "device") shared.device = topic.object;
  if (shared.device.empty()) shared.device = topic.node;
  return shared;
}

std::optional<std::string> pointer_of(const std::string& value_template) {
  if (value_template.empty()) return std::nullopt;
  const auto source = read_ha_template(value_template);
  return source ? source->pointer : std::nullopt;
}

HaAvailability availability_of(const Json& object, std::initializer_list<const Json*> defaults,
                               std::string topic) {
  HaAvailability found{.topic = std::move(topic),
                       .pointer = pointer_of(text_of(object, {"availability_template", "avty_tpl",
                                                              "value_template", "val_tpl"}))};
  const auto set = [&](std::string& to, std::initializer_list<const char*> names) {
    std::string text = text_of(object, names);
    if (text.empty()) text = text_in(defaults, names);
    if (!text.empty()) to = std::move(text);
  };
  set(found.online, {"payload_available", "pl_avail"});
  set(found.offline, {"payload_not_available", "pl_not_avail"});
  return found;
}

/// One topic, or the last of a list: the first ones are mostly those of a bridge.
std::optional<HaAvailability> read_availability(const Json& entity, const Shared& shared) {
  const auto defaults = {&entity, &shared.root};
  for (const Json* object : defaults) {
    if (const Json* list = find(*object, {"availability", "avty"});
        list != nullptr && list->is_array() && !list->empty()) {
      std::string topic = with_base(text_of(list->back(), {"topic", "t"}), shared.base);
      if (!topic.empty()) return availability_of(list->back(), {}, std::move(topic));
    }
    std::string topic = with_base(text_of(*object, {"availability_topic", "avty_t"}), shared.base);
    if (topic.empty()) continue;
    HaAvailability found = availability_of(Json::object(), defaults, std::move(topic));
    found.pointer = pointer_of(text_in(defaults, {"availability_template", "avty_tpl"}));
    return found;
  }
  return std::nullopt;
}

std::optional<HaSource> read_source(const Json& entity, const std::string& topic) {
  const std::string text = text_of(entity, {"value_template", "val_tpl"});
  std::optional<HaSource> source = text.empty() ? HaSource{} : read_ha_template(text);
  if (source) source->topic = topic;
  return source;
}

std::optional<HaEntity> read_entity(const Json& json, std::string component, std::string id,
                                    const Shared& shared) {
  if (!json.is_object() || !is_component(component) || component == "device") return std::nullopt;
  std::string topic =
      with_base(text_in({&json, &shared.root}, {"state_topic", "stat_t"}), shared.base);
  if (topic.empty()) return std::nullopt;
  HaEntity entity{.device = shared.device.empty() ? topic : shared.device,
                  .device_name = shared.device_name,
                  .component = std::move(component),
                  .id = std::move(id),
                  .name = text_of(json, {"name"}),
                  .device_class = text_of(json, {"device_class", "dev_cla"}),
                  .unit = text_of(json, {"unit_of_measurement", "unit_of_meas"}),
                  .source = read_source(json, topic)};
  const auto set = [&json](std::string& to, std::initializer_list<const char*> names) {
    if (std::string text = text_of(json, names); !text.empty()) to = std::move(text);
  };
  set(entity.on, {"state_on", "stat_on", "payload_on", "pl_on"});
  set(entity.off, {"state_off", "stat_off", "payload_off", "pl_off"});
  entity.availability = read_availability(json, shared);
  return entity;
}

}  // namespace

bool is_ha_config_topic(std::string_view topic) {
  return read_topic(topic).has_value();
}

std::vector<HaEntity> read_ha_config(std::string_view topic, std::string_view payload) {
  const auto where = read_topic(topic);
  if (!where) return {};
  const Json root = Json::parse(payload, nullptr, false);
  if (!root.is_object()) return {};
  const Shared shared = shared_by(root, *where);
  std::vector<HaEntity> entities;
  const auto add = [&](const Json& json, std::string component, std::string_view id) {
    if (entities.size() >= kMaxHaEntities) return;
    if (auto entity = read_entity(json, std::move(component), std::string(id), shared))
      entities.push_back(std::move(*entity));
  };
  if (where->component != "device") {
    add(root, std::string(where->component), where->object);
    return entities;
  }
  const Json* components = find(root, {"components", "cmps"});
  if (components == nullptr || !components->is_object()) return {};
  for (const auto& [id, json] : components->items())
    add(json, text_of(json, {"platform", "p"}), id);
  return entities;
}

}  // namespace dmb
