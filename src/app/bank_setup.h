// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/config/config.h"
#include "dmb/device/bank_device.h"
#include "sinks/bus/device_service.h"
#include "sources/bus/battery_watcher.h"

#include <span>
#include <string>
#include <vector>

namespace dmb {

/// What a bank goes by, whatever it is made of.
struct BankSetup {
  DeviceDescription description;
  BankRules rules;
  WatchRules watch;
  bool switches = false;  ///< on the display

  /// A [BANK]; else a bank of SmartShunts.
  bool is_of_batteries() const { return watch.bank.has_value(); }
};

/// `own_services`: whole bus names of this process's services, which are never members.
BankSetup setup_of(const ShuntConfig& config, std::vector<std::string> own_services);
/// `batteries`: all of the config.
BankSetup setup_of(const BankConfig& config, std::span<const BatteryConfig> batteries,
                   std::vector<std::string> own_services);

}  // namespace dmb
