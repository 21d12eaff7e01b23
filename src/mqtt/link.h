// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/config/config.h"
#include "mqtt/mqtt_event.h"
#include "mqtt/publication.h"
#include "raw_event.h"
#include "worker.h"

#include <future>
#include <memory>
#include <optional>
#include <string>

namespace dmb {

/// Payloads over this are dropped: no battery has so much to tell.
inline constexpr std::size_t kPayloadLimitBytes = std::size_t{256} * 1024;

/// Who we are to the broker.
struct MqttIdentity {
  std::string client_id;
  /// What the broker publishes when the connection ends without a farewell. nullopt: nothing.
  std::optional<Publication> will = std::nullopt;
};

/// Paho's client, which makes one connection when told to and no other by itself. What happens on
/// Paho's threads goes into `inbox`. Every function here is for the loop's thread and waits for
/// nothing: any call into Paho may wait for a lock that one of Paho's threads holds through
/// whatever it does, so they are all made on a thread of ours.
class Link {
 public:
  /// `inbox` is shared with Paho's thread: a client that hangs is left behind on destruction.
  /// `before` hangs; it is retired once the new client is there: Paho then goes on, and does not
  /// wait for its threads. Throws std::system_error when there can be no thread.
  Link(const BrokerConfig& broker, const MqttIdentity& identity, std::shared_ptr<RawInbox> inbox,
       std::unique_ptr<Link> before = nullptr);
  /// Retires it.
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  /// Disconnects and ends it in the background; nothing else may be called
  /// afterwards. Paho starts from scratch once its last client has ended. Ready when that is done.
  std::future<void> retire();

  /// Whether one that was retired has not ended yet. Paho shuts itself down with its last client,
  /// and takes one that is made meanwhile with it: none must be made now.
  static bool is_any_ending();

  /// Whether Paho has made the client.
  bool is_made() const;

  /// Starts one attempt: LinkUp, ConnectFailed or CallFailed follows.
  void connect(const BrokerConfig& broker, const std::string& ip, const MqttTiming& timing);
  /// An attempt that has not begun yet does not begin any more.
  void forget_attempt();

  /// These do nothing while there is no connection. A SubscriptionAnswer follows subscribe(),
  /// PublicationWritten follows publish() in any case.
  void subscribe(const std::string& filter);
  void unsubscribe(const std::string& filter);
  void publish(const Publication& what);

 private:
  class Session;
  struct Client;

  template <typename Call>
  void tell_broker(const char* what, Call call);

  std::shared_ptr<RawInbox> inbox_;
  std::shared_ptr<Client> client_;  ///< shared with the worker's jobs
  std::unique_ptr<Worker> worker_;  ///< null once retired
};

}  // namespace dmb
