// SPDX-License-Identifier: MIT
#pragma once

#include "dbus/bus.h"

#include <systemd/sd-bus.h>

#include <functional>
#include <memory>

namespace dmb {

struct SlotRelease {
  void operator()(sd_bus_slot* slot) const { sd_bus_slot_unref(slot); }
};
/// What libsystemd calls back; its destruction ends that.
using Slot = std::unique_ptr<sd_bus_slot, SlotRelease>;

/// Every message that a connection receives, before libsystemd looks for who is meant. This is
/// where the item tree and --status answer, below sdbus-c++: an object of its own per path costs
/// 2.7 kB, which hundreds of cells multiply, and would refuse a SetValue whose argument is no
/// variant before we see it.
class Filter {
 public:
  /// Returns whether it took the message; else the message goes on. What it throws ends the loop.
  using Handler = std::function<bool(sd_bus_message* message)>;

  /// `bus` must outlive it.
  Filter(Bus& bus, Handler handler);
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;

 private:
  static int on_message(sd_bus_message* message, void* userdata, sd_bus_error* error);

  Loop& loop_;
  Handler handler_;
  Slot slot_;
};

}  // namespace dmb
