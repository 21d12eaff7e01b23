// SPDX-License-Identifier: MIT
#include "support.h"

namespace dmb {
namespace {

using namespace std::chrono_literals;
using test::config_of;
using test::contains;
using test::mqtt_config;

TEST(Sections, AreFoundInAnyCase) {
  const Config config = config_of(
      "[default]\nDEVICE_NAME = A\n[mqtt]\nBroker_Address: b\nTOPIC = t\n[Time_To_Go]\nSOC=20\n"
      "[battery Garage]\nTopic = g\nDevice_Instance = 5\n[smartshunts]\nLog_Period = 1\n");
  EXPECT_EQ(config.batteries.at(0).device_name, "A");
  EXPECT_EQ(config.batteries.at(0).time_to_go.soc_floor_percent, 20);
  EXPECT_EQ(config.batteries.at(1).device_name, "Garage");
  EXPECT_EQ(config.shunts->log_period, 1s);
}

TEST(Sections, FallBackToDefault) {
  const Config config = config_of(
      "[DEFAULT]\nbroker_address = b\nbroker_port = 5\ntopic = t\nusername = u\npassword = p # q\n"
      "soc = 30\nenabled = 0\nrecalculate_every = 9\ntls_enabled = 1\n"
      "total_capacity = 5\nexclude_shunts = a\nlog_period = 7\n");
  EXPECT_EQ(config.broker->address, "b");
  EXPECT_EQ(config.broker->port, 5);
  EXPECT_EQ(config.broker->password, "p # q");
  EXPECT_TRUE(config.broker->tls_enabled);
  EXPECT_EQ(config.batteries.at(0).topic, "t");
  EXPECT_EQ(config.batteries.at(0).time_to_go.soc_floor_percent, 30);
  EXPECT_EQ(config.batteries.at(0).time_to_go.recalculate_every, 9s);
  EXPECT_FALSE(config.batteries.at(0).time_to_go.enabled);
  EXPECT_EQ(config.shunts->total_capacity_ah, 5);
  EXPECT_EQ(config.shunts->log_period, 7s);
  EXPECT_EQ(config.shunts->exclude_shunts, std::vector<std::string>{"a"});
}

TEST(Sections, MqttMayHoldTheRulesOfItsBattery) {
  const Config config =
      config_of("[DEFAULT]\ntimeout = 5\n" + mqtt_config("timeout = 180\nrequired = Dc/0/Voltage"));
  EXPECT_EQ(config.batteries.at(0).timeout, 180s);
  EXPECT_EQ(config.batteries.at(0).required.size(), 1u);
}

TEST(Sections, OfABatteryMayTakeItsControlAway) {
  const std::string garage = "[BATTERY Garage]\ntopic = b\ndevice_instance = 101\n";
  const Config both = config_of(mqtt_config() + garage);
  EXPECT_TRUE(both.batteries.at(0).control && both.batteries.at(1).control);
  const Config one = config_of(mqtt_config("control = 0") + garage);
  EXPECT_FALSE(one.batteries.at(0).control);
  EXPECT_TRUE(one.batteries.at(1).control) << "each has its own";
  const Config other = config_of(mqtt_config() + garage + "control = 0\n");
  EXPECT_TRUE(other.batteries.at(0).control);
  EXPECT_FALSE(other.batteries.at(1).control);
}

TEST(Sections, OverrideDefault) {
  const Config config = config_of(
      "[DEFAULT]\nsoc = 30\nlog_period = 1\ntimeout = 1\nbroker_port = 1\n"
      "[TIME_TO_GO]\nsoc = 40\n[SMARTSHUNTS]\nlog_period = 2\ntimeout = 2\n" +
      mqtt_config("broker_port = 2"));
  EXPECT_EQ(config.batteries.at(0).time_to_go.soc_floor_percent, 40);
  EXPECT_EQ(config.batteries.at(0).timeout, 1s);
  EXPECT_EQ(config.shunts->log_period, 2s);
  EXPECT_EQ(config.shunts->timeout, 2s);
  EXPECT_EQ(config.broker->port, 2);
}

TEST(Sections, OfOneNameAreOne) {
  const Config config = config_of(mqtt_config() + "[TIME_TO_GO]\nsoc = 5\n[mqtt]\nbroker_port = 9");
  EXPECT_EQ(config.broker->port, 9);
}

TEST(Sections, KeepTheIdentityInDefaultForTheMqttBattery) {
  const std::string identity =
      "[DEFAULT]\ndevice_name = House\ndevice_instance = 8\nservice_name = house\n"
      "[SMARTSHUNTS]\nlog_period = 1\n";
  const Config both = config_of(identity + mqtt_config());
  EXPECT_EQ(both.batteries.at(0).device_name, "House");
  EXPECT_EQ(both.shunts->device_name, "SmartShunt Aggregate");
  EXPECT_EQ(both.shunts->device_instance, 99);
  EXPECT_EQ(both.shunts->service_name, "aggregate_shunts");

  const Config shunts_only = config_of(identity);
  EXPECT_EQ(shunts_only.shunts->device_name, "House");
  EXPECT_EQ(shunts_only.shunts->device_instance, 8);
  EXPECT_EQ(shunts_only.shunts->service_name, "house");
}

TEST(Sources, AreChosenByWhatIsConfigured) {
  struct Case {
    std::string text;
    bool mqtt;
    bool shunts;
  };
  const std::vector<Case> cases{
      {mqtt_config(), true, false},
      {mqtt_config() + "[SMARTSHUNTS]\n", true, false},
      {mqtt_config() + "[SMARTSHUNTS]\ntotal_capacity =\n", true, false},
      {mqtt_config() + "[SMARTSHUNTS]\ntotal_capacity = 5\n", true, true},
      {mqtt_config() + "[SMARTSHUNTS]\ndevice_name = X\n", true, true},
      {mqtt_config() + "[SMARTSHUNTS]\nread_trials = 5\n", true, true},
      {mqtt_config() + "[DEFAULT]\nDEVICE_MODE = monitor\n", true, true},
      {mqtt_config() + "[DEFAULT]\nTIME_BEFORE_RESTART = 15\n", true, true},
      {mqtt_config() + "[DEFAULT]\ndevice_name = X\ntimeout = 5\n", true, false},
      {mqtt_config() + "[DEFAULT]\nsources = smartshunts\n", false, true},
      {mqtt_config() + "[DEFAULT]\nsources = mqtt\nlog_period = 5\n", true, false},
      {mqtt_config() + "[DEFAULT]\nsources = mqtt smartshunts\n", true, true},
      {"[DEFAULT]\nLOG_PERIOD = 5\n", false, true},
      {"[DEFAULT]\nTOTAL_CAPACITY =\n", false, true},
      {"[DEFAULT]\nDEVICE_NAME = Bank\n", false, true},
      {"[DEFAULT]\nsources = smartshunts\n", false, true},
      {"[MQTT]\nbroker_address =\ntopic = t\n[SMARTSHUNTS]\nlog_period = 5\n", false, true},
      {"[MQTT]\nbroker_address = IP_ADDR_OR_FQDN\n[DEFAULT]\nsources = smartshunts\n", false, true},
  };
  for (const Case& c : cases) {
    const Config config = config_of(c.text);
    EXPECT_EQ(config.broker.has_value(), c.mqtt) << c.text;
    EXPECT_EQ(!config.batteries.empty(), c.mqtt) << c.text;
    EXPECT_EQ(config.shunts.has_value(), c.shunts) << c.text;
  }
}

TEST(Sources, MissingAreAnErrorThatSaysWhatToSet) {
  struct Case {
    std::string text;
    std::string expected;
  };
  const std::vector<Case> cases{
      {"", "[DEFAULT] sources: nothing to do"},
      {"; only a comment\n[DEFAULT]\nlogging = INFO\n", "[DEFAULT] sources: nothing to do"},
      {"[MQTT]\ntopic = t\n", "[MQTT] broker_address: is missing"},
      {"[MQTT]\ntopic = t\n[DEFAULT]\ndevice_name = X\n", "[MQTT] broker_address: is missing"},
      {"[DEFAULT]\nsources = mqtt\n[MQTT]\ntopic = t\n", "[MQTT] broker_address: is missing"},
      {"[DEFAULT]\nsources = mqtt\nlog_period = 5\n[MQTT]\ntopic = t\n", "broker_address: is mi"},
      {"[MQTT]\nbroker_address = b\n", "[MQTT] topic: is missing"},
      {"[MQTT]\nbroker_address = b\ntopic = # everything\n", "[MQTT] topic: is missing"},
  };
  for (const Case& c : cases) {
    const ConfigResult result = parse_config(c.text);
    EXPECT_FALSE(result.config) << c.text;
    const auto errors = test::errors(result);
    ASSERT_EQ(errors.size(), 1U) << c.text << "\n" << test::all_of(errors);
    EXPECT_TRUE(contains(test::all_of(errors), c.expected)) << test::all_of(errors);
  }
}

TEST(Sources, WarnOfBatteriesWithoutABroker) {
  for (const std::string text : {"[MQTT]\ntopic = t\n", "[BATTERY a]\ntopic = t\n"}) {
    const auto result = parse_config(text + "[SMARTSHUNTS]\nlog_period = 5\n");
    EXPECT_TRUE(result.config);
    EXPECT_EQ(test::warnings(result).size(), 1U) << text;
  }
}

TEST(Batteries, HaveTheirOwnSections) {
  const Config config = config_of(
      mqtt_config() +
      "[DEFAULT]\ndevice_name = Main\ntimeout = 30\nmin_update_interval = 7\nenabled = 0\n"
      "[TIME_TO_GO]\nsoc = 20\nrecalculate_every = 60\n"
      "[BATTERY Garage]\ntopic = g\ndevice_instance = 101\n"
      "[BATTERY Boat house]\ntopic = /N/abc/b\ndevice_instance = 7\ndevice_name = Boat\n"
      "service_name = boat\ntimeout = 5\nmin_update_interval = 0\nstop_discharge_on_timeout = 1\n"
      "enabled = 1\nsoc = 50\nwhile_charging = none\n");
  ASSERT_EQ(config.batteries.size(), 3U);
  const TimeToGoConfig shared{.enabled = false, .soc_floor_percent = 20, .recalculate_every = 60s};
  EXPECT_EQ(config.batteries[1], (BatteryConfig{.topic = "g",
                                                .device_name = "Garage",
                                                .device_instance = 101,
                                                .service_name = "mqtt_battery_101",
                                                .timeout = 30s,
                                                .min_update_interval = 7ms,
                                                .time_to_go = shared,
                                                .label = "Garage"}));
  const TimeToGoConfig own{.enabled = true,
                           .soc_floor_percent = 50,
                           .recalculate_every = 60s,
                           .while_charging = TimeToGoConfig::WhileCharging::none};
  EXPECT_EQ(config.batteries[2], (BatteryConfig{.topic = "N/abc/b",
                                                .device_name = "Boat",
                                                .device_instance = 7,
                                                .service_name = "boat",
                                                .timeout = 5s,
                                                .stop_discharge_on_timeout = true,
                                                .min_update_interval = 0ms,
                                                .time_to_go = own,
                                                .label = "Boat house"}));
}

TEST(Batteries, NeedNoMainBattery) {
  const Config config =
      config_of("[MQTT]\nbroker_address = b\n[BATTERY a]\ntopic = t\ndevice_instance = 100\n");
  ASSERT_EQ(config.batteries.size(), 1U);
  EXPECT_EQ(config.batteries[0].service_name, "mqtt_battery_100");
}

TEST(Batteries, NeedATopicAndAnInstanceOfTheirOwn) {
  const auto errors = test::errors(parse_config("[DEFAULT]\ndevice_instance = 101\n" +
                                                mqtt_config() + "[BATTERY a]\n[BATTERY b]\n"));
  ASSERT_EQ(errors.size(), 4U) << test::all_of(errors);
  EXPECT_EQ(errors[0].section, "BATTERY a");
  EXPECT_EQ(errors[0].key, "topic");
  EXPECT_EQ(errors[0].line, 7);
  EXPECT_TRUE(contains(errors[1].message, "device_instance = 102"));
  EXPECT_EQ(errors[2].line, 8);
  EXPECT_TRUE(contains(errors[3].message, "device_instance = 103"));
}

TEST(Batteries, AreNotSwitchedOffByWrongNames) {
  for (const char* name : {"BATTERY", "BATTERY2", "BATTERY:Garage", "BATTERY_Garage", "battery "}) {
    const auto result = parse_config(mqtt_config() + "[" + name + "]\ntopic = t\n");
    const auto warnings = test::warnings(result);
    ASSERT_EQ(warnings.size(), 1U) << name;
    EXPECT_TRUE(contains(warnings[0].message, "[BATTERY ")) << warnings[0].message;
  }
}

TEST(Services, MustNotShareNameOrInstance) {
  struct Case {
    std::string text;
    std::string where;
    std::string sections;
  };
  const std::string a = "[BATTERY a]\ntopic = ta\ndevice_instance = 101\n";
  const std::vector<Case> cases{
      {a + "[BATTERY b]\ntopic = tb\ndevice_instance = 101\n", ":10: [BATTERY b] device_instance",
       "[BATTERY a] and [BATTERY b]"},
      {"[BATTERY a]\ntopic = ta\ndevice_instance = 100\n", ":7: [BATTERY a] device_instance",
       "[DEFAULT] and [BATTERY a]"},
      {a + "service_name = mqtt_battery\n", ":8: [BATTERY a] service_name",
       "[DEFAULT] and [BATTERY a]"},
      {a + "[BATTERY b]\ntopic = tb\ndevice_instance = 102\nservice_name = mqtt_battery_101\n",
       ":11: [BATTERY b] service_name", "[BATTERY a] and [BATTERY b]"},
      {"[DEFAULT]\ndevice_instance = 99\n[SMARTSHUNTS]\nlog_period = 1\n",
       ":6: [DEFAULT] device_instance", "[DEFAULT] and [SMARTSHUNTS]"},
      {"[SMARTSHUNTS]\nservice_name = mqtt_battery\n", ":6: [SMARTSHUNTS] service_name",
       "[DEFAULT] and [SMARTSHUNTS]"},
  };
  for (const Case& c : cases) {
    const ConfigResult result = parse_config(mqtt_config() + c.text);
    const auto errors = test::errors(result);
    ASSERT_EQ(errors.size(), 1U) << c.text << test::all_of(errors);
    EXPECT_TRUE(contains(test::all_of(errors), c.where)) << test::all_of(errors);
    EXPECT_TRUE(contains(test::all_of(errors), c.sections)) << test::all_of(errors);
  }
}

TEST(Services, MayShareWhatIsSwitchedOff) {
  EXPECT_TRUE(parse_config("[DEFAULT]\nsources = mqtt\n[SMARTSHUNTS]\ndevice_instance = 100\n" +
                           mqtt_config())
                  .config);
}

TEST(Services, WithTheSameTopicAreWorthAWarning) {
  const auto result =
      parse_config(mqtt_config() + "[BATTERY a]\ntopic = home/battery\ndevice_instance = 101\n");
  EXPECT_TRUE(result.config);
  EXPECT_EQ(test::warnings(result).size(), 1U);
}

TEST(CrossChecks, CoverTheAggregator) {
  const std::string on = mqtt_config() + "[SMARTSHUNTS]\n";
  for (const std::string lines :
       {"temp_cold_danger = 45\n", "temp_hot_danger = 5\n", "device_mode = virtual-bms\n",
        "temp_cold_danger = 20\ntemp_hot_danger = 10\n", "device_mode = bms\n",
        "device_mode = virtual-bms\nmax_charge_voltage = 0\n"}) {
    EXPECT_EQ(test::errors(parse_config(on + lines)).size(), 1U) << lines;
  }
  EXPECT_TRUE(parse_config(on + "device_mode = virtual-bms\nmax_charge_voltage = 56.8\n").config);
}

// What is switched off can do no harm, so that it must not cost the battery either.
TEST(CrossChecks, OfWhatIsSwitchedOffAreNoErrors) {
  const std::string off = "[DEFAULT]\nsources = mqtt\n" + mqtt_config() + "[SMARTSHUNTS]\n";
  for (const std::string lines : {"temp_cold_danger = cold\n", "device_mode = bms\n",
                                  "log_period = often\n", "max_charge_voltage = 14,2\n"}) {
    const auto result = parse_config(off + lines);
    EXPECT_TRUE(result.config) << lines;
    EXPECT_EQ(test::warnings(result).size(), 1U) << lines;
  }
}

TEST(CrossChecks, KeepLosingAShuntThatDoesNotAnswerWhenMqttNeedsNoLife) {
  struct Case {
    std::string lines;
    std::chrono::seconds shunts;
    std::size_t warnings;
  };
  for (const Case& c : {Case{"[DEFAULT]\ntimeout = 0\n", std::chrono::seconds(180), 1},
                        Case{"[DEFAULT]\ntimeout = 30\n", std::chrono::seconds(30), 0},
                        Case{"[SMARTSHUNTS]\ntimeout = 0\n", std::chrono::seconds(0), 0}}) {
    const auto result = parse_config(mqtt_config() + "[SMARTSHUNTS]\nlog_period = 9\n" + c.lines);
    ASSERT_TRUE(result.config) << c.lines;
    EXPECT_EQ(result.config->shunts->timeout, c.shunts) << c.lines;
    EXPECT_EQ(test::warnings(result).size(), c.warnings) << c.lines;
  }
}

TEST(Unread, KeysAreHintedAtWithTheReason) {
  struct Case {
    std::string text;
    int line;
    std::string reason;
  };
  const std::string shunts = "[SMARTSHUNTS]\ndevice_mode = monitor\n";
  const std::string bms = "[SMARTSHUNTS]\ndevice_mode = virtual-bms\nmax_charge_voltage = 56\n";
  const std::vector<Case> cases{
      {"[DEFAULT]\nsources = mqtt\n" + mqtt_config() + "[SMARTSHUNTS]\nlog_period = 5\n", 8,
       "sources does not name smartshunts"},
      {mqtt_config() + shunts + "max_charge_voltage = 56\n", 7, "virtual-bms"},
      {mqtt_config() + shunts + "stop_discharge_on_timeout = 1\n", 7, "virtual-bms"},
      {shunts + "[MQTT]\nusername = me\n", 4, "no broker_address"},
      {"[DEFAULT]\nsources = smartshunts\n[MQTT]\nbroker_address = b\n", 4,
       "sources does not name mqtt"},
      {"[DEFAULT]\ndevice_name = X\n[MQTT]\nbroker_address = b\n"
       "[BATTERY a]\ntopic = t\ndevice_instance = 5\n",
       2, "another section sets it"},
      {"[DEFAULT]\ntotal_capacity = 5\n" + bms + "total_capacity = 6\n", 2,
       "another section sets it"},
  };
  for (const Case& c : cases) {
    const ConfigResult result = parse_config(c.text);
    EXPECT_TRUE(result.config) << c.text << test::all_of(result.problems);
    const auto hints = test::hints(result);
    ASSERT_EQ(hints.size(), 1U) << c.text << test::all_of(result.problems);
    EXPECT_EQ(hints[0].line, c.line) << c.text;
    EXPECT_TRUE(contains(hints[0].message, c.reason)) << hints[0].message;
  }
}

TEST(Topics, WithACommaShowTheSectionsToWriteInstead) {
  const auto errors =
      test::errors(parse_config("[MQTT]\nbroker_address = b\ntopic = home/a, home/b,home/c\n"
                                "[BATTERY x]\ntopic = home/x\ndevice_instance = 101\n"));
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].line, 3);
  EXPECT_EQ(errors[0].message,
            "must be one topic, without a comma; write a section for each further battery: "
            "[BATTERY 102] with the lines \"topic = home/b\" and \"device_instance = 102\"; "
            "[BATTERY 103] with the lines \"topic = home/c\" and \"device_instance = 103\"");
  EXPECT_EQ(test::errors(
                parse_config(mqtt_config() + "[BATTERY x]\ntopic = a,b\ndevice_instance = 101\n"))
                .size(),
            1U);
}

