// SPDX-License-Identifier: MIT
#pragma once

#include "dbus/bus.h"
#include "slot.h"

#include <systemd/sd-bus.h>

#include <functional>
#include <string>

namespace dmb {

/// A subscription to signals; its destruction cancels it. Asynchronous, unlike that of sdbus-c++
/// 1.2, which waits for the daemon.
///
/// The daemon forwards a signal that is addressed to us whoever sent it: check the sender.
class Match {
 public:
  /// `signal` lives for the duration of the call. The handler must not destroy the Match.
  using Handler = std::function<void(sd_bus_message* signal)>;

  Match(Bus& bus, const std::string& rule, Handler handler);
  Match(const Match&) = delete;
  Match& operator=(const Match&) = delete;

 private:
  static int on_signal(sd_bus_message* signal, void* userdata, sd_bus_error* error);

  Loop& loop_;
  Handler handler_;
  Slot slot_;
};

/// Whether the daemon itself sent `message`.
bool is_from_daemon(sd_bus_message* message);

}  // namespace dmb
