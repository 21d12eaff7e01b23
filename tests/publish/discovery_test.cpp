// SPDX-License-Identifier: MIT
#include "dmb/publish/discovery.h"

#include "dmb/status/json.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <regex>
#include <set>

namespace dmb {
namespace {

using Json = nlohmann::json;

const PublishTopics kTopics("dbus-mqtt-battery", "c0619ab12345", "homeassistant");
const AnnouncedDevice kDevice{.id = "mqtt_battery",
                              .name = "House bank",
                              .model = "MQTT Battery",
                              .version = "0.1.0",
                              .expire_after = std::chrono::seconds(30)};

Json rules() {
  std::ifstream file(DMB_TEST_DATA "/homeassistant/discovery.json");
  return Json::parse(file);
}

std::vector<Quantity> all_offered() {
  std::vector<Quantity> items;
  for (const Quantity quantity : all_quantities())
    if (is_offered(quantity.spec())) items.push_back(quantity);
  return items;
}

Json discovery_of(std::vector<Quantity> items, AnnouncedDevice device = kDevice) {
  return Json::parse(discovery_message(device, items, kTopics));
}

Json component_of(Quantity quantity) {
  return discovery_of({quantity})["components"].front();
}

/// Home Assistant's rules as far as tests/data/homeassistant has them.
class Validator {
 public:
  void check(Json message) {
    expand(message, "root");
    require(message, "root", "root");
    check_object(message["device"], "device");
    check_object(message["origin"], "origin");
    for (Json& availability : message["availability"]) check_object(availability, "availability");
    EXPECT_TRUE(holds(rules_["availability_modes"], message["availability_mode"]));
    for (auto& [id, component] : message["components"].items()) check_component(id, component);
  }

 private:
  static bool holds(const Json& list, const Json& entry) {
    return std::ranges::find(list, entry) != list.end();
  }

  void check_object(Json& object, const std::string& scope) {
    expand(object, scope);
    require(object, scope, scope);
  }

  void expand(Json& object, const std::string& scope) {
    const Json& known = rules_["abbreviations"][scope];
    Json expanded = Json::object();
    for (const auto& [key, value] : object.items())
      expanded[known.contains(key) ? known[key].get<std::string>() : key] = value;
    EXPECT_EQ(expanded.size(), object.size()) << object;
    object = expanded;
  }

  void require(const Json& object, const std::string& options, const std::string& where) {
    for (const auto& [key, value] : object.items())
      EXPECT_TRUE(holds(rules_["options"][options], key)) << where << " has no " << key;
    for (const Json& key : rules_["required"][options])
      EXPECT_TRUE(object.contains(key.get<std::string>())) << where << " lacks " << key;
  }

  void check_component(const std::string& id, Json& component) {
    expand(component, "component");
    const std::string platform = component["platform"];
    ASSERT_TRUE(rules_["options"].contains(platform)) << platform;
    require(component, platform, id);
    EXPECT_TRUE(ids_.insert(component["unique_id"]).second) << component["unique_id"];
    EXPECT_TRUE(names_.insert(component["name"]).second) << component["name"];
    if (component.contains("entity_category")) {
      EXPECT_TRUE(holds(rules_["entity_categories"], component["entity_category"])) << id;
    }
    if (platform == "sensor") {
      check_sensor(id, component);
    } else if (component.contains("device_class")) {
      EXPECT_TRUE(holds(rules_["binary_sensor_device_classes"], component["device_class"])) << id;
    }
  }

  void check_sensor(const std::string& id, const Json& sensor) {
    if (sensor.contains("state_class")) {
      EXPECT_TRUE(holds(rules_["state_classes"], sensor["state_class"])) << id;
    }
    if (!sensor.contains("device_class")) return;
    const std::string name = sensor["device_class"];
    ASSERT_TRUE(rules_["sensor_device_classes"].contains(name)) << id << " " << name;
    const Json& allowed = rules_["sensor_device_classes"][name];
    EXPECT_TRUE(holds(allowed["units"], sensor["unit_of_measurement"])) << id;
    EXPECT_TRUE(holds(allowed["state_classes"], sensor["state_class"])) << id;
  }

