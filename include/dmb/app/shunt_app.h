// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/app/device_service.h"
#include "dmb/app/shunt_hints.h"
#include "dmb/config/config.h"
#include "dmb/dbus/shunt_watcher.h"
#include "dmb/domain/bank.h"
#include "dmb/domain/item_values.h"
#include "dmb/domain/log_budget.h"
#include "dmb/domain/repeats.h"
#include "dmb/domain/shunt_capacity.h"
#include "dmb/domain/virtual_bms.h"
#include "dmb/runtime/loop.h"
#include "dmb/runtime/wake_up.h"
#include "dmb/status/status.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dmb {

/// The aggregate of all SmartShunts on the bus, as a battery monitor or as a virtual BMS
/// (specification 4). On the bus while there is a member that tells voltage and SoC.
class ShuntApp {
 public:
  /// `own_services`: whole bus names of this process's services. `loop` must outlive it.
  ShuntApp(Loop& loop, ShuntConfig config, std::vector<std::string> own_services);

  const ShuntConfig& config() const { return config_; }
  status::AggregateStatus status(Instant now) const;

 private:
  struct Present {
    std::string id;
    std::string name;
  };

  void on_news(const MemberNews& news);
  void settle();
  void take_members();
  std::optional<double> capacity_ah(const WatchedShunt& shunt);
  void forget_gone_members();
  void show(Instant now);
  void show_nobody(Instant now);
  void join_or_leave();
  void report_members();
  void report_nobody();
  bool has_settled();
  void report_capacity(const WatchedShunt& shunt, const std::optional<double>& capacity_ah);
  void report_charged_voltage();
  void report_bms(const BmsOutput& before, const BmsOutput& after) const;
  void log_status();
  std::string tracked_services() const;
  ShuntHints::Bank hinted_bank() const;
  status::LimitsStatus limits_status() const;
  status::MemberStatus member_status(const WatchedShunt& shunt) const;

  Loop& loop_;
  ShuntConfig config_;
  Bank bank_;
  std::optional<VirtualBms> bms_;
  std::optional<BmsOutput> bms_shown_;
  MemberNews news_;  ///< what the BMS has not seen yet
  ItemValues values_;
  std::map<std::string, MemberCapacity> capacities_;  ///< by id; every shunt seen since the start
  std::vector<Present> present_;                      ///< as last reported
  std::optional<Instant> first_member_at_;
  Repeats repeats_;
  LogBudget losses_said_;
  std::optional<Instant> hold_until_;  ///< end of the fail-safe after the last member was lost
  WakeUp wake_;
  Timer status_;
  DeviceService device_;
  ShuntWatcher watcher_;
  ShuntHints hints_{watcher_};
};

}  // namespace dmb
