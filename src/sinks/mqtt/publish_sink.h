// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/config/config.h"
#include "dmb/publish/plan.h"
#include "mqtt/broker_state.h"
#include "mqtt/mqtt_publisher.h"
#include "runtime/loop.h"
#include "runtime/wake_up.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace dmb {

/// Publishes batteries to a broker, as a plan says, through a connection of its own: whatever
/// happens to it, no battery waits for it.
class PublishSink {
 public:
  struct Listener {
    /// All that there are; what they refer to has to stay for the turn only.
    std::function<std::vector<PublishedBattery>()> batteries;
    std::function<void()> remember;  ///< memory() has changed
    std::function<void()> removed;   ///< remove_all() is done; must not destroy the sink
  };

  /// `loop` must outlive it. Throws when no client can be made (`client_id` is not UTF-8).
  PublishSink(Loop& loop, const BrokerConfig& broker, const std::string& client_id,
              PublishPlan plan, Listener listener);
  PublishSink(const PublishSink&) = delete;
  PublishSink& operator=(const PublishSink&) = delete;

  /// Goes on with the same connection; everything is told anew. The will must be the same.
  void change(PublishPlan plan);
  /// A battery may show something new; the broker hears of it when all batteries are through with
  /// this turn.
  void look() { look_.trigger(); }
  /// Takes all that was published from the broker, instead of publishing more.
  void remove_all();
  /// Begins to disconnect. Nothing happens afterwards.
  void leave();

  const PublishMemory& memory() const { return plan_.memory(); }
  const BrokerConfig& broker() const { return broker_; }
  const BrokerState& state() const { return state_; }
  std::int64_t messages() const { return messages_; }
  std::optional<Instant> last_message_at() const { return last_message_at_; }

 private:
  void on_up();
  void on_down(const MqttDown& down);
  void send_removals();
  void send();
  void send(const std::vector<OutMessage>& messages);

  Loop& loop_;
  const BrokerConfig broker_;
  PublishPlan plan_;
  const Listener listener_;
  BrokerState state_;
  bool removing_ = false;
  std::int64_t messages_ = 0;
  std::optional<Instant> last_message_at_;
  Deferred look_;
  WakeUp wake_;
  MqttPublisher publisher_;
};

/// "host:port", as it is remembered and shown.
std::string place_of(const BrokerConfig& broker);

}  // namespace dmb
