// SPDX-License-Identifier: MIT
#include "dmb/config/known_keys.h"
#include "support.h"

#include <array>
#include <chrono>

namespace dmb {
namespace {

using namespace std::chrono_literals;
using test::config_of;

/// A whole config.ini that sets one key; complete apart from that.
std::string config_with(std::string_view section, std::string_view line) {
  std::string text = "[MQTT]\nbroker_address = broker.local\n";
  if (!line.starts_with("topic") || section == "PUBLISH") text += "topic = home/battery\n";
  if (line.starts_with("broker_address")) text = "[MQTT]\ntopic = home/battery\n";
  // Limits are those of a virtual BMS, which needs a voltage.
  const bool of_bank = section.starts_with("BANK");
  if (line.starts_with("max_") && !of_bank) text += "[SMARTSHUNTS]\ndevice_mode = virtual-bms\n";
  if (line.starts_with("max_") && !of_bank && !line.starts_with("max_charge_voltage"))
    text += "max_charge_voltage = 56\n";
  return text + "[" + std::string(section) + "]\n" + std::string(line) + "\n";
}

struct KeyCase {
  std::string_view section;
  std::string_view key;
  std::vector<std::string> good;
  std::vector<std::string> bad;
};

std::vector<KeyCase> key_cases() {
  const std::vector<std::string> good_flags{"1", "0", "true", "FALSE", "Yes", "no", "on", "OFF"};
  const std::vector<std::string> bad_flags{"2", "-1", "maybe", "1.0", "yes!", "01"};
  const std::vector<std::string> good_instances{"0", "1", "100", "9999", "+7", "\"41\"", "41 ; x"};
  const std::vector<std::string> bad_instances{
      "-1",  "10000", "1.5", "abc", "0x10", "1e3", "--1", "41;", "99999999999999999999",
      "1 2", "+-1"};
  const std::vector<std::string> good_names{"Bank", "\"Bank, big\"", "Größe ⚡", "a;b"};
  const std::vector<std::string> bad_names{"a\tb", "\xFF\xFE", "caf\xE9", std::string(256, 'x')};
  const std::vector<std::string> good_services{"mqtt_battery", "a", "a-b.c_1", "_1",
                                               std::string(229, 'x')};
  const std::vector<std::string> bad_services{"1a",
                                              "a b",
                                              "a..b",
                                              ".a",
                                              "a.",
                                              "a.1",
                                              "a/b",
                                              "ä",
                                              std::string(230, 'x'),
                                              "com.victronenergy.battery.a"};
  const std::vector<std::string> good_topics{"a",   "a/b",        "a/+/b",
                                             "+",   "\"#\"",      "a/#",
                                             "/a",  "a//b",       "N/c0ffee/battery/512/JsonData",
                                             "a b", "$share/g/a", std::string(65535, 'x')};
  const std::vector<std::string> bad_topics{
      "a/#/b", "a#", "a/b#", "a+", "a/+b/c", "\"##\"", "a\tb", "caf\xE9", std::string(65536, 'x')};
  const std::vector<std::string> good_limits{"0.1", "14.2", "100", "1e2", "\"56.8\""};
  const std::vector<std::string> bad_limits{"-1", "nan", "inf", "1e9", "14,2", "14.2 V", "1e999"};
  // Above what the items can show they would go out as "no limit".
  const std::vector<std::string> good_currents{"0.1", "100", "20000", "0"};
  const std::vector<std::string> bad_currents{"-1", "nan", "inf", "20000.1", "100000", "14,2"};
  const std::vector<std::string> good_temperatures{"-20", "5", "7.5", "40", "+8"};
  const std::vector<std::string> bad_temperatures{"-101", "151", "nan", "-inf", "5,0", "5C", "0x5"};
  return {
      {"DEFAULT", "logging", {"error", "WARNING", "Info", "dEbUg", "Warn"}, {"all", "3", "WARNIN"}},
      {"DEFAULT",
       "sources",
       {"auto", "mqtt", "smartshunts", "mqtt, smartshunts", "SmartShunts MQTT", "mqtt,smartshunts"},
       {"both", "mqtt, auto", "mqtt+smartshunts", ",", "shunts"}},
      {"DEFAULT", "device_name", good_names, bad_names},
      {"DEFAULT", "device_instance", good_instances, bad_instances},
      {"DEFAULT", "service_name", good_services, bad_services},
      {"DEFAULT", "timeout", {"0", "60", "31536000"}, {"-1", "60.5", "60 s", "31536001", "never"}},
      {"DEFAULT", "min_update_interval", {"0", "100", "60000"}, {"-1", "60001", "0.1"}},
      {"DEFAULT", "stop_discharge_on_timeout", good_flags, bad_flags},
      {"DEFAULT", "cell_page", good_flags, bad_flags},
      {"DEFAULT", "switches", good_flags, bad_flags},
      {"DEFAULT",
       "required",
       {"Soc, Dc/0/Voltage", "/Dc/0/Voltage", "dc.0.voltage", "\"Soc\"", "Soc, Dc/0/Temperature",
        ","},
       {"State of charge", "Soc, Voltage", "Mgmt/Connection", "*"}},
      {"DEFAULT",
       "product_id",
       {"0", "65535", "0xFFFF", "0Xba77", "0xA3E5"},
       {"-1", "65536", "0x10000", "0x", "0x-1", "BA77", "0xB009", "45072", "1.5"}},
      {"TIME_TO_GO", "enabled", good_flags, bad_flags},
      {"TIME_TO_GO", "soc", {"0", "10", "99.5", "100"}, {"-1", "100.1", "nan", "10%", "10,5"}},
      {"TIME_TO_GO", "recalculate_every", {"5", "300"}, {"4", "0", "-5", "5.5", "31536001"}},
      {"TIME_TO_GO", "while_charging", {"full", "NONE"}, {"empty", "1", "fulll"}},
      {"MQTT",
       "broker_address",
       {"192.168.1.5", "broker", "my-broker.local", "::1", "[fe80::1%eth0]", "\"localhost\""},
       {"mqtt://broker", "broker:1883", "a b", "a/b", "u@h", "IP_ADDR_OR_FQDN", "ip_addr_or_fqdn"}},
      {"MQTT", "broker_port", {"1", "1883", "65535"}, {"0", "65536", "-1", "abc", "1883.0"}},
      {"MQTT", "topic", good_topics, bad_topics},
      {"MQTT", "username", {"me", "a;b # c", "\" me \""}, {"a\tb", "\xFF", "caf\xE9"}},
      {"MQTT", "tls_enabled", good_flags, bad_flags},
      {"MQTT", "tls_insecure", good_flags, bad_flags},
      {"MQTT", "tls_path_to_ca", {"/data/ca.crt", "\"/data/my ca.crt\"", "ca.crt"}, {}},
      {"SMARTSHUNTS", "device_mode", {"monitor", "MONITOR"}, {"bms", "virtual-bms", "1"}},
      {"SMARTSHUNTS", "device_name", good_names, bad_names},
      {"SMARTSHUNTS", "device_instance", {"0", "99", "9999"}, bad_instances},
      {"SMARTSHUNTS", "service_name", {"aggregate_shunts", "a.b"}, bad_services},
      {"SMARTSHUNTS", "total_capacity", {"auto", "Auto", "600", "0.5", "0"}, bad_limits},
      {"SMARTSHUNTS", "capacity_mode", {"register", "SOC"}, {"registers", "auto"}},
      {"SMARTSHUNTS", "exclude_shunts", {"279", "\"a, b\", c", ",", "a, \xFF"}, {}},
      {"SMARTSHUNTS", "include_shunts", {"279", "\"a, b\", c", ","}, {}},
      {"SMARTSHUNTS",
       "expected_shunts",
       {"auto", "AUTO", "1", "64"},
       {"0", "-1", "two", "1.5", "1001"}},
      {"SMARTSHUNTS", "timeout", {"0", "180"}, {"-1", "never"}},
      {"SMARTSHUNTS", "product_id", {"0xA389"}, {"0xB012"}},
      {"SMARTSHUNTS", "temp_cold_danger", good_temperatures, bad_temperatures},
      {"SMARTSHUNTS", "temp_hot_danger", {"5.1", "60", "150"}, {"151", "nan", "5", "4"}},
      {"SMARTSHUNTS", "max_charge_voltage", good_limits, bad_limits},
      {"SMARTSHUNTS", "max_charge_current", good_currents, bad_currents},
      {"SMARTSHUNTS", "max_discharge_current", good_currents, bad_currents},
      {"SMARTSHUNTS", "log_period", {"0", "300"}, {"-1", "1.5"}},
      {"BANK House", "device_instance", {"0", "110", "9999"}, bad_instances},
      {"BANK House", "members", {"279", "\"a, b\", c", ","}, {}},
      {"BANK House", "shunt", {"279", "Battery #1", "\"a, b\""}, bad_names},
      {"BANK House",
       "pair",
       {"Pack1:280, Pack2:281", "\"a, b:280\"", "a:b:280", ","},
       {"Pack1", "Pack1:", ":280", "a:1, b", "Pack1 280"}},
      {"BANK House", "series", {"1", "+1"}, {"0", "65", "-1", "two", "1.5"}},
      {"BANK House", "show_members", good_flags, bad_flags},
      {"BANK House",
       "when_member_lost",
       {"shrink", "STOP", "keep 600", "Keep600"},
       {"keep", "keep x", "keep 0", "keep -5", "600", "keep 31536001", "keep 1.5"}},
      {"BANK House", "expected", {"auto", "1", "64"}, {"0", "-1", "two", "1001"}},
      {"BANK House", "control", good_flags, bad_flags},
      {"MQTT", "control", good_flags, bad_flags},
      {"BANK House", "temp_cold_danger", good_temperatures, bad_temperatures},
      {"BANK House", "max_charge_voltage", good_limits, bad_limits},
      {"BANK House", "max_charge_current", good_currents, bad_currents},
      {"BANK House", "total_capacity", {"auto", "600"}, bad_limits},
      {"PUBLISH", "homeassistant", good_flags, bad_flags},
      {"PUBLISH",
       "topic",
       {"a", "home/batteries", "a b", "Größe"},
       {"a/#", "+/a", "/a", "a/", "N", "N/c0ffee", "$SYS/a", "a\tb", std::string(256, 'x')}},
      {"PUBLISH", "client", good_names, bad_names},
      {"PUBLISH", "interval", {"1", "3600"}, {"0", "3601", "0.5", "-1"}},
      {"PUBLISH", "discovery_prefix", {"homeassistant", "ha/x"}, {"+", "/x", "a\tb"}},
      {"SMARTSHUNTS", "search_trials", {"10", "whatever"}, {}},
  };
}

TEST(Keys, AcceptEveryGoodValue) {
  for (const KeyCase& c : key_cases()) {
    for (const std::string& value : c.good) {
      const std::string line = std::string(c.key) + " = " + value;
      const ConfigResult result = parse_config(config_with(c.section, line));
      EXPECT_TRUE(result.config) << line << "\n" << test::all_of(result.problems);
    }
  }
}

/// What nothing can be run on safely when it is wrong. Everything else has a default.
bool stops_everything(const KeyCase& c) {
  constexpr std::array<std::string_view, 14> kEssential{"control",
                                                        "shunt",
                                                        "pair",
                                                        "series",
                                                        "when_member_lost",
                                                        "broker_address",
                                                        "topic",
                                                        "tls_enabled",
                                                        "device_mode",
                                                        "max_charge_voltage",
                                                        "max_charge_current",
                                                        "temp_cold_danger",
                                                        "temp_hot_danger",
                                                        "max_discharge_current"};
  if (c.section == "PUBLISH") return false;
  return std::ranges::find(kEssential, c.key) != kEssential.end();
}

TEST(Keys, WithABadValueCostTheBatteryOnlyWhereItIsNotSafe) {
  for (const KeyCase& c : key_cases()) {
    for (const std::string& value : c.bad) {
      const std::string line = std::string(c.key) + " = " + value;
      const std::string text = config_with(c.section, line);
      const ConfigResult result = parse_config(text);
      const auto told = test::with_severity(
          result, stops_everything(c) ? test::Severity::error : test::Severity::warning);
      EXPECT_EQ(result.config.has_value(), !stops_everything(c)) << line;
      ASSERT_EQ(told.size(), 1U) << line << "\n" << test::all_of(result.problems);
      EXPECT_EQ(told[0].key, c.key) << line;
      EXPECT_EQ(told[0].section, c.section) << line;
      EXPECT_EQ(told[0].line, std::count(text.begin(), text.end(), '\n')) << line;
    }
  }
}

TEST(Keys, WithABadValueHaveTheirDefault) {
  const std::string more = "[SMARTSHUNTS]\nsearch_trials = 1\n";
  const Config plain = config_of(test::mqtt_config() + more);
  for (const KeyCase& c : key_cases()) {
    if (stops_everything(c)) continue;
    const bool has_effect = c.section.starts_with("BANK") || c.section == "PUBLISH";
    const std::string section = "[" + std::string(c.section) + "]\n";
    for (const std::string& value : c.bad) {
      const std::string line = std::string(c.key) + " = " + value;
      EXPECT_EQ(config_of(config_with(c.section, line) + more),
                has_effect ? config_of(test::mqtt_config() + more + section) : plain)
          << line;
    }
  }
}

TEST(Keys, SayThatTheDefaultIsUsedForABadValue) {
  const auto said = test::warnings(parse_config(test::mqtt_config("broker_port = many")));
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said[0].message,
            "must be a whole number from 1 to 65535, not \"many\"; its default is used");
}

TEST(Keys, ReadWarnAsAPythonProgramDoes) {
  EXPECT_EQ(config_of("[DEFAULT]\nlogging = WARN\n" + test::mqtt_config()).log_level,
            LogLevel::warning);
}

TEST(Keys, WithAnImplausibleValueAreWorthAWarning) {
  struct Case {
    std::string line;
    std::size_t warnings;
  };
  for (const Case& c : std::vector<Case>{{"temp_cold_danger = -50", 1},
                                         {"temp_cold_danger = -10", 0},
                                         {"temp_cold_danger = 41\ntemp_hot_danger = 113", 2},
                                         {"temp_hot_danger = 60", 0},
                                         {"max_charge_voltage = 552", 1},
                                         {"max_charge_voltage = 3.45", 1},
                                         {"max_charge_current = 10000", 1},
                                         {"max_discharge_current = 0.2", 1},
                                         {"max_charge_current = 300", 0},
                                         {"total_capacity = 280000", 1},
                                         {"timeout = 60000", 1},
                                         {"timeout = 0", 0}}) {
    const bool names_voltage = c.line.starts_with("max_charge_voltage");
    const ConfigResult result =
        parse_config("[SMARTSHUNTS]\ndevice_mode = virtual-bms\n" +
                     std::string(names_voltage ? "" : "max_charge_voltage = 56\n") + c.line + "\n");
    EXPECT_TRUE(result.config) << c.line;
    EXPECT_EQ(test::warnings(result).size(), c.warnings) << c.line << test::all_of(result.problems);
  }
}

TEST(Keys, OfAVirtualBmsNeedAChargeVoltageAboveZero) {
  for (const char* voltage : {"0", "0.0", "-1", "", "nan"}) {
    const auto result = parse_config(
        "[SMARTSHUNTS]\ndevice_mode = virtual-bms\nmax_charge_voltage = " + std::string(voltage));
    EXPECT_EQ(test::errors(result).size(), 1U) << voltage;
  }
}

TEST(Keys, OfListsLoseNoMoreThanTheBadEntry) {
  const ConfigResult result = parse_config("[SMARTSHUNTS]\nexclude_shunts = 279, \xFF, Aux\n");
  ASSERT_TRUE(result.config);
  EXPECT_EQ(result.config->shunts->exclude_shunts, (std::vector<std::string>{"279", "Aux"}));
  EXPECT_EQ(test::warnings(result).size(), 1U);
}

TEST(Keys, MayHoldNumberedNames) {
  const Config config =
      config_of("[DEFAULT]\ndevice_name = Battery #1 # the first\n" + test::mqtt_config() +
                "[BATTERY Battery #2]\ntopic = b ;c\ndevice_instance = 2 #2\n"
                "[SMARTSHUNTS]\nexclude_shunts = Bank #1, \"Bank #2\" #2 is away, Bank #3 ; x\n");
  EXPECT_EQ(config.batteries.at(0).device_name, "Battery #1");
  EXPECT_EQ(config.batteries.at(1).device_name, "Battery #2");
  EXPECT_EQ(config.batteries.at(1).topic, "b");
  EXPECT_EQ(config.batteries.at(1).device_instance, 2);
  EXPECT_EQ(config.shunts->exclude_shunts, (std::vector<std::string>{"Bank #1", "Bank #2"}));
}

TEST(Keys, OfTheFirstPythonDriverAreRead) {
  const Config config =
      config_of("[MQTT]\nbroker_address = broker.local\ntopic_battery = home/battery\n");
  EXPECT_EQ(config, config_of(test::mqtt_config()));
  const auto both = parse_config(test::mqtt_config("topic_battery = other"));
  EXPECT_EQ(test::warnings(both).size(), 1U);
}

TEST(Keys, LeftEmptyAreNotSet) {
  const Config plain = config_of(test::mqtt_config());
  for (const KnownKey& key : known_keys()) {
    if (key.name == "broker_address" || key.name == "topic") continue;
    if (key.home == Family::charge_control) continue;  // nobody charges without a maximum
    for (const std::string value : {"", "  ", " ; note", "\"\""}) {
      const bool keeps_comments = key.name == "username" || key.name == "password";
      if (keeps_comments && value == " ; note") continue;
      const std::string line = std::string(key.name) + " =" + value;
      const bool has_effect = key.home == Family::bank || key.home == Family::publish;
      const std::string section = "[" + std::string(section_title(key.home)) + "]\n";
      EXPECT_EQ(config_of(test::mqtt_config() + section + line + "\n"),
                has_effect ? config_of(test::mqtt_config() + section) : plain)
          << line;
    }
  }
}

}  // namespace
}  // namespace dmb
