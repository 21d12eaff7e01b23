// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/config/config.h"
#include "mqtt/attempts.h"
#include "mqtt/mqtt_event.h"
#include "mqtt/outbox.h"
#include "mqtt/publication.h"
#include "mqtt/raw_event.h"
#include "runtime/loop.h"

#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace dmb {

/// A broker connection that only publishes. Connects, and tries again for as long as it lives, as
/// MqttSource does. Nothing is kept for a connection that is not there, and for a slow one only the
/// newest of each topic.
class MqttPublisher {
 public:
  /// Whom it concerns; called on the loop's thread. None may destroy the publisher.
  struct Listener {
    std::function<void()> up;  ///< nothing was published on this connection yet
    std::function<void(const MqttDown&)> down;
    std::function<void()> done;  ///< whatever was to be published has been written
  };

  /// `loop` must outlive it. Nothing is sent before the loop runs. Throws when no client can be
  /// made (the client id is not UTF-8).
  MqttPublisher(Loop& loop, BrokerConfig broker, MqttIdentity identity, Listener listener,
                const MqttTiming& timing = {});
  /// Leaves, and waits less than a second for that.
  ~MqttPublisher() { leave(); }
  MqttPublisher(const MqttPublisher&) = delete;
  MqttPublisher& operator=(const MqttPublisher&) = delete;

  /// Nothing while there is no connection.
  void publish(Publication what);
  /// Connected, and nothing waits to be written.
  bool is_done() const { return attempts_.is_up() && outbox_.is_done(); }
  /// Publishes the will and begins to disconnect, so that destruction waits for less. Nothing
  /// happens afterwards.
  void leave();
  /// It does not apply any more when we leave ourselves.
  void forget_will() { will_.reset(); }

 private:
  void read_inbox();
  void hand_over();
  void take(PublicationWritten&);
  // It subscribed to nothing: whatever a broker sends nevertheless is nobody's.
  void take(MqttMessage&) {}
  void take(MqttOversized&) {}
  void take(SubscriptionAnswer&) {}
  template <typename OfAnAttempt>
  void take(OfAnAttempt& event) {
    attempts_.on(std::move(event));
  }
  void on_up();
  void on_down(const MqttDown& down);

  const BrokerConfig broker_;
  std::optional<Publication> will_;
  const Listener listener_;
  std::vector<RawEvent> raw_;
  Outbox outbox_;
  Attempts attempts_;
};

}  // namespace dmb
