// SPDX-License-Identifier: MIT
#pragma once

#include "runtime/loop.h"

#include <cstddef>
#include <memory>

namespace sdbus {
class IConnection;
}
struct sd_bus;

namespace dmb {

/// One connection to the D-Bus daemon, driven by the loop. Each published service needs its own:
/// consumers map a unique name to one service, and object paths would collide.
///
/// When the daemon goes away an exception leaves the loop: the process ends, the supervisor
/// restarts it.
class Bus {
 public:
  /// Session bus if DBUS_SESSION_BUS_ADDRESS is set, else system bus. Throws
  /// std::runtime_error when there is no bus. `loop` must outlive the Bus.
  explicit Bus(Loop& loop);
  ~Bus();
  Bus(const Bus&) = delete;
  Bus& operator=(const Bus&) = delete;

  Loop& loop();
  sdbus::IConnection& connection();
  /// The sd-bus connection inside; for what sdbus-c++ cannot do (see item_service.cpp).
  sd_bus* native();

  /// Messages that the daemon has not taken yet: it stands still, or is slower than we are.
  std::size_t backlog();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dmb
