// SPDX-License-Identifier: MIT
#include "app/bank_setup.h"

#include "app/device_rules.h"
#include "dmb/config/bank_members.h"
#include "runtime/identity.h"

#include <utility>

namespace dmb {
namespace {

constexpr std::int32_t kShuntProductId = 0xA389;  // a SmartShunt to consumers
constexpr std::int32_t kBmsProductId = 0xBA77;

MemberChoice choice_of(const BankConfig& config, std::span<const BatteryConfig> batteries) {
  MemberChoice choice{
      .members = config.members, .shunt = config.shunt, .process_name = std::string(kProgramName)};
  for (const PairConfig& pair : config.pairs) choice.pairs.push_back({pair.battery, pair.shunt});
  for (const BatteryConfig& battery : batteries) choice.labels.push_back(battery.label);
  return choice;
}

}  // namespace

BankSetup setup_of(const ShuntConfig& config, std::vector<std::string> own_services) {
  const bool bms = config.mode == ShuntMode::virtual_bms;
  return {.description = {.service_name = config.service_name,
                          .device_name = config.device_name,
                          .preferred_instance = config.device_instance,
                          .product_id =
                              config.product_id.value_or(bms ? kBmsProductId : kShuntProductId),
                          .product_name = bms ? "Aggregate BMS" : "SmartShunt Aggregate",
                          .connection = "D-Bus",
                          .times = {config.min_update_interval, life_interval(config.timeout)},
                          .cell_page = config.cell_page},
          .rules = rules_of(config),
          .watch = {.own_services = std::move(own_services),
                    .excluded = config.exclude_shunts,
                    .included = config.include_shunts,
                    .read_registers = config.capacity_mode == CapacityMode::registers,
                    .patience = {.silence = config.timeout}},
          .switches = config.switches};
}

BankSetup setup_of(const BankConfig& config, std::span<const BatteryConfig> batteries,
                   std::vector<std::string> own_services) {
  MemberChoice choice = choice_of(config, batteries);
  return {.description = {.service_name = config.service_name,
                          .device_name = config.device_name,
                          .preferred_instance = config.device_instance,
                          .product_id = config.product_id.value_or(kBmsProductId),
                          .product_name = std::string(kBankProductName),
                          .connection = "D-Bus",
                          .times = {config.min_update_interval, life_interval(config.timeout)},
                          .cell_page = config.cell_page},
          .rules = rules_of(config, batteries),
          .watch = {.own_services = std::move(own_services),
                    .read_registers = true,
                    .patience = {.silence = config.timeout},
                    .bank = std::move(choice)},
          .switches = config.switches};
}

}  // namespace dmb
