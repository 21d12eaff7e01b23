// SPDX-License-Identifier: MIT
#pragma once

#include "dbus/bus.h"
#include "dmb/device/change.h"
#include "dmb/device/side_items.h"
#include "log/log_budget.h"
#include "runtime/loop.h"
#include "sinks/bus/bus_name.h"
#include "sinks/bus/item_service.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

namespace dmb {

/// The rhythm of a service's signals.
struct SignalTimes {
  std::chrono::milliseconds min_update_interval{100};
  /// The longest time that a live battery is silent on the bus.
  std::chrono::milliseconds life_interval{std::chrono::seconds(18)};
};

/// What a service shows beside its quantities.
using Sides = std::span<const SideItemSet* const>;

/// A service of ours on the bus: its item tree, its name, and the rhythm of its signals
/// (docs/behaviour.md, "Publishing"). On the bus between join() and leave().
class PublishedService {
 public:
  /// `loop` and `bus` must outlive it. `name` is the whole bus name.
  PublishedService(Loop& loop, Bus& bus, std::string name, std::span<const ItemSpec> items,
                   SignalTimes times, ItemService::WriteHandler on_write,
                   SideWrite on_side_write = {});

  bool joined() const { return tree_.has_value(); }
  const std::string& name() const { return name_; }
  /// Whether the name is ours: joined and seen by everybody.
  bool owned() const { return bus_name_ && bus_name_->owned(); }
  /// See BusName::taken_by().
  std::string taken_by() const { return bus_name_ ? bus_name_->taken_by() : std::string(); }

  void change_times(SignalTimes times);
  /// Leaves the bus; it comes back under the new name with join().
  void rename(std::string name);

  /// All items first, the name last. `sides`: while joined always the same sets.
  void join(const ItemValues& values, Sides sides = {});
  void leave();

  /// Signals what changed, now or once the gate opens and the daemon has taken the signals before:
  /// then call again at the returned time. Items of Trait::passive in `values` count the signals.
  std::optional<Instant> update(ItemValues& values, Instant now, Sides sides = {});

  /// Signals the count of signals alone, where nothing else was for the life interval, but there
  /// was a sign of life since. Returns when to ask again.
  std::optional<Instant> show_life(ItemValues& values, Instant last_sign, Instant now);
  /// Before this show_life() need not be asked, whatever signs there are.
  Instant next_life() const { return life_.next(); }

 private:
  SideItems take_news(Sides sides);
  void send(ItemValues& values, std::span<const Quantity> items, Instant now,
            const SideItems& sides = {});

  Loop& loop_;
  Bus& bus_;
  std::string name_;
  std::span<const ItemSpec> items_;
  SignalGate gate_;
  LifeGate life_;
  ItemService::WriteHandler on_write_;
  SideWrite on_side_write_;
  /// The sum of their revisions; nullopt: one was written, and its set may not know.
  std::optional<std::uint64_t> sides_shown_;
  ChangeFinder changes_;
  std::optional<ItemService> tree_;
  LogBudget joins_said_;
  std::optional<BusName> bus_name_;
};

}  // namespace dmb
