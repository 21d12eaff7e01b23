// SPDX-License-Identifier: MIT
#pragma once

#include "dbus/bus.h"
#include "remote.h"
#include "slot.h"

#include <systemd/sd-bus.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace dmb {

/// The signals of one interface from many senders, each to its own handlers. A Match for each
/// sender would make libsystemd compare every signal with all of their rules in turn. A signal that
/// is handled here goes on to other subscriptions of the connection.
class SenderSignals {
 public:
  /// `signal` lives for the duration of the call. The handler must not subscribe nor end a
  /// subscription.
  using Handler = std::function<void(sd_bus_message* signal)>;

  /// Its destruction ends it.
  class Subscription {
   public:
    Subscription(SenderSignals& signals, std::string sender, Handler handler)
        : signals_(signals), sender_(std::move(sender)), handler_(std::move(handler)) {}
    ~Subscription() { signals_.remove(*this); }
    Subscription(const Subscription&) = delete;
    Subscription& operator=(const Subscription&) = delete;

   private:
    friend class SenderSignals;
    SenderSignals& signals_;
    std::string sender_;
    Handler handler_;
  };

  /// `bus` must outlive it.
  SenderSignals(Bus& bus, std::string interface);
  SenderSignals(const SenderSignals&) = delete;
  SenderSignals& operator=(const SenderSignals&) = delete;

  /// Asynchronous; what `sender` sends after a call that is made from now on is heard. `sender` is
  /// a unique name; whoever subscribes to it hears all that it sends, whatever other names it owns
  /// and whoever else subscribed. Must outlive the subscription.
  [[nodiscard]] std::unique_ptr<Subscription> subscribe(const std::string& sender, Handler handler);

 private:
  struct TextHash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  void dispatch(sd_bus_message* message);
  std::string rule(const std::string& sender) const;
  void remove(const Subscription& subscription) noexcept;
  void forget(const Subscription& subscription);

  std::string interface_;
  using Subscriptions = std::vector<const Subscription*>;
  std::unordered_map<std::string, Subscriptions, TextHash, std::equal_to<>> of_sender_;
  Remote daemon_;
  Filter filter_;
};

}  // namespace dmb
