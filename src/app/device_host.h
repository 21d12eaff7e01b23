// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/device/cell_page.h"
#include "dmb/device/device.h"
#include "dmb/device/kept_settings.h"
#include "dmb/device/module_page.h"
#include "dmb/device/page_pack.h"
#include "dmb/device/side_items.h"
#include "log/narrator.h"
#include "runtime/loop.h"
#include "runtime/wake_up.h"
#include "sinks/bus/device_service.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dmb {

/// What the display's pages of cells, of the system and of modules are made of.
struct PageSource {
  std::function<std::size_t()> heard;  ///< how many batteries tell something
  std::function<std::vector<PagePack>()> packs;
  /// Of a bank: its members that are heard. Else empty.
  std::function<std::span<const MemberSnapshot>()> members = {};
  /// How many batteries in series one of `packs` is; nullopt: how many there are is not known.
  std::function<std::optional<int>()> series = {};
};

/// Joins a device with the bus, the log and the clock. Its events come from whoever has them.
class DeviceHost {
 public:
  /// `settled` is called at the end of each settle(). `loop` and `device` must outlive it.
  DeviceHost(Loop& loop, Device& device, DeviceDescription description, bool on_bus,
             std::function<void()> settled);

  /// nullptr: it is not on the bus, and has no connection to it.
  DeviceService* service() { return service_ ? &*service_ : nullptr; }
  const DeviceService* service() const { return service_ ? &*service_ : nullptr; }
  /// It is on the bus; one that is not to be there would be.
  bool is_present() const {
    return service_ ? service_->joined() : device_.presence() != Presence::off;
  }
  /// What the log calls one of its members; else "shunt".
  void call_members(std::string_view word) { member_word_ = word; }
  /// Where its description says so it has the pages that are made of this.
  void offer_cells(PageSource source);
  /// Where it has switches: what is shown of them, from now on, and who is asked about what is
  /// written to them. `shown` must outlive it.
  void offer_switches(const SideItemSet& shown, SideWrite on_write);
  void change(DeviceDescription description, bool on_bus);

  // --- What its user sets beside the name, kept over restarts (see KeptSettings) ---
  const KeptSettings& settings() const { return settings_; }
  /// What an earlier run left. Before the first offer_settings().
  void recall_settings(KeptValues memory) { settings_.recall(std::move(memory)); }
  /// From now on there are these; settings() has their values at once.
  void offer_settings(const std::vector<SettingSpec>& specs);
  void write_setting(std::string_view name, const Value& value);
  /// `changed` is called when the settings service has another value of one than settings() had.
  void on_settings(std::function<void()> changed) { settings_changed_ = std::move(changed); }
  /// Whether there is something new to remember of them.
  bool take_settings_news() { return settings_.take_memory_news(); }

  /// Writes anew what the device's values say of the service, after it has lost them all.
  void describe();

  /// Settles soon: for whoever must not do so now.
  void wake() { wake_.at(loop_.now()); }
  /// What others noted of the device goes to the log.
  void tell(const Notes& notes, Instant now);
  /// What the device noted goes to the log.
  void tell_notes(Instant now);
  /// What is true now, and what the bus is to show of it; after each turn in which something
  /// happened.
  void settle();

 private:
  void start_service(DeviceDescription description);
  void create_page();
  void gather_sides();
  std::optional<OptValue> on_side_write(std::string_view path, const OptValue& value);
  bool request_cells(const OptValue& number);
  void show_page(Instant now);
  void tell_date(Instant now);
  void join_or_leave();
  std::optional<Instant> publish(Instant now);

  Loop& loop_;
  Device& device_;
  std::string name_;      ///< in the log
  std::string bus_name_;  ///< likewise
  std::string_view member_word_ = "shunt";
  std::function<void()> settled_;
  std::optional<std::chrono::sys_days> today_;  ///< as the device knows it
  Narrator narrator_;
  bool wants_page_;  ///< by its description
  PageSource source_;
  std::optional<CellPage> page_;
  std::optional<ModulePage> modules_;
  const SideItemSet* switches_ = nullptr;
  SideWrite on_switch_;
  std::vector<const SideItemSet*> sides_;  ///< that the service shows
  WakeUp wake_;
  KeptSettings settings_;
  std::function<void()> settings_changed_;
  std::optional<DeviceService> service_;
};

}  // namespace dmb
