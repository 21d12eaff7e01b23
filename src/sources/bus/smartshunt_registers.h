// SPDX-License-Identifier: MIT
#pragma once

#include "dbus/bus.h"
#include "dbus/remote.h"
#include "dmb/bank/shunt_selection.h"
#include "dmb/codec/vreg.h"
#include "log/log_budget.h"
#include "runtime/backoff.h"
#include "sources/bus/battery_watcher.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

namespace dmb {

/// The profile of a SmartShunt: what it tells beside its items. Reads its settings from its
/// registers (docs/venus-dbus.md, "SmartShunts"), once, one after another: the link behind may be
/// slow. What cannot be read stays unknown; one INFO line says what and why. Only for the capacity,
/// which the whole bank's depends on, a shunt that did not answer in time is asked again, after a
/// minute first and once an hour in the end.
class SmartShuntRegisters {
 public:
  /// `owner` is the unique name, `label` what to call the shunt in the log, `losses` when to say
  /// nothing there. `changed` is called after a value came, and must not destroy this object.
  SmartShuntRegisters(Bus& bus, const std::string& owner, std::string label,
                      const WatchPatience& patience, const LogBudget& losses,
                      std::function<void()> changed);

  /// A BMV has them too; no other battery is asked.
  static bool are_of(const ServiceIdentity& identity) {
    return is_smartshunt(identity) || is_other_monitor(identity);
  }

  const ShuntSettings& settings() const { return settings_; }
  /// Whether the first reading still goes on.
  bool pending() const { return !concluded_; }

 private:
  void ask();
  void on_answer(sd_bus_message* reply, const sdbus::Error* error);
  void on_refused(const sdbus::Error& error);
  void take(sd_bus_message* reply);
  void note_unknown(const std::string& why);
  void conclude();
  void ask_capacity_again();

  Loop& loop_;
  std::string label_;
  std::chrono::milliseconds timeout_;
  const LogBudget& losses_;
  std::function<void()> changed_;
  ShuntSettings settings_;
  std::size_t next_ = 0;  ///< index into kShuntRegisters
  std::size_t end_;       ///< where to stop
  bool concluded_ = false;
  bool has_link_ = true;  ///< false: there is no VregLink, nothing will come of asking
  Backoff backoff_;
  Timer again_;
  std::string unknown_;  ///< registers and reasons, for the log
  Remote link_;
};

}  // namespace dmb