TEST(Services, AreNamedByTheInstanceAsTheyWereByThePythonDriver) {
  const auto name_with = [](const std::string& lines) {
    return config_of("[DEFAULT]\n" + lines + mqtt_config()).batteries.at(0).service_name;
  };
  EXPECT_EQ(name_with(""), "mqtt_battery");
  EXPECT_EQ(name_with("device_name = House\n"), "mqtt_battery");
  EXPECT_EQ(name_with("device_instance = 141\n"), "mqtt_battery_141");
  EXPECT_EQ(name_with("device_instance = 100\n"), "mqtt_battery_100");
  EXPECT_EQ(name_with("device_instance = 141\nservice_name = house\n"), "house");
  EXPECT_EQ(name_with("device_instance = 141\nservice_name =\n"), "mqtt_battery_141");
}

TEST(CrossChecks, WantTlsKeysToFitTogether) {
  struct Case {
    std::string lines;
    std::size_t errors;
    std::size_t warnings;
  };
  const std::vector<Case> cases{
      {"tls_enabled = 1", 0, 0},
      {"tls_enabled = 1\ntls_path_to_ca = /a", 0, 0},
      {"tls_enabled = 1\ntls_path_to_ca =", 0, 0},
      {"tls_enabled = 1\ntls_path_to_ca = a", 0, 1},
      {"tls_enabled = 1\ntls_insecure = 1", 0, 1},
      {"tls_enabled = 1\ntls_insecure = 0", 0, 0},
      {"tls_enabled = 1\ntls_path_to_cert = /a", 0, 1},
      {"tls_enabled = 1\ntls_path_to_key = /a", 0, 1},
      {"tls_enabled = 1\ntls_path_to_key = /a\ntls_path_to_cert = /b", 0, 0},
      {"tls_enabled = 0\ntls_path_to_ca = /a", 0, 1},
      {"tls_insecure = 1", 0, 1},
      {"tls_insecure = 0\ntls_enabled = 0", 0, 0},
      {"tls_path_to_key = /a\ntls_path_to_cert = /b", 0, 2},
      {"username = u", 0, 0},
      {"password = p", 0, 1},
      {"username = u\npassword = p", 0, 0},
  };
  for (const Case& c : cases) {
    const auto result = parse_config(mqtt_config(c.lines));
    EXPECT_EQ(test::errors(result).size(), c.errors) << c.lines << test::all_of(result.problems);
    EXPECT_EQ(test::warnings(result).size(), c.warnings) << c.lines;
  }
}

}  // namespace
}  // namespace dmb
