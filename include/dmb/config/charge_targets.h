// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/config/config.h"
#include "dmb/config/settings.h"

#include <optional>
#include <string_view>
#include <vector>

namespace dmb {

/// Whom a [CHARGE CONTROL] section may control.
struct ChargeTarget {
  const SettingsSection* section = nullptr;  ///< of the battery, the bank or the shunts
  std::optional<ChargeRules>* rules = nullptr;
  int series = 1;
  bool tells_cells = true;
  bool has_limits = true;  ///< else there are none to be made, as of a mere monitor
  std::optional<double> max_charge_voltage_v = {};
  std::optional<double> max_charge_current_a = {};
  std::optional<double> max_discharge_current_a = {};
};

/// Everything in a config that there is to control. Both arguments must outlive it.
class ChargeTargets {
 public:
  ChargeTargets(const Settings& settings, Config& config);

  const std::optional<ChargeTarget>& shunts() const { return shunts_; }
  /// Those that a section without a name is for: the banks, or where there is none the batteries,
  /// or where there is none the shunts.
  std::vector<ChargeTarget> common() const;
  /// "SMARTSHUNTS" and "MQTT" are names where no battery or bank is called so.
  std::vector<ChargeTarget> named(std::string_view name) const;

 private:
  std::vector<ChargeTarget> batteries_;
  std::vector<ChargeTarget> banks_;
  std::optional<ChargeTarget> shunts_;
};

}  // namespace dmb
