// SPDX-License-Identifier: MIT
#include "match.h"

#include "bus_daemon.h"
#include "message.h"

#include <string_view>
#include <utility>

namespace dmb {

Match::Match(Bus& bus, const std::string& rule, Handler handler)
    : loop_(bus.loop()), handler_(std::move(handler)) {
  // Without an install callback a refused rule ends the connection: it would be a fault of ours.
  sd_bus_slot* slot = nullptr;
  message::check(
      sd_bus_add_match_async(bus.native(), &slot, rule.c_str(), &Match::on_signal, nullptr, this),
      "subscribe to D-Bus signals");
  slot_.reset(slot);
}

int Match::on_signal(sd_bus_message* signal, void* userdata, sd_bus_error*) {
  auto* self = static_cast<Match*>(userdata);
  return self->loop_.guarded([&] { self->handler_(signal); });
}

bool is_from_daemon(sd_bus_message* message) {
  const char* sender = sd_bus_message_get_sender(message);
  return sender != nullptr && std::string_view(sender) == bus_daemon::kName;
}

}  // namespace dmb
