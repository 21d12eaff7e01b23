// SPDX-License-Identifier: MIT
#include "app/device_rules.h"

namespace dmb {
namespace {

std::optional<std::size_t> expected_of(const ShuntConfig& config) {
  if (!config.expected_shunts) return std::nullopt;
  return static_cast<std::size_t>(*config.expected_shunts);
}

std::optional<BmsRules> bms_rules_of(const ShuntConfig& config) {
  if (config.mode != ShuntMode::virtual_bms) return std::nullopt;
  return BmsRules{.max_charge_voltage_v = config.max_charge_voltage_v.value(),
                  .max_charge_current_a = config.max_charge_current_a,
                  .max_discharge_current_a = config.max_discharge_current_a,
                  .danger = config.danger,
                  .stop_discharge_when_all_lost = config.stop_discharge_on_timeout,
                  .expected_shunts = expected_of(config)};
}

Ages ages_of(const BatteryConfig& config) {
  if (!config.map) return Ages::message;
  return config.map->only_changes ? Ages::life : Ages::each;
}

}  // namespace

std::string source_of(const BatteryConfig& config) {
  if (!config.topic.empty()) return config.topic;
  return config.preset.empty() ? "of its map" : "of preset " + config.preset;
}

BankRules rules_of(const ShuntConfig& config) {
  return {.aggregate = {config.total_capacity_ah, config.danger, config.time_to_go},
          .standing = {.alarms_needed = config.mode == ShuntMode::virtual_bms,
                       .max_charge_voltage_v = config.max_charge_voltage_v},
          .bms = bms_rules_of(config),
          .expected_members = expected_of(config),
          .capacity_mode = config.capacity_mode,
          .excluded = config.exclude_shunts,
          .shown_every = config.log_period};
}

BankRules rules_of(const BankConfig& config) {
  BankRules rules{.members = BankOf::batteries,
                  .aggregate = {config.total_capacity_ah, config.danger, config.time_to_go},
                  .standing = {.max_charge_voltage_v = config.max_charge_voltage_v},
                  .shown_every = config.log_period};
  if (config.expected) rules.expected_members = static_cast<std::size_t>(*config.expected);
  return rules;
}

BatteryDeviceRules rules_of(const BatteryConfig& config, const BatterySource& source) {
  return {.battery = {config.timeout, config.stop_discharge_on_timeout, config.time_to_go,
                      config.required, ages_of(config)},
          .topic = source_of(config),
          .mapped = config.map.has_value(),
          .questions = source.questions()};
}

}  // namespace dmb
