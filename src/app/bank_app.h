// SPDX-License-Identifier: MIT
#pragma once

#include "app/bank_setup.h"
#include "app/device_host.h"
#include "app/member_list.h"
#include "app/own_members.h"
#include "app/record/taped_device.h"
#include "app/state_file.h"
#include "app/switch_panel.h"
#include "dmb/battery/item_values.h"
#include "dmb/control/trial.h"
#include "dmb/device/bank_device.h"
#include "dmb/status/forget.h"
#include "dmb/status/status.h"
#include "runtime/loop.h"
#include "sources/bus/battery_watcher.h"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dmb {

/// Several batteries as one: hands what the watcher sees on the bus, and what the batteries of this
/// process show, to a BankDevice.
class BankApp {
 public:
  /// `loop` and `tape` must outlive it. `state` as well; what it recalls of this bank goes on.
  /// `settled` is called each time that what it shows may have changed.
  BankApp(Loop& loop, BankSetup setup, StateFile& state, Tape& tape, std::function<void()> settled);
  ~BankApp();
  BankApp(const BankApp&) = delete;
  BankApp& operator=(const BankApp&) = delete;

  const DeviceDescription& description() const { return setup_.description; }
  /// It may limit; never changes: what once was a limit must not stay behind as a mere value.
  bool controls() const { return setup_.rules.control; }
  /// What changes, changes in place: who was seen, what is stopped and for how long still stay. It
  /// leaves the bus only for another name, instance or mode, and for a moment.
  void change(BankSetup setup);
  /// All batteries of this process, of which it takes those that are its members.
  void take_batteries(std::span<const BatteryApp* const> batteries);
  /// They may go, or come as others; take_batteries() follows in the same turn.
  void release_batteries() { own_.release(); }
  /// One of them may show something new; settle() follows in the same turn.
  void look_at(const BatteryApp& battery);
  /// Brings the bus up to date, when look_at() found something.
  void settle();

  /// Of one that does not control: holds its limits against these.
  void compare(const LimitsInForce& in_force);
  // For a part of the recording that begins now: what it is made of, then what it shows.
  void tape_creation();
  void tape_view();
  void tape_decision() { taped_.tell_decision(); }

  const ItemValues& values() const { return bank_.values(); }
  bool is_present() const { return host_.is_present(); }
  /// What must survive a restart.
  BankMemory memory() const { return bank_.memory(loop_.now()); }
  std::optional<ChargeMemory> charge_memory() const { return bank_.charge_memory(loop_.now()); }
  KeptValues kept_settings() const { return host_.settings().memory(); }
  status::AggregateStatus status(Instant now) const;
  /// `--forget`.
  status::ForgetAnswer forget(const std::string& name);
  /// Likewise of what the charge control of the bank of this name misses; nullopt: there is none.
  std::optional<Forgetting> forget_sensors(const std::string& name);

 private:
  void resume_charge_control();
  void tape_memory(State memory);
  std::vector<PagePack> page_packs() const;
  std::optional<int> series() const;
  ByCell cells_of_member(std::size_t index) const;
  void on_settled();
  std::optional<SwitchOffer> switch_offer();
  SwitchOffer::Member offered_member(const MemberSnapshot& member);
  void redetect();
  void on_news(const MemberNews& news);
  void hand_on(const MemberNews& news);
  void hand_on_all(std::vector<std::string> forgotten);
  Surroundings surroundings() const;
  std::vector<std::string> missing_members() const;
  std::string why_not_counted(const SeenBattery& seen) const;
  status::MemberStatus member_status(const WatchedMember& member) const;

  Loop& loop_;
  StateFile& state_;
  Tape& tape_;
  std::function<void()> settled_;
  BankSetup setup_;
  BankDevice bank_;
  TapedDevice taped_;  ///< bank_, for all that reaches it
  OwnMembers own_;
  MemberList members_;
  bool news_ = false;  ///< settle() is due
  DeviceHost host_;
  std::map<std::string, std::string> switch_keys_;  ///< of members, by id
  SwitchPanel panel_;
  Trial trial_;
  std::size_t heard_at_offer_ = 0;  ///< members, when the switches were offered last
  BatteryWatcher watcher_;
};

}  // namespace dmb
