// SPDX-License-Identifier: MIT
#include "app/check_command.h"

#include "app/config_file.h"
#include "app/options.h"
#include "dmb/battery/shortest.h"
#include "dmb/codec/text.h"
#include "dmb/config/bank_members.h"
#include "dmb/mapping/intake.h"
#include "dmb/publish/topics.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

namespace dmb {
namespace {

/// Whoever writes a map sees what became of its lines.
void print_map(const BatteryConfig& battery) {
  const std::string from = battery.preset.empty() ? "" : ", preset " + battery.preset;
  std::printf("%s%s reads:\n", printable(battery.device_name).c_str(), from.c_str());
  for (const MappedItem& item : MapIntake(*battery.map, {}).items())
    std::printf("  %-30s %s\n", item.item.substr(1).c_str(), printable(item.topic, 200).c_str());
}

std::string list_of(const std::vector<std::string>& entries) {
  std::string text;
  for (const std::string& entry : entries) text += (text.empty() ? "" : ", ") + printable(entry);
  return text;
}

/// What it combines, as far as that is known without a look at the bus.
void print_bank(const BankConfig& bank, const std::vector<BatteryConfig>& batteries) {
  std::vector<std::string> own;
  for (const BatteryConfig& battery : batteries)
    if (is_member(battery, bank, batteries)) own.push_back(battery.device_name);
  std::string text =
      bank.members.empty()
          ? list_of(own) + (own.empty() ? "" : " and ") +
                "every other battery on the bus that is no sum of others and no monitor"
          : list_of(bank.members);
  for (const PairConfig& pair : bank.pairs)
    text += "; " + printable(pair.shunt) + " measures for " + printable(pair.battery);
  if (!bank.shunt.empty()) text += "; " + printable(bank.shunt) + " measures for all";
  if (bank.series > 1) text += "; " + std::to_string(bank.series) + " in series";
  std::printf("%s combines %s\n", printable(bank.device_name).c_str(), text.c_str());
}

/// "3.45 V", or where it goes by the month "3.4 to 3.5 V by month".
std::string full_of(const ChargeRules& rules) {
  double lowest_v = cell_full_in(rules, 1);
  double highest_v = lowest_v;
  for (unsigned month = 2; month <= 12; ++month) {
    lowest_v = std::min(lowest_v, cell_full_in(rules, month));
    highest_v = std::max(highest_v, cell_full_in(rules, month));
  }
  if (lowest_v == highest_v) return shortest(lowest_v) + " V";
  return shortest(lowest_v) + " to " + shortest(highest_v) + " V by month";
}

/// The numbers that an owner knows of his cells; each of the others has its line in the sample.
void print_charge_control(const std::string& name, const std::optional<ChargeRules>& rules) {
  if (!rules) return;
  std::string text(kChemistryWords.at(static_cast<std::size_t>(rules->chemistry)));
  if (rules->cells) text += ", " + std::to_string(*rules->cells) + " cells";
  text += ", full " + full_of(*rules) + ", float " + shortest(rules->cell_float_v) + " V, at most ";
  text += shortest(rules->max_charge_current_a) + " A in and ";
  text += shortest(rules->max_discharge_current_a) + " A out";
  std::printf("%s: charge control %s\n", printable(name).c_str(), text.c_str());
}

void print_charge_controls(const Config& config) {
  for (const BatteryConfig& battery : config.batteries)
    print_charge_control(battery.device_name, battery.charge_control);
  for (const BankConfig& bank : config.banks)
    print_charge_control(bank.device_name, bank.charge_control);
  if (config.shunts)
    print_charge_control(config.shunts->device_name, config.shunts->charge_control);
}

void print_switches(const Config& config) {
  const auto print = [](const std::string& name, bool has_switches) {
    if (has_switches) std::printf("%s has switches on the display\n", printable(name).c_str());
  };
  for (const BatteryConfig& battery : config.batteries)
    print(battery.device_name, battery.switches && battery.on_bus);
  for (const BankConfig& bank : config.banks) print(bank.device_name, bank.switches);
  if (config.shunts) print(config.shunts->device_name, config.shunts->switches);
}

void print_publishing(const Config& config) {
  if (!config.publish) return;
  const BrokerConfig& broker =
      config.publish->own_broker ? *config.publish->own_broker : *config.broker;
  std::printf("Everything is published to %s:%u, below %s/%s%s\n",
              printable(broker.address).c_str(), static_cast<unsigned>(broker.port),
              printable(config.publish->topic).c_str(),
              PublishTopics("", config.publish->client, "").client().c_str(),
              config.publish->homeassistant ? ", for Home Assistant too" : "");
}

}  // namespace

int check_config(const std::filesystem::path& path) {
  const ConfigResult result = load_config(read_config_file(path), path);
  for (const ConfigProblem& problem : result.problems)
    std::printf("%s\n", describe(problem, path.string()).c_str());
  if (!result.config) return kExitUsage;
  for (const BatteryConfig& battery : result.config->batteries)
    if (battery.map) print_map(battery);
  for (const BankConfig& bank : result.config->banks) print_bank(bank, result.config->batteries);
  print_charge_controls(*result.config);
  print_switches(*result.config);
  print_publishing(*result.config);
  std::printf("%s is valid\n", path.c_str());
  return 0;
}

}  // namespace dmb
