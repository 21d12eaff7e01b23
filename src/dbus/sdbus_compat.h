// SPDX-License-Identifier: MIT
#pragma once

#include "bus_daemon.h"
#include "runtime/loop.h"

#include <sdbus-c++/sdbus-c++.h>
#include <systemd/sd-bus.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

/// Everything that differs between sdbus-c++ 1.2 and 2.x, and the two places where we go below it.
/// There is no version macro; this header came with 2.0.
#if __has_include(<sdbus-c++/VTableItems.h>)
#define DMB_SDBUS_2 1
#else
#define DMB_SDBUS_2 0
#endif

namespace dmb::compat {

/// What to poll before the next sleep.
struct PollData {
  int fd = -1;
  int wake_fd = -1;  ///< 2.x: readable when the library wants to be processed; else -1
  std::uint32_t events = 0;
  std::uint64_t timeout_usec = UINT64_MAX;  ///< absolute, CLOCK_MONOTONIC; UINT64_MAX: none
};

inline PollData poll_data(const sdbus::IConnection& connection) {
  const auto data = connection.getEventLoopPollData();
  PollData out;
  out.fd = data.fd;
  out.events = static_cast<std::uint32_t>(static_cast<unsigned short>(data.events));
#if DMB_SDBUS_2
  out.wake_fd = data.eventFd;
  if (data.timeout != std::chrono::microseconds::max()) {
    out.timeout_usec = static_cast<std::uint64_t>(data.timeout.count());
  }
#else
  out.timeout_usec = data.timeout_usec;
#endif
  return out;
}

/// Processes one message or time-out; false when there was none. Throws when the bus is gone.
inline bool process_one(sdbus::IConnection& connection) {
#if DMB_SDBUS_2
  return connection.processPendingEvent();
#else
  return connection.processPendingRequest();
#endif
}

inline std::unique_ptr<sdbus::IProxy> create_proxy(sdbus::IConnection& connection,
                                                   const std::string& service,
                                                   const std::string& path) {
#if DMB_SDBUS_2
  return sdbus::createProxy(connection, sdbus::ServiceName(service), sdbus::ObjectPath(path));
#else
  return sdbus::createProxy(connection, service, path);
#endif
}

inline sdbus::MethodCall create_call(sdbus::IProxy& proxy, const std::string& interface,
                                     const std::string& method) {
#if DMB_SDBUS_2
  return proxy.createMethodCall(sdbus::InterfaceName(interface), sdbus::MethodName(method));
#else
  return proxy.createMethodCall(interface, method);
#endif
}

/// The sd-bus message inside: message.h reads and writes it. Reading through sdbus-c++ either needs
/// the type beforehand or throws, and writing a big tree through it costs a string per signature.
inline sd_bus_message* native(const sdbus::Message& message) {
  // The member is protected; a derived class may name it, and the pointer fits the base.
  struct Reach : sdbus::Message {
    static auto member() { return &Reach::msg_; }
  };
  return static_cast<sd_bus_message*>(message.*Reach::member());
}

/// The sd-bus connection inside; lives as long as `connection`.
inline sd_bus* native(sdbus::IConnection& connection) {
  const auto proxy = create_proxy(connection, bus_daemon::kName, bus_daemon::kPath);
  const auto unsent = create_call(*proxy, "org.freedesktop.DBus.Peer", "Ping");
  return sd_bus_message_get_bus(native(unsent));
}

/// `reply` is null on failure, `error` on success. Both live for the duration of the call.
using ReplyHandler = std::function<void(sd_bus_message* reply, const sdbus::Error* error)>;

/// Sends `call`; exactly one answer or the time-out reaches `handler`, unless `proxy` dies first.
/// The handler must not destroy the proxy. What it throws ends the loop.
inline void call_async(Loop& loop, sdbus::IProxy& proxy, const sdbus::MethodCall& call,
                       std::chrono::microseconds timeout, ReplyHandler handler) {
#if DMB_SDBUS_2
  proxy.callMethodAsync(
      call,
      [&loop, handler = std::move(handler)](const sdbus::MethodReply& reply,
                                            const std::optional<sdbus::Error>& error) {
        loop.guarded([&] { handler(error ? nullptr : native(reply), error ? &*error : nullptr); });
      },
      static_cast<std::uint64_t>(timeout.count()));
#else
  proxy.callMethod(
      call,
      [&loop, handler = std::move(handler)](sdbus::MethodReply& reply, const sdbus::Error* error) {
        loop.guarded([&] { handler(error ? nullptr : native(reply), error); });
      },
      static_cast<std::uint64_t>(timeout.count()));
#endif
}

/// Sends `call` and forgets it.
inline void call_without_reply(sdbus::IProxy& proxy, sdbus::MethodCall& call) {
  call.dontExpectReply();
  proxy.callMethod(call);
}

}  // namespace dmb::compat
