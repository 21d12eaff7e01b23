// SPDX-License-Identifier: MIT
#include "sender_signals.h"

#include "bus_daemon.h"
#include "message.h"

#include <exception>
#include <stdexcept>
#include <utility>

namespace dmb {

SenderSignals::SenderSignals(Bus& bus, std::string interface)
    : interface_(std::move(interface)), daemon_(bus), filter_(bus, [this](sd_bus_message* message) {
        dispatch(message);
        return false;
      }) {}

std::string SenderSignals::rule(const std::string& sender) const {
  return "type='signal',sender='" + sender + "',interface='" + interface_ + "'";
}

std::unique_ptr<SenderSignals::Subscription> SenderSignals::subscribe(const std::string& sender,
                                                                      Handler handler) {
  auto subscription = std::make_unique<Subscription>(*this, sender, std::move(handler));
  Subscriptions& all = of_sender_[sender];
  all.push_back(subscription.get());
  if (all.size() > 1) return subscription;  // the daemon has been told
  daemon_.call(
      bus_daemon::kName, "AddMatch", bus_daemon::kTimeout,
      [](sd_bus_message*, const sdbus::Error* error) {
        // It would be a fault of ours, and what is not heard looks like a standstill.
        if (error != nullptr)
          throw std::runtime_error("the D-Bus daemon refuses a subscription: " +
                                   error->getMessage());
      },
      text_argument(rule(sender)));
  return subscription;
}

/// Called by a destructor, also when the connection has ended and the rule with it.
void SenderSignals::remove(const Subscription& subscription) noexcept try {
  forget(subscription);
} catch (const std::exception&) {
  // What the daemon goes on to send has no handler any more.
}

void SenderSignals::forget(const Subscription& subscription) {
  const std::string& sender = subscription.sender_;
  const auto found = of_sender_.find(sender);
  std::erase(found->second, &subscription);
  if (!found->second.empty()) return;
  const std::string ended = rule(sender);
  of_sender_.erase(found);
  daemon_.tell(bus_daemon::kName, "RemoveMatch", text_argument(ended));
}

void SenderSignals::dispatch(sd_bus_message* message) {
  if (sd_bus_message_is_signal(message, interface_.c_str(), nullptr) <= 0) return;
  // The daemon forwards a signal that is addressed to us whoever sent it.
  const char* sender = sd_bus_message_get_sender(message);
  if (sender == nullptr) return;
  const auto found = of_sender_.find(std::string_view(sender));
  if (found == of_sender_.end()) return;
  for (const Subscription* subscription : found->second) {
    sd_bus_message_rewind(message, 1);  // the one before has read it
    subscription->handler_(message);
  }
}

}  // namespace dmb
