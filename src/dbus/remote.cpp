// SPDX-License-Identifier: MIT
#include "remote.h"

#include "bus_daemon.h"
#include "message.h"

#include <utility>

namespace dmb {

Remote::Remote(Bus& bus, const std::string& service, const std::string& path)
    : loop_(bus.loop()), proxy_(compat::create_proxy(bus.connection(), service, path)) {}

Remote::Remote(Bus& bus) : Remote(bus, bus_daemon::kName, bus_daemon::kPath) {}

void Remote::call(const std::string& interface, const std::string& method,
                  std::chrono::microseconds timeout, ReplyHandler handler,
                  const Arguments& arguments) {
  const auto call = compat::create_call(*proxy_, interface, method);
  if (arguments) arguments(compat::native(call));
  compat::call_async(loop_, *proxy_, call, timeout, std::move(handler));
}

void Remote::tell(const std::string& interface, const std::string& method,
                  const Arguments& arguments) {
  auto call = compat::create_call(*proxy_, interface, method);
  arguments(compat::native(call));
  compat::call_without_reply(*proxy_, call);
}

Remote::Arguments text_argument(std::string text) {
  return [text = std::move(text)](sd_bus_message* call) { message::append(call, text); };
}

}  // namespace dmb
