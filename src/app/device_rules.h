// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/config/config.h"
#include "dmb/device/bank_device.h"
#include "dmb/device/battery_device.h"
#include "sources/mqtt/battery_source.h"

#include <span>

namespace dmb {

/// What of the config a device goes by.
BankRules rules_of(const ShuntConfig& config);
/// `batteries`: all of the config.
BankRules rules_of(const BankConfig& config, std::span<const BatteryConfig> batteries);
/// `source`: that of the battery, which knows what a Venus broker is to be asked.
BatteryDeviceRules rules_of(const BatteryConfig& config, const BatterySource& source);

/// Where a battery's values come from, for people: its topic, or else its preset.
std::string source_of(const BatteryConfig& config);

}  // namespace dmb
