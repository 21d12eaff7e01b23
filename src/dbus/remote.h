// SPDX-License-Identifier: MIT
#pragma once

#include "dbus/bus.h"
#include "sdbus_compat.h"

#include <systemd/sd-bus.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace dmb {

/// An object of another program, or of the daemon itself: the one way in which we call anybody.
/// Never waits. Its destruction drops the calls that are under way.
class Remote {
 public:
  using ReplyHandler = compat::ReplyHandler;
  /// Appends what the method wants to be told.
  using Arguments = std::function<void(sd_bus_message* call)>;

  /// `service` is a bus name: with a unique one, answers can only come from that owner.
  /// `bus` must outlive it.
  Remote(Bus& bus, const std::string& service, const std::string& path);
  /// The daemon.
  explicit Remote(Bus& bus);

  /// Exactly one answer or the time-out reaches `handler`, which must not destroy the Remote.
  void call(const std::string& interface, const std::string& method,
            std::chrono::microseconds timeout, ReplyHandler handler,
            const Arguments& arguments = {});
  /// A call whose answer nobody waits for.
  void tell(const std::string& interface, const std::string& method, const Arguments& arguments);

 private:
  Loop& loop_;
  std::unique_ptr<sdbus::IProxy> proxy_;
};

/// The argument of a call that wants one text.
Remote::Arguments text_argument(std::string text);

}  // namespace dmb
