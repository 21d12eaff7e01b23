// SPDX-License-Identifier: MIT
// The text of a config.ini.
#include "../support/broken_rule.h"
#include "config_text.h"
#include "dmb/codec/text.h"
#include "dmb/config/parse.h"
#include "dmb/config/text_rules.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

using namespace dmb;
using namespace std::chrono_literals;
using test::rule;

namespace {

constexpr double kMaxAmp = 20000;  // of the items that show the limits

void check(const std::optional<ChargeRules>& charge_control) {
  rule(!charge_control || faults_of(*charge_control).empty(), "rules that nobody may charge by");
}

void check(const BatteryConfig& battery) {
  check(battery.charge_control);
  rule(!topic_filter_fault(battery.topic), "no topic filter");
  rule(!battery.topic.starts_with("/N/"), "the leading slash is still there");
  rule(!battery.device_name.empty() && !device_name_fault(battery.device_name), "no name");
  rule(battery.device_instance >= 0 && battery.device_instance <= 9999, "no instance");
  rule(!service_name_fault(battery.service_name), "no service name");
  rule(battery.timeout >= 0s && battery.timeout <= 31536000s, "no time-out");
  rule(battery.min_update_interval >= 0ms && battery.min_update_interval <= 1min, "no interval");
  const double floor = battery.time_to_go.soc_floor_percent;
  rule(floor >= 0 && floor <= 100, "no SoC floor");
  rule(battery.time_to_go.recalculate_every >= 5s, "recalculated too often");
}

void check_limit(const std::optional<double>& limit, double max, const char* what) {
  rule(!limit || (std::isfinite(*limit) && *limit > 0 && *limit <= max), what);
}

void check(const ShuntConfig& shunts) {
  check(shunts.charge_control);
  rule(!shunts.charge_control ||
           (shunts.mode == ShuntMode::virtual_bms && shunts.charge_control->cells),
       "shunts that cannot be controlled");
  rule(!shunts.device_name.empty() && !device_name_fault(shunts.device_name), "no name");
  rule(!service_name_fault(shunts.service_name), "no service name");
  rule(shunts.danger.cold_c < shunts.danger.hot_c, "colder than hot is nothing");
  check_limit(shunts.total_capacity_ah, 1e6, "no capacity");
  check_limit(shunts.max_charge_voltage_v, 1500, "no charge voltage that can be shown");
  check_limit(shunts.max_charge_current_a, kMaxAmp, "no charge current that can be shown");
  check_limit(shunts.max_discharge_current_a, kMaxAmp, "no discharge current that can be shown");
  rule(shunts.mode == ShuntMode::monitor || shunts.max_charge_voltage_v.has_value(),
       "a BMS without a charge voltage");
}

void check(const BankConfig& bank) {
  check(bank.charge_control);
  rule(!device_name_fault(bank.device_name) && !service_name_fault(bank.service_name),
       "a bank's name");
  rule(bank.series >= 1 && bank.members.size() % static_cast<std::size_t>(bank.series) == 0 &&
           (bank.series == 1 || !bank.members.empty()),
       "a string that misses a battery");
  rule((bank.when_member_lost == MemberLoss::keep) == (bank.keep.count() > 0), "a span to keep");
  for (const PairConfig& pair : bank.pairs)
    rule(!pair.battery.empty() && !pair.shunt.empty(), "half a pair");
  for (const auto& limit : {bank.max_charge_voltage_v, bank.max_charge_current_a,
                            bank.max_discharge_current_a, bank.total_capacity_ah})
    rule(!limit || *limit > 0, "a limit of a bank");
  rule(bank.danger.cold_c < bank.danger.hot_c, "a bank that is too cold and too hot");
}

void check(const Config& config) {
  rule(config.broker || config.shunts || !config.banks.empty(), "nothing to do");
  rule(config.broker.has_value() == !config.batteries.empty(), "a broker for nobody, or none");
  if (config.broker) {
    rule(!config.broker->address.empty() && config.broker->port > 0, "no broker address");
    rule(config.broker->tls_path_to_cert.empty() == config.broker->tls_path_to_key.empty(),
         "half a client certificate");
  }
  if (config.shunts) check(*config.shunts);
  std::set<int> instances;
  std::set<std::string> names;
  for (const BatteryConfig& battery : config.batteries) {
    check(battery);
    rule(instances.insert(battery.device_instance).second, "an instance twice");
    rule(names.insert(battery.service_name).second, "a service name twice");
  }
  if (config.shunts)
    rule(instances.insert(config.shunts->device_instance).second &&
             names.insert(config.shunts->service_name).second,
         "the aggregate's instance or name twice");
  for (const BankConfig& bank : config.banks) {
    check(bank);
    rule(instances.insert(bank.device_instance).second && names.insert(bank.service_name).second,
         "a bank's instance or name twice");
  }
}

/// The sections' own names are not written.
Config without_labels(Config config) {
  for (BatteryConfig& battery : config.batteries) battery.label.clear();
  return config;
}

void check(const ConfigProblem& problem, int last_line) {
  rule(!problem.message.empty(), "a problem without a word");
  rule(problem.line >= 0 && problem.line <= last_line, "a problem outside the file");
  rule(problem.line > 0 || !problem.section.empty(), "a problem nowhere");
  rule(is_bus_text(describe(problem, "config.ini")), "a problem that cannot be said");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const ConfigResult result = parse_config(text);
  const auto ends =
      std::count(text.begin(), text.end(), '\n') + std::count(text.begin(), text.end(), '\r');
  bool error = false;
  for (const ConfigProblem& problem : result.problems) {
    check(problem, static_cast<int>(ends) + 1);
    error = error || problem.severity == ConfigProblem::Severity::error;
  }
  rule(result.config.has_value() != error, "a config with errors, or none without");
  if (!result.config) return 0;
  check(*result.config);
  const auto written = fuzz::config_text(*result.config);
  if (!written) return 0;
  const ConfigResult again = parse_config(*written);
  rule(again.config && without_labels(*again.config) == without_labels(*result.config),
       "written out and read again it is another config");
  return 0;
}
