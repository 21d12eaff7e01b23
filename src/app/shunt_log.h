// SPDX-License-Identifier: MIT
#pragma once

#include "app/transition_log.h"
#include "dbus/shunt_watcher.h"
#include "dmb/config/config.h"
#include "dmb/domain/log_budget.h"
#include "dmb/domain/repeats.h"
#include "dmb/domain/shunts.h"
#include "dmb/domain/virtual_bms.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dmb {

/// What an aggregate writes into the log: transitions once, and no more than a log can bear however
/// often shunts come, go and change their mind.
class ShuntLog {
 public:
  explicit ShuntLog(std::string device_name) : name_(std::move(device_name)) {}

  void rename(std::string device_name) { name_ = std::move(device_name); }

  void nobody_found(Instant now);
  /// Who is there, and what each counts for. Call it when that may have changed.
  void members(std::span<const ShuntSnapshot> all, Instant now);
  void capacity_unknown(const ShuntSnapshot& shunt, Instant now);
  /// Shunts of one bank that count as full at different voltages drift apart.
  void charged_voltages(std::span<const WatchedShunt> shunts, Instant now);
  void limits(const BmsOutput& before, const BmsOutput& after, Instant now);

  /// CVL, because charging went on in spite of a stop, or is back where it belongs.
  void lowered(bool lowered, double max_charge_voltage_v);
  void holding(std::string_view reason) const;
  void left(const std::string& bus_name, std::string_view reason, Instant now);
  void charge_voltage_misfit(double configured_v, double measured_v, Instant now);
  void charge_voltage_fits() { repeats_.forget("charge voltage"); }

 private:
  struct Known {
    std::string id;
    std::string name;
    Standing standing;
  };
  void arrived(const ShuntSnapshot& shunt, const Known* before, Instant now);
  bool may_say(Instant now) { return losses_.spend(now) == LogBudget::Say::line; }

  std::string name_;
  std::vector<Known> known_;  ///< as last told
  Repeats repeats_;
  LogBudget losses_;
  TransitionLog charging_{"The reasons to limit charging"};
  TransitionLog discharging_{"The reasons to limit discharging"};
};

}  // namespace dmb
