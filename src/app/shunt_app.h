// SPDX-License-Identifier: MIT
#pragma once

#include "app/device_host.h"
#include "app/state_file.h"
#include "dmb/battery/item_values.h"
#include "dmb/config/config.h"
#include "dmb/device/bank_device.h"
#include "dmb/status/forget.h"
#include "dmb/status/status.h"
#include "runtime/loop.h"
#include "sources/bus/battery_watcher.h"

#include <string>
#include <vector>

namespace dmb {

/// The aggregate of all SmartShunts on the bus: hands what the watcher sees to a BankDevice.
class ShuntApp {
 public:
  /// `own_services`: whole bus names of this process's services. `loop` must outlive it.
  /// `state` as well; what it recalls of this bank goes on.
  ShuntApp(Loop& loop, ShuntConfig config, std::vector<std::string> own_services, StateFile& state);
  ShuntApp(const ShuntApp&) = delete;
  ShuntApp& operator=(const ShuntApp&) = delete;

  const ShuntConfig& config() const { return config_; }
  /// What changes, changes in place: who was seen, what is stopped and for how long still stay. It
  /// leaves the bus only for another name, instance or mode, and for a moment.
  void change(ShuntConfig config, std::vector<std::string> own_services);
  /// What must survive a restart.
  BankMemory memory() const { return bank_.memory(loop_.now()); }
  status::AggregateStatus status(Instant now) const;
  /// `--forget`.
  status::ForgetAnswer forget(const std::string& name);

 private:
  void on_news(const MemberNews& news);
  void look_at(const MemberNews& news);
  Surroundings surroundings() const;
  std::vector<std::string> missing_shunts() const;
  status::MemberStatus member_status(const WatchedMember& shunt) const;

  Loop& loop_;
  StateFile& state_;
  ShuntConfig config_;
  BankDevice bank_;
  DeviceHost host_;
  BatteryWatcher watcher_;
};

}  // namespace dmb
