// SPDX-License-Identifier: MIT
#include "app/device_rules.h"

#include "dmb/config/bank_members.h"

#include <algorithm>

namespace dmb {
namespace {

std::optional<std::size_t> expected_of(const ShuntConfig& config) {
  if (!config.expected_shunts) return std::nullopt;
  return static_cast<std::size_t>(*config.expected_shunts);
}

/// What a charge control may charge with at most shrinks with each member that is lost, as the
/// bank's own maximum does.
std::optional<double> maximum_of(const std::optional<double>& own_a,
                                 const std::optional<ChargeRules>& charge,
                                 double ChargeRules::*maximum_a) {
  if (!charge) return own_a;
  return std::min(own_a.value_or(*charge.*maximum_a), *charge.*maximum_a);
}

std::optional<BmsRules> bms_rules_of(const ShuntConfig& config) {
  if (config.mode != ShuntMode::virtual_bms) return std::nullopt;
  return BmsRules{
      .max_charge_voltage_v = config.max_charge_voltage_v.value(),
      .max_charge_current_a = maximum_of(config.max_charge_current_a, config.charge_control,
                                         &ChargeRules::max_charge_current_a),
      .max_discharge_current_a = maximum_of(config.max_discharge_current_a, config.charge_control,
                                            &ChargeRules::max_discharge_current_a),
      .danger = config.danger,
      .stop_discharge_when_all_lost = config.stop_discharge_on_timeout,
      .expected_shunts = expected_of(config)};
}

/// Members that stand in series count as one.
std::size_t strings_of(std::size_t batteries, const BankConfig& config) {
  return batteries / static_cast<std::size_t>(config.series);
}

std::optional<std::size_t> expected_of(const BankConfig& config) {
  if (!config.expected) return std::nullopt;
  return std::max<std::size_t>(1, strings_of(static_cast<std::size_t>(*config.expected), config));
}

CompositionRules composition_of(const BankConfig& config) {
  CompositionRules rules{.series = static_cast<std::size_t>(config.series),
                         .bank_shunt = config.shunt};
  for (const PairConfig& pair : config.pairs) rules.pairs.push_back({pair.battery, pair.shunt});
  return rules;
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
          .charge = config.charge_control,
          .expected_members = expected_of(config),
          .capacity_mode = config.capacity_mode,
          .excluded = config.exclude_shunts,
          .shown_every = config.log_period};
}

BankRules rules_of(const BankConfig& config, std::span<const BatteryConfig> batteries) {
  const auto own = std::ranges::count_if(batteries, [&](const BatteryConfig& battery) {
    return is_member(battery, config, batteries);
  });
  const auto expected = expected_of(config);
  return {.members = BankOf::batteries,
          .aggregate = {config.total_capacity_ah, config.danger, config.time_to_go},
          .composition = composition_of(config),
          .standing = {.by_limits = true, .max_charge_voltage_v = config.max_charge_voltage_v},
          .bms = BmsRules{.max_charge_voltage_v = config.max_charge_voltage_v,
                          .max_charge_current_a =
                              maximum_of(config.max_charge_current_a, config.charge_control,
                                         &ChargeRules::max_charge_current_a),
                          .max_discharge_current_a =
                              maximum_of(config.max_discharge_current_a, config.charge_control,
                                         &ChargeRules::max_discharge_current_a),
                          .danger = config.danger,
                          .stop_discharge_when_all_lost = config.stop_discharge_on_timeout,
                          .expected_shunts = expected,
                          .of_batteries = true,
                          .stop_when_lost = config.when_member_lost == MemberLoss::stop,
                          .keep_lost = config.keep},
          .charge = config.charge_control,
          .expected_members = expected,
          .expected_at_least = strings_of(static_cast<std::size_t>(own), config),
          .control = config.control,
          .shown_every = config.log_period};
}

BatteryDeviceRules rules_of(const BatteryConfig& config, const BatterySource& source) {
  return {.battery = {config.timeout, config.stop_discharge_on_timeout, config.time_to_go,
                      config.required, ages_of(config), config.charge_control, config.control},
          .topic = source_of(config),
          .mapped = config.map.has_value(),
          .questions = source.questions()};
}

}  // namespace dmb
