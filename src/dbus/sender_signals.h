// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/dbus/bus.h"

#include <sdbus-c++/sdbus-c++.h>
#include <systemd/sd-bus.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace dmb {

/// The signals of one interface from many senders, each to its own handler. A Match for each sender
/// would make libsystemd compare every signal with all of their rules in turn. A signal that is
/// handled here goes on to other subscriptions of the connection.
class SenderSignals {
 public:
  /// `signal` lives for the duration of the call. The handler must not subscribe nor end a
  /// subscription.
  using Handler = std::function<void(sd_bus_message* signal)>;

  /// Its destruction ends it.
  class Subscription {
   public:
    Subscription() = default;
    Subscription(SenderSignals& signals, std::string sender)
        : signals_(&signals), sender_(std::move(sender)) {}
    ~Subscription() { end(); }
    Subscription(const Subscription&) = delete;
    Subscription& operator=(const Subscription&) = delete;

    void end();

   private:
    SenderSignals* signals_ = nullptr;
    std::string sender_;
  };

  /// `bus` must outlive it.
  SenderSignals(Bus& bus, std::string interface);
  ~SenderSignals();
  SenderSignals(const SenderSignals&) = delete;
  SenderSignals& operator=(const SenderSignals&) = delete;

  /// Asynchronous; what `sender` sends after a call that is made from now on is heard. `sender` is
  /// a unique name, subscribed to once at a time. Must outlive the subscription.
  [[nodiscard]] std::unique_ptr<Subscription> subscribe(const std::string& sender, Handler handler);

 private:
  struct TextHash : std::hash<std::string_view> {
    using is_transparent = void;  // NOLINT(readability-identifier-naming): the library asks for it
  };

  static int on_message(sd_bus_message* message, void* userdata, sd_bus_error* error);

  void dispatch(sd_bus_message* message);
  std::string rule(const std::string& sender) const;
  void remove(const std::string& sender);

  Bus& bus_;
  std::string interface_;
  std::unordered_map<std::string, Handler, TextHash, std::equal_to<>> handlers_;
  std::unique_ptr<sdbus::IProxy> daemon_;
  sd_bus_slot* filter_ = nullptr;
};

}  // namespace dmb
