// SPDX-License-Identifier: MIT
#include "../support/sanitized.h"
#include "dmb/codec/text.h"
#include "dmb/config/text_rules.h"
#include "support.h"

#include <cmath>
#include <random>
#include <set>

namespace dmb {
namespace {

using namespace std::chrono_literals;

/// Damages a text the way editors, disks and tired people do.
class Mutator {
 public:
  explicit Mutator(unsigned seed) : random_(seed) {}

  std::string operator()(std::string text) {
    for (std::size_t count = below(20) + 1; count > 0; --count) mutate(text);
    return text;
  }

 private:
  std::size_t below(std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
  }

  void mutate(std::string& text) {
    static const std::vector<std::string> kPieces{"\n",
                                                  "\r",
                                                  std::string(1, '\0'),
                                                  "\xFF",
                                                  "\"",
                                                  "'",
                                                  ";",
                                                  " #",
                                                  "=",
                                                  ":",
                                                  "[",
                                                  "]",
                                                  "  ",
                                                  "\n[BATTERY x]\ntopic = a\n",
                                                  "device_instance = 5\n",
                                                  "= 99999999999",
                                                  "= -1",
                                                  "= nan",
                                                  "= 1e400",
                                                  "= 1e-400",
                                                  "= inf",
                                                  "\n[MQTT]\n",
                                                  "\n[DEFAULT]\n",
                                                  "\n[SMARTSHUNTS]\n",
                                                  "\n[BANK y]\nmembers = x, y\npair = x:5\n",
                                                  "series = 2\n",
                                                  "\n[CHARGE CONTROL]\nmax_charge_current = 9\n",
                                                  "max_discharge_current = 8\n",
                                                  "MAX_CELL_VOLTAGE = 3.5\n",
                                                  "%s",
                                                  "#/",
                                                  "+",
                                                  "0",
                                                  "9",
                                                  "\n   ",
                                                  "\n= x\n",
                                                  "virtual-bms",
                                                  "sources = mqtt, smartshunts\n"};
    const std::size_t at = below(text.size() + 1);
    const std::size_t span = below(30);
    switch (below(6)) {
      case 0:
        text.insert(at, kPieces[below(kPieces.size())]);
        break;
      case 1:
        text.erase(at, span);
        break;
      case 2:
        text.insert(at, text.substr(below(text.size() + 1), span));
        break;
      case 3:
        if (at < text.size()) text[at] = static_cast<char>(below(256));
        break;
      case 4:
        uncomment(text, at);
        break;
      default:
        text.replace(std::min(text.find('=', at), text.size()), span,
                     kPieces[below(kPieces.size())]);
    }
  }

  static void uncomment(std::string& text, std::size_t from) {
    const std::size_t at = text.find("\n;", from);
    if (at != std::string::npos) text.erase(at + 1, 1);
  }

