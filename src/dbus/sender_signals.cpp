// SPDX-License-Identifier: MIT
#include "sender_signals.h"

#include "bus_daemon.h"
#include "message.h"
#include "sdbus_compat.h"

#include <stdexcept>
#include <utility>

namespace dmb {

void SenderSignals::Subscription::end() {
  if (signals_ != nullptr) std::exchange(signals_, nullptr)->remove(sender_);
}

SenderSignals::SenderSignals(Bus& bus, std::string interface)
    : bus_(bus),
      interface_(std::move(interface)),
      daemon_(compat::create_proxy(bus.connection(), bus_daemon::kName, bus_daemon::kPath)) {
  message::check(sd_bus_add_filter(bus.native(), &filter_, &SenderSignals::on_message, this),
                 "add D-Bus filter");
}

SenderSignals::~SenderSignals() {
  sd_bus_slot_unref(filter_);
}

std::string SenderSignals::rule(const std::string& sender) const {
  return "type='signal',sender='" + sender + "',interface='" + interface_ + "'";
}

std::unique_ptr<SenderSignals::Subscription> SenderSignals::subscribe(const std::string& sender,
                                                                      Handler handler) {
  handlers_[sender] = std::move(handler);
  auto call = compat::create_call(*daemon_, bus_daemon::kName, "AddMatch");
  message::append(compat::native(call), rule(sender));
  compat::call_async(bus_.loop(), *daemon_, call, bus_daemon::kTimeout,
                     [](sd_bus_message*, const sdbus::Error* error) {
                       // It would be a fault of ours, and what is not heard looks like a
                       // standstill.
                       if (error != nullptr)
                         throw std::runtime_error("the D-Bus daemon refuses a subscription: " +
                                                  error->getMessage());
                     });
  return std::make_unique<Subscription>(*this, sender);
}

void SenderSignals::remove(const std::string& sender) {
  handlers_.erase(sender);
  auto call = compat::create_call(*daemon_, bus_daemon::kName, "RemoveMatch");
  message::append(compat::native(call), rule(sender));
  compat::call_without_reply(*daemon_, call);
}

int SenderSignals::on_message(sd_bus_message* message, void* userdata, sd_bus_error*) {
  auto* self = static_cast<SenderSignals*>(userdata);
  return self->bus_.loop().guarded([&] { self->dispatch(message); });
}

void SenderSignals::dispatch(sd_bus_message* message) {
  if (sd_bus_message_is_signal(message, interface_.c_str(), nullptr) <= 0) return;
  // The daemon forwards a signal that is addressed to us whoever sent it.
  const char* sender = sd_bus_message_get_sender(message);
  const auto found = sender != nullptr ? handlers_.find(std::string_view(sender)) : handlers_.end();
  if (found != handlers_.end()) found->second(message);
}

}  // namespace dmb
