// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/config/config.h"
#include "mqtt/link.h"
#include "mqtt/mqtt_event.h"
#include "mqtt/raw_event.h"
#include "runtime/loop.h"

#include <chrono>
#include <set>
#include <string>
#include <vector>

namespace dmb {

/// What is wanted of a connection: what to listen to, which the broker may refuse, and the
/// keepalive that keeps Venus brokers sending. A refusal is logged, once per filter.
class Subscriptions {
 public:
  /// `loop` and `broker` must outlive it.
  Subscriptions(Loop& loop, const BrokerConfig& broker, MqttInterest interest,
                std::chrono::milliseconds venus_keepalive);

  const MqttInterest& interest() const { return interest_; }
  /// In place, if there is a connection.
  void change(MqttInterest interest);

  /// Subscribes to everything anew. `link` must stay until end().
  void begin(Link& link);
  void end();

  /// Returns whether that changed refusals().
  bool take(const SubscriptionAnswer& answer);
  MqttRefusals refusals() const { return {{refused_.begin(), refused_.end()}}; }

 private:
  using Names = std::vector<std::string>;

  void send_keepalive(const Names& topics, const char* payload);
  void keep_alive();

  Loop& loop_;
  const BrokerConfig& broker_;
  MqttInterest interest_;
  const std::chrono::milliseconds venus_keepalive_;
  Link* link_ = nullptr;  ///< null while there is no connection
  std::set<std::string> refused_;
  Timer keepalive_timer_;
};

}  // namespace dmb
