// SPDX-License-Identifier: MIT
#include "dmb/codec/text.h"
#include "dmb/config/build.h"
#include "dmb/config/ini_value.h"
#include "dmb/config/text_rules.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <set>

namespace dmb {
namespace {

using std::chrono::seconds;

void read_rules(const Scope& scope, BatteryConfig& battery) {
  read_publishing(scope, battery);
  battery.stop_discharge_on_timeout =
      scope.get_or("stop_discharge_on_timeout", battery.stop_discharge_on_timeout);
  battery.product_id = scope.get<int>("product_id");
  battery.cell_page = scope.get_or("cell_page", battery.cell_page);
  battery.switches = scope.get_or("switches", battery.switches);
  battery.control = scope.get_or("control", battery.control);
}

/// A battery without a voltage cannot be shown, so that one is required whatever the key says.
void read_required(const Scope& scope, BatteryConfig& battery) {
  const auto keys = scope.get<std::vector<std::string>>("required");
  if (!keys) return;
  std::set<Quantity> items{q("/Dc/0/Voltage")};
  for (const std::string& key : *keys) items.insert(find_payload_quantity(key).value());
  battery.required.assign(items.begin(), items.end());
}

/// Two configs that differ in the instance do not claim one name, and the name is the one that the
/// Python driver gave since its version 1.0.
std::string service_name_of(int device_instance) {
  return BatteryConfig{}.service_name + "_" + std::to_string(device_instance);
}

BatteryConfig build_main_battery(const Settings& settings, const Setting* topic,
                                 const Presets& presets, Problems& problems, Claims& claims) {
  const SettingsSection& general = settings.of(Family::general);
  const Scope scope{&general};
  BatteryConfig battery;
  if (topic != nullptr)
    if (const auto* filter = std::get_if<std::string>(&topic->value)) battery.topic = *filter;
  battery.device_name = scope.get_or("device_name", battery.device_name);
  const auto instance = scope.get<int>("device_instance");
  battery.device_instance = instance.value_or(battery.device_instance);
  if (instance) battery.service_name = service_name_of(*instance);
  battery.service_name = scope.get_or("service_name", battery.service_name);
  const Scope rules{&settings.of(Family::mqtt), &general};
  read_rules(rules, battery);
  read_required(rules, battery);
  battery.time_to_go = build_time_to_go({&settings.of(Family::time_to_go), &general});

  add_claim(claims.instances, std::to_string(battery.device_instance), general,
            scope.find("device_instance"));
  add_claim(claims.service_names, battery.service_name, general, scope.find("service_name"));
  battery.preset = Scope{&settings.of(Family::mqtt), &general}.get_or<std::string>("preset", {});
  build_map(settings, settings.of(Family::mqtt), presets, battery, problems);
  if (!battery.map) add_claim(claims.topics, battery.topic, settings.of(Family::mqtt), topic);
  return battery;
}

std::vector<std::string_view> parts_of(std::string_view list) {
  std::vector<std::string_view> parts;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (const auto part = trim(list.substr(0, comma)); !part.empty()) parts.push_back(part);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return parts;
}

/// "a, b" is a valid filter, and one that no message ever matches: what was meant are two
/// batteries.
void check_one_topic(const Setting& setting, FreeInstances& free, Problems& problems) {
  const auto* topic = std::get_if<std::string>(&setting.value);
  if (topic == nullptr || topic->find(',') == std::string::npos) return;
  const auto parts = parts_of(*topic);
  std::string message = "must be one topic, without a comma";
  constexpr std::size_t kMaxShown = 5;
  for (std::size_t i = 1; i < std::min(parts.size(), kMaxShown); ++i) {
    const std::string number = std::to_string(free.take());
    message += i == 1 ? "; write a section for each further battery: [BATTERY " : "; [BATTERY ";
    message += number;
    message += "] with the lines \"topic = " + printable(parts[i]);
    message += "\" and \"device_instance = " + number + '"';
  }
  SpotProblems(problems, setting.spot).error(message);
}

void report_missing(const SettingsSection& section, const std::string& key,
                    const std::string& message, Problems& problems) {
  SpotProblems(problems, {.line = section.line, .section = section.title, .key = key})
      .error(message);
}

void check_own_keys(const SettingsSection& section, bool has_map, FreeInstances& free,
                    Problems& problems) {
  const Scope own{&section};
  const bool mapped = own.find("preset") != nullptr || has_map;
  if (own.find("topic") == nullptr && !mapped) {
    report_missing(section, "topic",
                   "is missing; every battery section needs the MQTT topic of its battery",
                   problems);
  }
  if (own.find("device_instance") == nullptr) {
    report_missing(section, "device_instance",
                   "is missing; every battery section needs a number of its own, e.g. "
                   "device_instance = " +
                       std::to_string(free.take()),
                   problems);
  }
  if (const Setting* topic = own.find("topic")) check_one_topic(*topic, free, problems);
}

BatteryConfig build_further_battery(const Settings& settings, const SettingsSection& section,
                                    const Presets& presets, Problems& problems, Claims& claims) {
  const SettingsSection& general = settings.of(Family::general);
  const Scope own{&section};
  BatteryConfig battery;
  battery.label = section.label;
  battery.topic = own.get_or<std::string>("topic", {});
  battery.device_name =
      own.get_or("device_name", shown_label(section, battery.device_name, problems));
  const auto instance = own.get<int>("device_instance");
  battery.device_instance = instance.value_or(battery.device_instance);
  battery.service_name = own.get_or("service_name", service_name_of(battery.device_instance));
  read_rules({&section, &general}, battery);
  read_required({&section, &general}, battery);
  battery.time_to_go = build_time_to_go({&section, &settings.of(Family::time_to_go), &general});

  if (instance) {
    add_claim(claims.instances, std::to_string(*instance), section, own.find("device_instance"));
  }
  if (instance || own.find("service_name") != nullptr) {
    add_claim(claims.service_names, battery.service_name, section, own.find("service_name"));
  }
  battery.preset = own.get_or<std::string>("preset", {});
  build_map(settings, section, presets, battery, problems);
  const Setting* topic = own.find("topic");
  if (topic != nullptr && !battery.map) {
    add_claim(claims.topics, battery.topic, section, topic);
  }
  return battery;
}

}  // namespace

TimeToGoConfig build_time_to_go(const Scope& scope) {
  TimeToGoConfig config;
  config.enabled = scope.get_or("enabled", config.enabled);
  config.soc_floor_percent = scope.get_or("soc", config.soc_floor_percent);
  if (const auto period = scope.get<int>("recalculate_every")) {
    config.recalculate_every = seconds(*period);
  }
  if (const auto mode = scope.get<int>("while_charging")) {
    constexpr std::array kModes{TimeToGoConfig::WhileCharging::full,
                                TimeToGoConfig::WhileCharging::none};
    config.while_charging = kModes.at(static_cast<std::size_t>(*mode));
  }
  return config;
}

std::vector<BatteryConfig> build_batteries(const Settings& settings, const Presets& presets,
                                           Problems& problems, Claims& claims) {
  std::vector<BatteryConfig> batteries;
  const Scope mqtt{&settings.of(Family::mqtt), &settings.of(Family::general)};
  const Setting* topic = mqtt.find("topic");
  FreeInstances free(settings, BatteryConfig{}.device_instance);
  const bool mapped = mqtt.find("preset") != nullptr || settings.map_of("") != nullptr;
  if (topic != nullptr) check_one_topic(*topic, free, problems);
  if (topic != nullptr || mapped) {
    batteries.push_back(build_main_battery(settings, topic, presets, problems, claims));
  } else if (settings.batteries().empty()) {
    SpotProblems(problems, {.line = 0, .section = "MQTT", .key = "topic"})
        .error(
            "is missing; set it to the topic your battery's JSON is published to, e.g. "
            "home/battery (a topic that starts with # must be written in quotes)");
  }
  for (const SettingsSection* section : settings.batteries()) {
    check_own_keys(*section, settings.map_of(section->label) != nullptr, free, problems);
    batteries.push_back(build_further_battery(settings, *section, presets, problems, claims));
  }
  report_stray_maps(settings, problems);
  return batteries;
}

}  // namespace dmb
