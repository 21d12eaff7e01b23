// SPDX-License-Identifier: MIT
#pragma once

#include "dbus/bus.h"
#include "dmb/battery/item_values.h"
#include "dmb/battery/quantity.h"
#include "dmb/device/side_items.h"

#include <functional>
#include <memory>
#include <optional>
#include <span>

namespace dmb {

/// The item tree of one service on the bus: every object, method and signal of docs/venus-dbus.md,
/// "BusItem". GetMin, GetMax and GetDefault are not offered, as velib's services do not either.
/// SetValue takes a bare argument as well as a variant: the device's GUI clears a value with a bare
/// empty array.
///
/// Knows nothing of names; see BusName. Create all items first, take the name last.
class ItemService {
 public:
  /// The value to keep, which need not be the one written; outer nullopt: refused (code 2).
  using WriteAnswer = std::optional<OptValue>;
  /// Asked before a SetValue on a writable item takes effect, with the value already converted to
  /// the item's type and within its range, and different from the present one. Inner nullopt:
  /// somebody wrote the empty array. Must not destroy the service.
  using WriteHandler = std::function<WriteAnswer(Quantity, const OptValue&)>;

  /// Shows an object for every item that exists in `initial` and `sides`, the root, and the nodes
  /// between. `items` and `bus` must outlive the service. `on_side_write` must not destroy it.
  ItemService(Bus& bus, std::span<const ItemSpec> items, const ItemValues& initial,
              WriteHandler on_write, SideItems sides = {}, SideWrite on_side_write = {});
  ~ItemService();
  ItemService(const ItemService&) = delete;
  ItemService& operator=(const ItemService&) = delete;

  /// What the bus shows now.
  const ItemValues& values() const;
  const SideItems& sides() const;

  /// Takes the values of `changed` from `values` as as_published() has them, creating items that
  /// did not exist, and the items of `sides`, and emits one ItemsChanged that holds just these.
  /// Nothing is emitted for none. The caller has already decided that they differ.
  void update(const ItemValues& values, std::span<const Quantity> changed,
              const SideItems& sides = {});

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dmb
