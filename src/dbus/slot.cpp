// SPDX-License-Identifier: MIT
#include "slot.h"

#include "message.h"

#include <utility>

namespace dmb {

Filter::Filter(Bus& bus, Handler handler) : loop_(bus.loop()), handler_(std::move(handler)) {
  sd_bus_slot* slot = nullptr;
  message::check(sd_bus_add_filter(bus.native(), &slot, &Filter::on_message, this),
                 "add D-Bus filter");
  slot_.reset(slot);
}

int Filter::on_message(sd_bus_message* message, void* userdata, sd_bus_error*) {
  auto* self = static_cast<Filter*>(userdata);
  bool taken = false;
  self->loop_.guarded([&] { taken = self->handler_(message); });
  return taken ? 1 : 0;
}

}  // namespace dmb