  std::mt19937 random_;
};

template <class T>
bool within(T value, T low, T high) {
  return value >= low && value <= high;
}

void expect_valid(const std::optional<ChargeRules>& charge_control) {
  if (charge_control) {
    EXPECT_TRUE(faults_of(*charge_control).empty());
  }
}

void expect_valid(const BatteryConfig& battery) {
  expect_valid(battery.charge_control);
  EXPECT_EQ(topic_filter_fault(battery.topic), std::nullopt);
  EXPECT_FALSE(battery.topic.starts_with("/N/"));
  EXPECT_EQ(device_name_fault(battery.device_name), std::nullopt);
  EXPECT_FALSE(battery.device_name.empty());
  EXPECT_TRUE(within(battery.device_instance, 0, 9999));
  EXPECT_EQ(service_name_fault(battery.service_name), std::nullopt);
  EXPECT_TRUE(within(battery.timeout, 0s, 31536000s));
  EXPECT_TRUE(within(battery.min_update_interval, 0ms, 60000ms));
  EXPECT_TRUE(within(battery.time_to_go.soc_floor_percent, 0.0, 100.0));
  EXPECT_TRUE(within(battery.time_to_go.recalculate_every, 5s, 31536000s));
}

void expect_valid(const BrokerConfig& broker) {
  EXPECT_EQ(broker_address_fault(broker.address), std::nullopt);
  EXPECT_FALSE(broker.address.empty());
  EXPECT_GE(broker.port, 1);
  EXPECT_EQ(broker.tls_path_to_cert.empty(), broker.tls_path_to_key.empty());
}

void expect_limit(const std::optional<double>& limit) {
  const double value = limit.value_or(1);
  EXPECT_TRUE(std::isfinite(value) && value > 0) << value;
}

void expect_valid(const ShuntConfig& shunts) {
  EXPECT_EQ(device_name_fault(shunts.device_name), std::nullopt);
  EXPECT_TRUE(within(shunts.device_instance, 0, 9999));
  EXPECT_EQ(service_name_fault(shunts.service_name), std::nullopt);
  EXPECT_LT(shunts.danger.cold_c, shunts.danger.hot_c);
  EXPECT_TRUE(within(shunts.danger.cold_c, -100.0, 150.0));
  EXPECT_TRUE(within(shunts.danger.hot_c, -100.0, 150.0));
  EXPECT_TRUE(within(shunts.log_period, 0s, 31536000s));
  EXPECT_TRUE(within(shunts.timeout, 0s, 31536000s));
  for (const std::string& shunt : shunts.exclude_shunts) EXPECT_TRUE(is_bus_text(shunt));
  for (const auto& limit : {shunts.total_capacity_ah, shunts.max_charge_voltage_v,
                            shunts.max_charge_current_a, shunts.max_discharge_current_a}) {
    expect_limit(limit);
  }
  EXPECT_TRUE(shunts.mode == ShuntMode::monitor || shunts.max_charge_voltage_v);
}

void expect_valid(const Config& config) {
  EXPECT_TRUE(config.broker || config.shunts || !config.banks.empty());
  EXPECT_EQ(config.broker.has_value(), !config.batteries.empty());
  if (config.broker) expect_valid(*config.broker);
  if (config.shunts) expect_valid(*config.shunts);
  std::set<int> instances;
  std::set<std::string> names;
  for (const BatteryConfig& battery : config.batteries) {
    expect_valid(battery);
    instances.insert(battery.device_instance);
    names.insert(battery.service_name);
  }
  if (config.shunts) instances.insert(config.shunts->device_instance);
  if (config.shunts) names.insert(config.shunts->service_name);
  for (const BankConfig& bank : config.banks) {
    expect_valid(bank.charge_control);
    instances.insert(bank.device_instance);
    names.insert(bank.service_name);
  }
  const std::size_t services =
      config.batteries.size() + (config.shunts ? 1 : 0) + config.banks.size();
  EXPECT_EQ(instances.size(), services);
  EXPECT_EQ(names.size(), services);
}

TEST(Mutations, OfTheSampleNeverYieldAnInvalidConfig) {
  const std::string sample = test::replaced(test::read_sample(), "IP_ADDR_OR_FQDN", "broker");
  int valid = 0;
  for (unsigned seed = 0; seed < 2000; ++seed) {
    const std::string text = Mutator(seed)(sample);
    const ConfigResult result = parse_config(text);
    EXPECT_EQ(result.config.has_value(), test::errors(result).empty()) << "seed " << seed;
    for (const ConfigProblem& problem : result.problems) {
      EXPECT_FALSE(problem.message.empty());
      EXPECT_TRUE(is_bus_text(describe(problem, "f"))) << "seed " << seed;
    }
    if (!result.config) continue;
    ++valid;
    expect_valid(*result.config);
    if (testing::Test::HasFailure()) FAIL() << "seed " << seed << "\n" << text;
  }
  EXPECT_GT(valid, 100);
  EXPECT_LT(valid, 1900);
}

TEST(Mutations, OfNothingButNoiseNeverCrash) {
  std::mt19937 random(7);
  for (int i = 0; i < 500; ++i) {
    std::string noise(random() % 2000, ' ');
    for (char& c : noise) c = static_cast<char>(random());
    EXPECT_FALSE(parse_config(noise).config);
  }
}

TEST(Mutations, OfAMillionBytesEndSoonAndInFewWords) {
  for (const std::string pattern : {"brokr_adress = 1\n", "[BATTERY a]\n", "[b]\n", "topic = a\n",
                                    "  x\n", "[BATTERY a]\ntopic = #/x\n"}) {
    std::string text = test::mqtt_config();
    while (text.size() < test::in_scale(1U << 20U)) text += pattern;
    EXPECT_LE(parse_config(text).problems.size(), 303U) << pattern;
  }
  std::string batteries = test::mqtt_config();
  for (int i = 0; i < test::in_scale(50000); ++i)
    batteries += "[BATTERY " + std::to_string(i) + "]\n";
  EXPECT_EQ(test::errors(parse_config(batteries)).size(), 101U);
}

}  // namespace
}  // namespace dmb
