// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/config/config.h"
#include "log/repeats.h"
#include "mqtt/attempts.h"
#include "mqtt/mqtt_event.h"
#include "mqtt/raw_event.h"
#include "mqtt/subscriptions.h"
#include "runtime/loop.h"

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace dmb {

/// One broker connection on Paho's asynchronous client. Connects, and after a failure or loss tries
/// again with a backoff of 1 → 60 s for as long as it lives; subscribes after every connect; sends
/// the Venus keepalive. Events reach `handler` on the loop thread, in the order they happened, all
/// that are pending in one call. A subscription the broker refuses is logged here, once per filter.
/// Destruction disconnects and takes less than a second, whatever broker and network do.
class MqttSource {
 public:
  using Handler = std::function<void(std::span<MqttEvent>)>;

  /// `loop` must outlive the source. Nothing is sent before the loop runs. `handler` may call
  /// set_interest(), but must not destroy the source. Throws when no client can be made (the client
  /// id is not UTF-8).
  MqttSource(Loop& loop, BrokerConfig broker, const std::string& client_id, MqttInterest interest,
             Handler handler, const MqttTiming& timing = {});
  MqttSource(const MqttSource&) = delete;
  MqttSource& operator=(const MqttSource&) = delete;

  /// Changes the subscriptions in place; the connection stays.
  void set_interest(MqttInterest interest);
  /// `urgent` is asked after each failed attempt whether somebody lives on what came before, and a
  /// connection in time would save him: then the next attempt comes soon, whatever the backoff.
  void hurry_while(std::function<bool()> urgent);
  /// Publishes once, QoS 0, not retained; nothing while there is no connection.
  void publish(const std::string& topic, const std::string& payload);

 private:
  void read_inbox();
  void take(MqttMessage& message) { events_.emplace_back(std::move(message)); }
  void take(MqttOversized& message) { events_.emplace_back(std::move(message)); }
  void take(SubscriptionAnswer& answer);
  void take(PublicationWritten&) {}
  template <typename OfAnAttempt>
  void take(OfAnAttempt& event) {
    attempts_.on(std::move(event));
  }
  void on_up();
  void report_overload(std::size_t dropped);
  void hand_over();

  Loop& loop_;
  const BrokerConfig broker_;
  const Handler handler_;
  std::vector<RawEvent> raw_;
  std::vector<MqttEvent> events_;
  std::size_t passed_over_ = 0;  ///< messages, since the last line about them
  Repeats repeats_;
  Subscriptions subscriptions_;
  Attempts attempts_;
};

}  // namespace dmb
