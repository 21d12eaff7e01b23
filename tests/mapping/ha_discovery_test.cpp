// SPDX-License-Identifier: MIT
#include "dmb/mapping/ha_discovery.h"

#include "dmb/battery/shortest.h"

#include <gtest/gtest.h>

namespace dmb {
namespace {

/// "bare", "/pack/mv * 0.001 + 0", or "too much".
std::string picked(std::string_view text) {
  const auto source = read_ha_template(text);
  if (!source) return "too much";
  std::string picked = source->pointer.value_or("bare");
  if (source->factor != 1) picked += " * " + shortest(source->factor);
  if (source->offset != 0) picked += " + " + shortest(source->offset);
  return picked;
}

struct Template {
  const char* text;
  const char* picks;
};

constexpr Template kTemplates[] = {
    {"{{ value }}", "bare"},
    {"{{value|float}}", "bare"},
    {"{{ value_json.soc }}", "/soc"},
    {"{{ value_json.pack.mv | float / 1000 }}", "/pack/mv * 0.001"},
    {"{{ (value_json.mv | float(0)) * 0.001 | round(2) }}", "/mv * 0.001"},
    {"{{ value_json['total voltage']['a/b~'] }}", "/total voltage/a~1b~0"},
    {"{{ value_json[\"u\"] | default(0) }}", "/u"},
    {"{{ value_json.cells[3].mv }}", "/cells/3/mv"},
    {"{{ value_json.t / 10 - 273.15 }}", "/t * 0.1 + -273.15"},
    {"{{ ((value_json.f)) }}", "/f"},
    {"{{ value_json.a - 32 * 2 }}", "too much"},
    {"{{ value_json.a / 0 }}", "too much"},
    {"{{ value_json.a * 0 }}", "too much"},
    {"{{ value_json.a + value_json.b }}", "too much"},
    {"{{ value_json.a if value_json.ok else 0 }}", "too much"},
    {"{% if value_json.ok %}{{ value_json.a }}{% endif %}", "too much"},
    {"{{ value_json.a | regex_replace('a', 'b') }}", "too much"},
    {"{{ value_json }}", "too much"},
    {"{{ value_json. }}", "too much"},
    {"{{ value_json[x] }}", "too much"},
    {"{{ value_json['a }}", "too much"},
    {"{{ states('sensor.x') }}", "too much"},
    {"{{ value_json.a }} V", "too much"},
    {"{{ value_json.a", "too much"},
    {"", "too much"},
    {"{{ ((((((((((((value)))))))))))) }}", "too much"},
};

TEST(HaTemplate, PicksAValueAndScalesIt) {
  for (const Template& row : kTemplates) EXPECT_EQ(picked(row.text), row.picks) << row.text;
}

constexpr const char* kSensor = R"({"~":"jkbms","name":"Total voltage","stat_t":"~/sensor/u/state",
 "dev_cla":"voltage","unit_of_meas":"V","val_tpl":"{{ value | float }}","avty_t":"~/status",
 "dev":{"ids":["jk-1"],"name":"JK BMS"}})";

TEST(HaDiscovery, OneEntityOfAMessage) {
  const auto entities = read_ha_config("homeassistant/sensor/jk-bms/total_voltage/config", kSensor);
  ASSERT_EQ(entities.size(), 1U);
  const HaEntity& entity = entities.front();
  EXPECT_EQ(entity.device, "jk-1");
  EXPECT_EQ(entity.device_name, "JK BMS");
  EXPECT_EQ(entity.component, "sensor");
  EXPECT_EQ(entity.id, "total_voltage");
  EXPECT_EQ(entity.unit, "V");
  ASSERT_TRUE(entity.source);
  EXPECT_EQ(entity.source->topic, "jkbms/sensor/u/state");
  EXPECT_EQ(entity.source->pointer, std::nullopt);
  ASSERT_TRUE(entity.availability);
  EXPECT_EQ(entity.availability->topic, "jkbms/status");
  EXPECT_EQ(entity.availability->offline, "offline");
}

TEST(HaDiscovery, SeveralEntitiesOfADevice) {
  const auto entities = read_ha_config("homeassistant/device/abc/config", R"({
    "device": {"identifiers": "abc", "name": "Pack"}, "state_topic": "pack/state",
    "availability": [{"t": "bridge/state"}, {"topic": "pack/lwt", "payload_not_available": "dead"}],
    "components": {
      "soc": {"platform": "sensor", "value_template": "{{ value_json.soc }}"},
      "fet": {"p": "switch", "state_topic": "pack/fet", "state_on": "1", "state_off": "0"},
      "go": {"p": "button"}, "bad": 3}})");
  ASSERT_EQ(entities.size(), 2U);
  EXPECT_EQ(entities[0].id, "fet");
  EXPECT_EQ(entities[0].on, "1");
  EXPECT_EQ(entities[0].source->topic, "pack/fet");
  EXPECT_EQ(entities[1].id, "soc");
  EXPECT_EQ(entities[1].source->topic, "pack/state");
  EXPECT_EQ(entities[1].source->pointer, "/soc");
  EXPECT_EQ(entities[1].availability->topic, "pack/lwt");
  EXPECT_EQ(entities[1].availability->offline, "dead");
}

TEST(HaDiscovery, EntitiesWithoutADeviceBelongToTheirNode) {
  EXPECT_EQ(read_ha_config("ha/sensor/node/x/config", R"({"stat_t":"a"})").at(0).device, "node");
  EXPECT_EQ(read_ha_config("ha/sensor/x/config", R"({"stat_t":"a/b"})").at(0).device, "a/b");
}

TEST(HaDiscovery, ATemplateThatDoesMoreGivesNoSource) {
  const auto entities = read_ha_config("homeassistant/sensor/x/config",
                                       R"({"stat_t":"a","val_tpl":"{{ value_json.a ** 2 }}"})");
  ASSERT_EQ(entities.size(), 1U);
  EXPECT_FALSE(entities.front().source);
}

TEST(HaDiscovery, WhateverElseComesIsNone) {
  for (const char* topic : {"homeassistant/sensor/x/state", "sensor/x/config", "x/config", "config",
                            "", "/config", "homeassistant/light/x/config", "a/b/c/d/sensor/config"})
    EXPECT_TRUE(read_ha_config(topic, kSensor).empty()) << topic;
  for (const char* payload : {"", "{", "[]", "3", "{}", R"({"stat_t":3})", R"({"stat_t":""})",
                              R"({"stat_t":["a"],"dev":[],"avty":[]})", "{\"stat_t\":\"\xFF\"}"})
    EXPECT_TRUE(read_ha_config("homeassistant/sensor/x/config", payload).empty()) << payload;
}

TEST(HaDiscovery, OneMessageAnnouncesNoMoreThanABound) {
  std::string payload = R"({"cmps":{)";
  for (int i = 0; i < 2000; ++i)
    payload += (i > 0 ? ",\"" : "\"") + std::to_string(i) + R"(":{"p":"sensor","stat_t":"a"})";
  EXPECT_EQ(read_ha_config("homeassistant/device/x/config", payload + "}}").size(), kMaxHaEntities);
}

}  // namespace
}  // namespace dmb
