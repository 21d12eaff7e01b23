// SPDX-License-Identifier: MIT
#include "dmb/config/charge_targets.h"

#include "dmb/battery/letter_case.h"

namespace dmb {
namespace {

constexpr std::string_view kShunts = "SMARTSHUNTS";
constexpr std::string_view kMqtt = "MQTT";

bool is_called(const SettingsSection* section, std::string_view name) {
  return equals_ignoring_case(section->label, name);
}

ChargeTarget target_of(const SettingsSection& section, BankConfig& bank) {
  return {.section = &section,
          .rules = &bank.charge_control,
          .series = bank.series,
          .max_charge_voltage_v = bank.max_charge_voltage_v,
          .max_charge_current_a = bank.max_charge_current_a,
          .max_discharge_current_a = bank.max_discharge_current_a};
}

ChargeTarget target_of(const SettingsSection& section, ShuntConfig& shunts) {
  return {.section = &section,
          .rules = &shunts.charge_control,
          .tells_cells = false,
          .has_limits = shunts.mode == ShuntMode::virtual_bms,
          .max_charge_voltage_v = shunts.max_charge_voltage_v,
          .max_charge_current_a = shunts.max_charge_current_a,
          .max_discharge_current_a = shunts.max_discharge_current_a};
}

}  // namespace

ChargeTargets::ChargeTargets(const Settings& settings, Config& config) {
  // The battery of [MQTT] comes first, if there is one; then the sections in their order.
  const auto own = settings.batteries();
  auto section = own.begin();
  for (BatteryConfig& battery : config.batteries)
    batteries_.push_back(
        {.section = battery.label.empty() ? &settings.of(Family::mqtt) : *section++,
         .rules = &battery.charge_control});
  const auto sections = settings.banks();
  for (std::size_t i = 0; i < config.banks.size(); ++i)
    banks_.push_back(target_of(*sections[i], config.banks[i]));
  if (config.shunts) shunts_ = target_of(settings.of(Family::smartshunts), *config.shunts);
}

std::vector<ChargeTarget> ChargeTargets::common() const {
  if (!banks_.empty()) return banks_;
  if (!batteries_.empty()) return batteries_;
  if (shunts_ && shunts_->has_limits) return {*shunts_};
  return {};
}

std::vector<ChargeTarget> ChargeTargets::named(std::string_view name) const {
  std::vector<ChargeTarget> found;
  for (const auto* targets : {&batteries_, &banks_})
    for (const ChargeTarget& target : *targets)
      if (is_called(target.section, name)) found.push_back(target);
  if (!found.empty()) return found;
  if (equals_ignoring_case(name, kShunts) && shunts_) return {*shunts_};
  if (equals_ignoring_case(name, kMqtt))
    for (const ChargeTarget& target : batteries_)
      if (target.section->family == Family::mqtt) return {target};
  return {};
}

}  // namespace dmb
