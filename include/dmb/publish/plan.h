// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/item_values.h"
#include "dmb/battery/value.h"
#include "dmb/codec/publish_memory.h"
#include "dmb/publish/out_message.h"
#include "dmb/publish/topics.h"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dmb {

/// A battery or bank as it is now. All of it needs to live only as long as the call.
struct PublishedBattery {
  std::string_view id;    ///< last part of its bus name
  std::string_view name;  ///< for people
  bool present = false;   ///< it is on the bus, or would be were it not hidden behind its bank
  const ItemValues& values;
  /// What else there is to tell of it, a JSON object; called only when a state is due.
  std::function<std::string()> about;
};

struct PublishRules {
  std::chrono::milliseconds interval{std::chrono::seconds(5)};  ///< between two states
  bool homeassistant = true;                                    ///< send discovery
  std::string version;                                          ///< of this daemon
};

/// What is published of the batteries, and when. It knows no connection and no clock: while there
/// is a connection it is asked for messages, and hands out each once.
///
/// A state goes out each interval; at once when a limit or an alarm changes, but not more often
/// than each kGap. Nothing is kept for a connection that is not there: the next one gets everything
/// anew.
class PublishPlan {
 public:
  static constexpr std::chrono::milliseconds kGap{250};
  /// From the first item that is not announced yet to the announcement: others come with it.
  static constexpr std::chrono::seconds kCollect{5};
  /// A connection that lasts so long after a removal has brought it to the broker.
  static constexpr std::chrono::minutes kDelivered{2};

  /// `memory`: of the plan before this one, or as it was stored. What it left on the broker and is
  /// not wanted any more is removed.
  PublishPlan(PublishTopics topics, PublishRules rules, PublishMemory memory = {});

  /// To be handed to the broker with the connection; also what to send before ending one.
  OutMessage last_will() const;

  void on_connected();
  void on_disconnected();

  /// What is to be sent now, in this order; nothing without a connection. `batteries`: all that
  /// there are, present or not, each with an id of its own; one that is not among them any more is
  /// removed from the broker. To be called after each turn in which one of them may have changed,
  /// and at next_due().
  std::vector<OutMessage> update(std::span<const PublishedBattery> batteries, Instant now);
  /// When update() has to be called again, if nothing else happens; nullopt without a connection.
  std::optional<Instant> next_due() const { return next_due_; }

  /// To be stored whenever it differs from what is stored.
  const PublishMemory& memory() const { return memory_; }

 private:
  /// What the broker was told of a battery through this connection.
  struct Told {
    std::optional<bool> present;
    std::optional<Instant> present_at;  ///< when it was told so
    std::optional<std::string> name;    ///< in the announcement
    std::optional<Instant> announce_at;
    std::vector<OptValue> urgent;  ///< limits and alarms, as in the last state
    std::optional<Instant> state_at;
  };

  void remove_unwanted(std::span<const PublishedBattery> batteries, Instant now);
  void forget_removed(Instant now);
  void update(const PublishedBattery& battery, Instant now);
  void announce(const PublishedBattery& battery, Told& told, Instant now);
  bool learn_items(const PublishedBattery& battery);
  void tell_presence(const PublishedBattery& battery, Told& told, Instant now);
  void send_state(const PublishedBattery& battery, Told& told, Instant now);
  void retain(std::string topic, std::string payload);
  void call_again(Instant due) { next_due_ = earlier(next_due_, due); }

  PublishTopics topics_;
  PublishRules rules_;
  PublishMemory memory_;
  bool connected_ = false;
  bool greeted_ = false;  ///< the broker was told through this connection that we are there
  std::map<std::string, Told, std::less<>> told_;
  std::map<std::string, Instant, std::less<>> removed_;  ///< topics, through this connection
  std::optional<Instant> next_due_;
  std::vector<OutMessage> out_;
};

/// Takes all of it from the broker: before nothing is published any more, or after a restart with
/// nothing to publish.
std::vector<OutMessage> removals(const PublishMemory& memory);

}  // namespace dmb
