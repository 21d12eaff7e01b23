// SPDX-License-Identifier: MIT
#include "dmb/config/known_keys.h"
#include "support.h"

#include <regex>
#include <set>

namespace dmb {
namespace {

/// The sample as a user would first edit it.
std::string edited_sample() {
  return test::replaced(test::read_sample(), "broker_address = IP_ADDR_OR_FQDN",
                        "broker_address = 192.168.1.5");
}

/// With every ";key = value" and ";[SECTION]" line in force; notes start with "; ".
std::string with_all_defaults(const std::string& sample) {
  return std::regex_replace(sample, std::regex("(^|\n);(?=[a-z\\[])"), "$1");
}

/// "MQTT/topic" for every key line, commented or not.
std::set<std::string> documented_keys(const std::string& sample) {
  std::set<std::string> keys;
  std::string section;
  const std::regex line(";?(?:\\[(.*)\\]|([a-z_]+) =.*)");
  for (std::size_t at = 0; at < sample.size();) {
    const std::size_t end = std::min(sample.find('\n', at), sample.size());
    const std::string text = sample.substr(at, end - at);
    std::smatch match;
    if (std::regex_match(text, match, line)) {
      if (match[1].matched) section = match[1] == "BANK House" ? "BANK name" : match[1].str();
      if (match[2].matched) keys.insert(section + "/" + match[2].str());
    }
    at = end + 1;
  }
  return keys;
}

/// As the sample has them: the maxima are examples, all else are defaults.
ChargeRules lfp_rules() {
  ChargeRules rules(Chemistry::lfp);
  rules.max_charge_current_a = 100;
  rules.max_discharge_current_a = 150;
  return rules;
}

TEST(Sample, HasOneErrorTheAddressToEdit) {
  const ConfigResult result = parse_config(test::read_sample());
  EXPECT_FALSE(result.config);
  ASSERT_EQ(result.problems.size(), 1U) << test::all_of(result.problems);
  EXPECT_EQ(result.problems[0].key, "broker_address");
}

TEST(Sample, WorksOnceTheAddressIsEdited) {
  const ConfigResult result = parse_config(edited_sample());
  ASSERT_TRUE(result.config);
  EXPECT_TRUE(result.problems.empty()) << test::all_of(result.problems);
  EXPECT_EQ(result.config->broker, (BrokerConfig{.address = "192.168.1.5"}));
  EXPECT_EQ(result.config->batteries, (std::vector{BatteryConfig{.topic = "home/battery"}}));
  EXPECT_EQ(result.config->shunts, std::nullopt);
}

TEST(Sample, DocumentsEveryKeyInItsSection) {
  const auto documented = documented_keys(test::read_sample());
  for (const KnownKey& key : known_keys()) {
    const std::string name = std::string(section_title(key.home)) + "/" + std::string(key.name);
    EXPECT_TRUE(documented.contains(name)) << name;
  }
}

TEST(Sample, DocumentsTheDefaultsAsTheyAre) {
  const ConfigResult result = parse_config(with_all_defaults(edited_sample()));
  ASSERT_TRUE(result.config) << test::all_of(result.problems);
  EXPECT_TRUE(result.problems.empty()) << test::all_of(result.problems);
  const Config expected{
      .log_level = LogLevel::warning,
      .broker = BrokerConfig{.address = "192.168.1.5"},
      .batteries = {BatteryConfig{.topic = "home/battery"},
                    BatteryConfig{.topic = "home/garage/battery",
                                  .device_name = "Garage",
                                  .device_instance = 101,
                                  .service_name = "mqtt_battery_101",
                                  .label = "Garage"}},
      .shunts = ShuntConfig{},
      .banks = {BankConfig{
          .label = "House", .device_name = "House", .charge_control = lfp_rules()}},
      .publish = PublishConfig{}};
  EXPECT_EQ(*result.config, expected);
}

TEST(Sample, HasAMapThatWorks) {
  const std::string sample = edited_sample();
  const std::size_t begin = sample.find("; [MAP Garage]\n");
  ASSERT_NE(begin, std::string::npos);
  const std::string map = sample.substr(begin, sample.find("\n\n", begin) - begin);
  const ConfigResult result =
      parse_config(with_all_defaults(sample) + '\n' +
                   std::regex_replace(map, std::regex("(^|\n); "), "$1") + '\n');
  ASSERT_TRUE(result.config) << test::all_of(result.problems);
  EXPECT_TRUE(result.problems.empty()) << test::all_of(result.problems);
  EXPECT_EQ(result.config->batteries.at(1).map.value().lines.size(), 5U);
}

TEST(Sample, LeavesTheAggregatorItsOwnNameWithoutABroker) {
  const std::string text = test::replaced(
      test::replaced(test::read_sample(), "IP_ADDR_OR_FQDN", ""), ";log_period", "log_period");
  EXPECT_EQ(test::config_of(text).shunts, ShuntConfig{});
}

}  // namespace
}  // namespace dmb
