// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/dbus/bus.h"
#include "dmb/dbus/bus_name.h"
#include "dmb/dbus/item_service.h"
#include "dmb/domain/change.h"
#include "dmb/runtime/loop.h"

#include <functional>
#include <optional>
#include <span>
#include <string>

namespace dmb {

/// A service of ours on the bus: its item tree, its name, and the rhythm of its signals
/// (specification 5). On the bus between join() and leave().
class PublishedService {
 public:
  /// `loop` and `bus` must outlive it. `name` is the whole bus name.
  PublishedService(Loop& loop, Bus& bus, std::string name, std::span<const ItemSpec> items,
                   std::chrono::milliseconds min_update_interval,
                   ItemService::WriteHandler on_write);

  bool joined() const { return tree_.has_value(); }
  const std::string& name() const { return name_; }
  /// Whether the name is ours: joined and seen by everybody.
  bool owned() const { return bus_name_ && bus_name_->owned(); }
  /// See BusName::taken_by().
  std::string taken_by() const { return bus_name_ ? bus_name_->taken_by() : std::string(); }

  /// All items first, the name last (contract 1.7).
  void join(const ItemValues& values);
  void leave();

  /// Signals what changed, now or once the gate opens and the daemon has taken the signals before:
  /// then call again at the returned time.
  std::optional<Instant> update(const ItemValues& values, Instant now);

 private:
  Loop& loop_;
  Bus& bus_;
  std::string name_;
  std::span<const ItemSpec> items_;
  SignalGate gate_;
  ItemService::WriteHandler on_write_;
  ChangeFinder changes_;
  std::optional<ItemService> tree_;
  std::optional<BusName> bus_name_;
};

}  // namespace dmb
