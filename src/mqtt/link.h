// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/config/config.h"
#include "dmb/mqtt/mqtt_source.h"
#include "raw_event.h"

#include <future>
#include <memory>
#include <string>

namespace dmb {

/// Payloads over this are dropped (specification 3.1).
inline constexpr std::size_t kPayloadLimitBytes = std::size_t{256} * 1024;

/// Paho's client, which makes one connection when told to and no other by itself. What happens on
/// Paho's threads goes into `inbox`; every function here is for the loop's thread and does not
/// wait.
class Link {
 public:
  /// `inbox` is shared with Paho's thread: a client that hangs is left behind on destruction.
  Link(const BrokerConfig& broker, const std::string& client_id, std::shared_ptr<RawInbox> inbox);
  /// Disconnects; returns within 0.8 s even if Paho does not.
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  /// Ends it in the background, as the destructor does; nothing else may be called afterwards. Paho
  /// starts from scratch once its last client has ended. Ready when that is done.
  std::future<void> retire();

  /// Whether one that was retired has not ended yet. Paho shuts itself down with its last client,
  /// and takes one that is made meanwhile with it: none must be made now.
  static bool is_any_ending();

  /// Starts one attempt: LinkUp or ConnectFailed follows. Throws mqtt::exception if Paho will not.
  void connect(const BrokerConfig& broker, const std::string& ip, const MqttTiming& timing);

  /// These do nothing while there is no connection. A SubscriptionAnswer follows subscribe().
  void subscribe(const std::string& filter);
  void unsubscribe(const std::string& filter);
  void publish(const std::string& topic, const std::string& payload);

 private:
  class Session;
  std::unique_ptr<Session> session_;
};

}  // namespace dmb
