// SPDX-License-Identifier: MIT
#include "support.h"

#include <chrono>

namespace dmb {
namespace {

using namespace std::chrono_literals;
using test::config_of;

TEST(Keys, HaveTheirDefaults) {
  const Config config = config_of(test::mqtt_config());
  EXPECT_EQ(config.log_level, LogLevel::warning);
  EXPECT_EQ(config.broker, (BrokerConfig{.address = "broker.local", .port = 1883}));
  EXPECT_EQ(config.batteries, (std::vector{BatteryConfig{.topic = "home/battery"}}));
  EXPECT_EQ(config.shunts, std::nullopt);
  EXPECT_EQ(config_of("[DEFAULT]\nsources = smartshunts\n").shunts, ShuntConfig{});
  EXPECT_EQ(config_of("[DEFAULT]\nsources = smartshunts\n"), config_without_file());
}

TEST(Keys, ReachTheMqttBattery) {
  const Config config = config_of(
      "[DEFAULT]\nlogging = debug\ndevice_name = House\ndevice_instance = 41\n"
      "service_name = house.main\ntimeout = 0\nmin_update_interval = 0\n"
      "stop_discharge_on_timeout = yes\nrequired = Dc/0/Voltage\nproduct_id = 0xBA77\ncell_page = "
      "0\nswitches = 1\n"
      "[TIME_TO_GO]\nenabled = 0\nsoc = 12.5\nrecalculate_every = 5\nwhile_charging = none\n"
      "[MQTT]\nbroker_address = [::1]\nbroker_port = 18883\ntopic = a/+\nusername = me\n"
      "password = secret\ntls_enabled = 1\ntls_insecure = 1\ntls_path_to_ca = /a\n"
      "tls_path_to_cert = /b\ntls_path_to_key = /c\n");
  EXPECT_EQ(config.log_level, LogLevel::debug);
  EXPECT_EQ(config.broker, (BrokerConfig{.address = "::1",
                                         .port = 18883,
                                         .username = "me",
                                         .password = "secret",
                                         .tls_enabled = true,
                                         .tls_insecure = true,
                                         .tls_path_to_ca = "/a",
                                         .tls_path_to_cert = "/b",
                                         .tls_path_to_key = "/c"}));
  const TimeToGoConfig time_to_go{.enabled = false,
                                  .soc_floor_percent = 12.5,
                                  .recalculate_every = 5s,
                                  .while_charging = TimeToGoConfig::WhileCharging::none};
  EXPECT_EQ(config.batteries, (std::vector{BatteryConfig{.topic = "a/+",
                                                         .device_name = "House",
                                                         .device_instance = 41,
                                                         .service_name = "house.main",
                                                         .timeout = 0s,
                                                         .stop_discharge_on_timeout = true,
                                                         .min_update_interval = 0ms,
                                                         .time_to_go = time_to_go,
                                                         .required = {q("/Dc/0/Voltage")},
                                                         .product_id = 0xBA77,
                                                         .cell_page = false,
                                                         .switches = true}}));
}

TEST(Keys, ReachTheAggregator) {
  const Config config = config_of(
      "[DEFAULT]\ntimeout = 30\nmin_update_interval = 5\nstop_discharge_on_timeout = 1\n"
      "[SmartShunts]\ndevice_mode = Virtual-BMS\ndevice_name = Bank\ndevice_instance = 7\n"
      "service_name = bank\ntotal_capacity = 600\ncapacity_mode = soc\n"
      "exclude_shunts = 279, 'DC, loads'\ninclude_shunts = BMV\nexpected_shunts = 3\n"
      "product_id = 41865\ntemp_cold_danger = -3.5\ntemp_hot_danger = 50\n"
      "max_charge_voltage = 14.2\nmax_charge_current = 300\nmax_discharge_current = 600\n"
      "log_period = 0\nswitches = yes\ncell_page = 0\n");
  EXPECT_EQ(config.shunts, (ShuntConfig{.mode = ShuntMode::virtual_bms,
                                        .device_name = "Bank",
                                        .device_instance = 7,
                                        .service_name = "bank",
                                        .total_capacity_ah = 600,
                                        .capacity_mode = CapacityMode::soc,
                                        .exclude_shunts = {"279", "DC, loads"},
                                        .include_shunts = {"BMV"},
                                        .expected_shunts = 3,
                                        .danger = {-3.5, 50},
                                        .max_charge_voltage_v = 14.2,
                                        .max_charge_current_a = 300,
                                        .max_discharge_current_a = 600,
                                        .log_period = 0s,
                                        .timeout = 30s,
                                        .stop_discharge_on_timeout = true,
                                        .min_update_interval = 5ms,
                                        .switches = true,
                                        .product_id = 41865,
                                        .cell_page = false}));
  EXPECT_EQ(config.broker, std::nullopt);
  EXPECT_TRUE(config.batteries.empty());
}

TEST(Keys, AlwaysRequireAVoltage) {
  const auto required = [](const std::string& list) {
    return config_of("[DEFAULT]\nrequired = " + list + "\n" + test::mqtt_config())
        .batteries.at(0)
        .required;
  };
  EXPECT_EQ(required("Dc/0/Voltage, Soc"), default_required_items());
  EXPECT_EQ(required("soc"), default_required_items());
  EXPECT_EQ(required("Dc/0/Voltage"), RequiredItems{q("/Dc/0/Voltage")});
  EXPECT_EQ(required("Soc, Dc/0/Temperature").size(), 3U);
}

TEST(Keys, OfOneBatteryComeBeforeThoseOfAll) {
  const Config config =
      config_of("[DEFAULT]\nrequired = Dc/0/Voltage\nproduct_id = 1\n" + test::mqtt_config() +
                "[BATTERY a]\ntopic = a\ndevice_instance = 1\n"
                "[BATTERY b]\ntopic = b\ndevice_instance = 2\nrequired = Soc\nproduct_id = 2\n");
  EXPECT_EQ(config.batteries.at(1).required, config.batteries.at(0).required);
  EXPECT_EQ(config.batteries.at(1).product_id, 1);
  EXPECT_EQ(config.batteries.at(2).required, default_required_items());
  EXPECT_EQ(config.batteries.at(2).product_id, 2);
}

TEST(Keys, NameTheAggregatorByItsMode) {
  EXPECT_EQ(config_of("[SMARTSHUNTS]\ndevice_mode = monitor\n").shunts->device_name,
            "SmartShunt Aggregate");
  EXPECT_EQ(config_of("[SMARTSHUNTS]\ndevice_mode = virtual-bms\nmax_charge_voltage = 14\n")
                .shunts->device_name,
            "Aggregate BMS");
}

TEST(Keys, ChooseThePortByTls) {
  EXPECT_EQ(config_of(test::mqtt_config()).broker->port, 1883);
  EXPECT_EQ(config_of(test::mqtt_config("tls_enabled = 1")).broker->port, 8883);
  EXPECT_EQ(config_of(test::mqtt_config("tls_enabled = 1\nbroker_port = 1883")).broker->port, 1883);
}

TEST(Keys, KeepPasswordsAsWritten) {
  for (const std::string password : {"a b", "a;b", "a ;b", "a #b", "#a", "; a", "100%", "%(x)s",
                                     "a=b:c", "[a]", "it's", "\xFF\xE9", "ä€"}) {
    const Config config = config_of(test::mqtt_config("username = me\npassword = " + password));
    EXPECT_EQ(config.broker->password, password);
  }
  const std::string long_one(1000, ';');
  const Config config = config_of(test::mqtt_config("username = me\npassword: " + long_one));
  EXPECT_EQ(config.broker->password, long_one);
  EXPECT_EQ(config_of(test::mqtt_config("username = me")).broker->password, std::nullopt);
}

TEST(Keys, DropTheSlashBeforeAVenusTopic) {
  const ConfigResult result =
      parse_config("[MQTT]\nbroker_address = a\ntopic = /N/c0ffee/battery/1/JsonData\n");
  ASSERT_TRUE(result.config);
  EXPECT_EQ(result.config->batteries.at(0).topic, "N/c0ffee/battery/1/JsonData");
  EXPECT_EQ(test::hints(result).size(), 1U);
  EXPECT_EQ(config_of("[MQTT]\nbroker_address = a\ntopic = /home/b\n").batteries[0].topic,
            "/home/b");
}

TEST(Keys, WarnOfAVenusTopicThatCannotBeKeptAlive) {
  for (const char* topic : {"N/+/battery/1/JsonData", "N/#", "/N/+/battery/#"}) {
    const auto result =
        parse_config("[MQTT]\nbroker_address = a\ntopic = " + std::string(topic) + "\n");
    EXPECT_TRUE(result.config);
    EXPECT_EQ(test::warnings(result).size(), 1U) << topic;
  }
}

TEST(Keys, ReadValuesOnIndentedLines) {
  const Config config = config_of(
      "[MQTT]\n  broker_address = a\n  topic =\n    home/battery ; note\n"
      "[SMARTSHUNTS]\nexclude_shunts = 279,\n  280, # aux\n\n  \"a, b\"\n");
  EXPECT_EQ(config.batteries.at(0).topic, "home/battery");
  EXPECT_EQ(config.shunts->exclude_shunts, (std::vector<std::string>{"279", "280", "a, b"}));
  EXPECT_EQ(test::warnings(parse_config(test::mqtt_config("username = a\n  b"))).size(), 1U);
}

}  // namespace
}  // namespace dmb
