// SPDX-License-Identifier: MIT
#include "dmb/publish/discovery.h"

#include "dmb/battery/quantity_name.h"
#include "entity.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace dmb {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kProgram = "dbus-mqtt-battery";

/// Where the reason of a limit stands in what is told about a battery.
struct LimitReason {
  Quantity limit;
  std::string_view key;
};
constexpr std::array kReasons{
    LimitReason{q("/Info/MaxChargeVoltage"), "max_charge_voltage_v"},
    LimitReason{q("/Info/MaxChargeCurrent"), "max_charge_current_a"},
    LimitReason{q("/Info/MaxDischargeCurrent"), "max_discharge_current_a"},
};

void set_if_any(Json& object, const char* key, std::string_view text) {
  if (!text.empty()) object[key] = text;
}

std::string path_in_words(std::string_view path) {
  std::string text(path.substr(1));
  std::ranges::replace(text, '/', '_');
  return text;
}

void add_reason(Json& component, Quantity quantity, const std::string& state_topic) {
  const auto* reason = std::ranges::find(kReasons, quantity, &LimitReason::limit);
  if (reason == kReasons.end()) return;
  component["json_attr_t"] = state_topic;
  component["json_attr_tpl"] = "{{ (value_json.get('About',{}).get('limits',{}).get('" +
                               std::string(reason->key) + "') or {}) | tojson }}";
}

Json component_of(Quantity quantity, const AnnouncedDevice& device, const PublishTopics& topics) {
  const ItemSpec& item = quantity.spec();
  const Entity entity = entity_of(quantity);
  Json component{{"p", entity.platform},
                 {"name", name_of(quantity)},
                 {"uniq_id", topics.device_id(device.id) + "_" + path_in_words(item.path)},
                 {"val_tpl", entity.value_template},
                 {"exp_aft", device.expire_after.count()}};
  set_if_any(component, "dev_cla", entity.device_class);
  set_if_any(component, "unit_of_meas", entity.unit);
  set_if_any(component, "stat_cla", entity.state_class);
  if (entity.decimals) component["sug_dsp_prc"] = *entity.decimals;
  if (has(item.traits, Trait::diagnostic)) component["ent_cat"] = "diagnostic";
  if (has(item.traits, Trait::optional)) component["en"] = false;
  add_reason(component, quantity, topics.state(device.id));
  return component;
}

}  // namespace

bool is_offered(const ItemSpec& item) {
  return has(item.traits, Trait::payload) && !has(item.traits, Trait::unlisted);
}

std::string discovery_message(const AnnouncedDevice& device, std::span<const Quantity> items,
                              const PublishTopics& topics) {
  Json about{{"ids", {topics.device_id(device.id)}},
             {"name", device.name},
             {"mf", kProgram},
             {"sw", device.version}};
  set_if_any(about, "mdl", device.model);
  Json components = Json::object();
  for (const Quantity quantity : items)
    components[path_in_words(quantity.spec().path)] = component_of(quantity, device, topics);
  // Not abbreviated: the releases of Home Assistant differ in how.
  const Json message{{"dev", about},
                     {"o", {{"name", kProgram}, {"sw", device.version}}},
                     {"avty", {{{"t", topics.status()}}, {{"t", topics.availability(device.id)}}}},
                     {"avty_mode", "all"},
                     {"stat_t", topics.state(device.id)},
                     {"components", components}};
  return message.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace dmb
