// SPDX-License-Identifier: MIT
#pragma once

#include "app/device_service.h"
#include "app/shunt_hints.h"
#include "app/state_file.h"
#include "dbus/shunt_watcher.h"
#include "dmb/config/config.h"
#include "dmb/domain/bank.h"
#include "dmb/domain/bank_life.h"
#include "dmb/domain/charge_stop.h"
#include "dmb/domain/discharge_floor.h"
#include "dmb/domain/item_values.h"
#include "dmb/domain/shunt_capacity.h"
#include "dmb/domain/virtual_bms.h"
#include "dmb/status/status.h"
#include "runtime/loop.h"
#include "runtime/wake_up.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dmb {

class ShuntLog;

/// The aggregate of all SmartShunts on the bus, as a battery monitor or as a virtual BMS. On the
/// bus while there is a member that tells its voltage: a SoC may come days later, of a shunt that
/// was without power, and the chargers must not be left with an old limit until then.
class ShuntApp {
 public:
  /// `own_services`: whole bus names of this process's services. `loop` must outlive it.
  /// `state` as well; what it recalls of this bank goes on.
  ShuntApp(Loop& loop, ShuntConfig config, std::vector<std::string> own_services, StateFile& state);
  ~ShuntApp();
  ShuntApp(const ShuntApp&) = delete;
  ShuntApp& operator=(const ShuntApp&) = delete;

  const ShuntConfig& config() const { return config_; }
  /// What changes, changes in place: who was seen, what is stopped and for how long still stay. It
  /// leaves the bus only for another name, instance or mode, and for a moment.
  void change(ShuntConfig config, std::vector<std::string> own_services);
  /// What must survive a restart.
  BankMemory memory() const;
  status::AggregateStatus status(Instant now) const;

 private:
  void change_mode();
  void forget_excluded();
  void on_news(const MemberNews& news);
  void take_shunts();
  std::optional<double> capacity_ah(const WatchedShunt& shunt);
  std::optional<double> floor_percent(const WatchedShunt& shunt, std::optional<double> capacity_ah);
  void forget_what_is_gone();
  void settle();
  std::optional<Instant> publish(Instant now);
  bool has_settled(Instant now);
  void take_stock(Instant now);
  std::size_t count_mute() const;
  bool is_usable(Instant now);
  void show(Instant now);
  void show_last_word(Instant now);
  std::string_view why_not_usable() const;
  void report_phase(BankLife::Phase before, Instant now);
  void join_or_leave();
  std::string tracked_services() const;
  void log_status();
  KnownShunts& known() { return bms_ ? bms_->known() : known_; }
  const KnownShunts& known() const { return bms_ ? bms_->known() : known_; }
  ShuntHints::Bank hinted_bank() const;
  status::LimitsStatus limits_status() const;
  status::MemberStatus member_status(const WatchedShunt& shunt) const;

  Loop& loop_;
  StateFile& state_;
  ShuntConfig config_;
  Bank bank_;
  BankLife life_;
  std::optional<VirtualBms> bms_;
  std::optional<BmsOutput> bms_now_;
  ChargeStop charge_stop_;
  KnownShunts known_;  ///< of a monitor; a BMS has its own
  ItemValues values_;
  std::vector<std::string> forgotten_;  ///< ids that never counted; not yet told to known()
  std::map<std::string, MemberCapacity> capacities_;  ///< by id; every shunt heard since the start
  std::map<std::string, DischargeFloor> floors_;      ///< likewise
  std::optional<Instant> first_member_at_;
  bool settled_ = false;
  bool misfit_ = false;                   ///< the configured charge voltage is not this bank's
  std::optional<double> last_voltage_v_;  ///< of the bank
  std::unique_ptr<ShuntLog> log_;
  WakeUp wake_;
  Timer status_;
  DeviceService device_;
  ShuntWatcher watcher_;
  ShuntHints hints_{watcher_};
};

}  // namespace dmb
