// SPDX-License-Identifier: MIT
#pragma once

#include <systemd/sd-bus.h>

#include <chrono>
#include <cstdint>

namespace dmb::bench {

using Clock = std::chrono::steady_clock;

inline constexpr auto kBusItem = "com.victronenergy.BusItem";

std::int64_t now_ns();

/// The result, or a std::runtime_error that says what could not be done.
int checked(int result, const char* what);

/// Handles what the connection has read already.
void drain(sd_bus* bus);

/// Connects to the bus of DBUS_SESSION_BUS_ADDRESS.
sd_bus* open_bus();

/// Waits for many connections at once. Only those with news cost anything, which sd-event with its
/// preparation of every source before every sleep could not offer to hundreds of them.
class BusPoller {
 public:
  BusPoller();
  ~BusPoller();
  BusPoller(const BusPoller&) = delete;
  BusPoller& operator=(const BusPoller&) = delete;

  /// `bus` must outlive the poller.
  void add(sd_bus* bus);
  /// Processes what comes until `descriptor` is readable.
  void serve_until_readable(int descriptor);
  /// Processes what comes until `end`, at least one look.
  void turn_until(Clock::time_point end);
  /// The same until `done` answers true; false when `end` came first.
  template <typename Done>
  bool wait_for(Clock::time_point end, Done done) {
    while (!done()) {
      if (Clock::now() >= end) return false;
      turn(end);
    }
    return true;
  }

 private:
  void turn(Clock::time_point end) const;

  int epoll_;
};

}  // namespace dmb::bench