  Json rules_ = rules();
  std::set<std::string> ids_;
  std::set<std::string> names_;
};

TEST(Discovery, OfAllThatCanBeKnownIsWhatHomeAssistantTakes) {
  Validator().check(discovery_of(all_offered()));
}

TEST(Discovery, StandsWhereHomeAssistantLooks) {
  const std::regex object_id(rules()["object_id"].get<std::string>());
  const std::string topic = kTopics.discovery("pack.1");
  const std::string begin = "homeassistant/device/";
  ASSERT_TRUE(topic.starts_with(begin) && topic.ends_with("/config"));
  EXPECT_TRUE(std::regex_match(
      topic.substr(begin.size(), topic.size() - begin.size() - std::string("/config").size()),
      object_id));
}

TEST(Discovery, SaysWhatEachQuantityIs) {
  EXPECT_EQ(component_of(q("/Dc/0/Voltage")), Json::parse(R"({"p":"sensor","name":"Voltage",
      "uniq_id":"c0619ab12345_mqtt_battery_Dc_0_Voltage",
      "val_tpl":"{{ value_json.get('Dc',{}).get('0',{}).get('Voltage') }}","exp_aft":30,
      "dev_cla":"voltage","unit_of_meas":"V","stat_cla":"measurement","sug_dsp_prc":2})"));
  EXPECT_EQ(component_of(q("/Alarms/LowSoc")),
            Json::parse(R"({"p":"binary_sensor","name":"Low SoC alarm",
      "uniq_id":"c0619ab12345_mqtt_battery_Alarms_LowSoc",
      "val_tpl":"{{ {0:'OFF',1:'ON',2:'ON'}.get(value_json.get('Alarms',{}).get('LowSoc')) }}",
      "exp_aft":30,"dev_cla":"problem","ent_cat":"diagnostic"})"));
  EXPECT_EQ(component_of(q("/History/ChargedEnergy"))["stat_cla"], "total_increasing");
  EXPECT_EQ(component_of(q("/Soc"))["dev_cla"], "battery");
  EXPECT_FALSE(component_of(q("/Soh")).contains("dev_cla"));
  EXPECT_EQ(component_of(q("/Balances/Cell3"))["en"], false);
  EXPECT_EQ(component_of(q("/Info/ChargeMode"))["val_tpl"],
            "{{ value_json.get('Info',{}).get('ChargeMode','unknown')[:255] }}");
  EXPECT_EQ(component_of(q("/ErrorCode"))["val_tpl"],
            "{{ value_json.get('ErrorCode','unknown') }}");
}

TEST(Discovery, HasTheReasonOfALimitFromWhereTheStateHasIt) {
  const auto about = Json::parse(status::about_json(status::BatteryStatus{}));
  const std::pair<Quantity, const char*> limits[] = {
      {q("/Info/MaxChargeVoltage"), "max_charge_voltage_v"},
      {q("/Info/MaxChargeCurrent"), "max_charge_current_a"},
      {q("/Info/MaxDischargeCurrent"), "max_discharge_current_a"}};
  for (const auto& [limit, key] : limits) {
    const Json component = component_of(limit);
    EXPECT_EQ(component["json_attr_t"], kTopics.state("mqtt_battery"));
    EXPECT_EQ(component["json_attr_tpl"], "{{ (value_json.get('About',{}).get('limits',{}).get('" +
                                              std::string(key) + "') or {}) | tojson }}");
    EXPECT_TRUE(about["limits"].contains(key)) << about;
  }
}

TEST(Discovery, KeepsWhatHomeAssistantKnowsItByWhenTheBatteryIsRenamed) {
  AnnouncedDevice renamed = kDevice;
  renamed.name = "Another \"name\"";
  const Json before = discovery_of(all_offered());
  Json after = discovery_of(all_offered(), renamed);
  EXPECT_EQ(after["dev"]["name"], renamed.name);
  after["dev"]["name"] = before["dev"]["name"];
  EXPECT_EQ(after, before);
}

TEST(Discovery, IsAvailableOnlyWhileDaemonAndBatteryAre) {
  const Json message = discovery_of({q("/Soc")});
  EXPECT_EQ(message["avty_mode"], "all");
  EXPECT_EQ(message["avty"], Json::parse(R"([{"t":"dbus-mqtt-battery/c0619ab12345/status"},
      {"t":"dbus-mqtt-battery/c0619ab12345/mqtt_battery/availability"}])"));
}

TEST(Discovery, OffersWhatAPayloadMayCarryAndNotWhatTheServiceIs) {
  EXPECT_TRUE(is_offered(q("/Voltages/Cell128").spec()));
  EXPECT_FALSE(is_offered(q("/CustomName").spec()));
  EXPECT_FALSE(is_offered(q("/Settings/HasTemperature").spec()));
}

}  // namespace
}  // namespace dmb
