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

/// What is published of the batteries, and when (docs/behaviour.md, "Out to MQTT"). It knows no
/// connection and no clock: while there is a connection it is asked for messages, and hands out
/// each once.
///
/// A state goes out each interval; at once when a limit or an alarm changes, but not more than
/// kUrgentGap apart. Nothing is kept for a connection that is not there: the next one gets
/// everything anew.
class PublishPlan {
 public:
  static constexpr std::chrono::milliseconds kUrgentGap{250};
  /// From the first item that is not yet announced to the announcement: others come with it.
  static constexpr std::chrono::seconds kCollect{5};

  /// `memory`: of the plan before this one, or as it was stored. What it left on the broker and is
  /// not wanted any more is removed.
  PublishPlan(PublishTopics topics, PublishRules rules, PublishMemory memory = {});

  /// To be handed to the broker with the connection; also what to send before ending one.
  OutMessage last_will() const;

  void on_connected();
  void on_disconnected();

  /// What is to be sent now, in this order; nothing without a connection. `batteries`: all that
  /// there are, present or not; one that is not among them any more is removed from the broker.
  /// To be called after each turn in which one of them may have changed, and at next_due().
  std::vector<OutMessage> update(std::span<const PublishedBattery> batteries, Instant now);
  /// When update() has to be called again, if nothing else happens; nullopt without a connection.
  std::optional<Instant> next_due() const;

  /// To be stored whenever it differs from what is stored.
  const PublishMemory& memory() const { return memory_; }

 private:
  /// What the broker was told of a battery through this connection.
  struct Told {
    std::optional<bool> present;
    std::string name;  ///< in the announcement
    std::optional<std::vector<Quantity>> announced;
    std::optional<Instant> announce_at;  ///< something new is being collected
    std::vector<OptValue> urgent;        ///< limits and alarms in the last state
    std::optional<Instant> sent_at;      ///< the last state
    std::optional<Instant> due;          ///< the next one
  };

  PublishTopics topics_;
  PublishRules rules_;
  PublishMemory memory_;
  bool connected_ = false;
  bool greeted_ = false;  ///< the status was sent through this connection
  std::map<std::string, Told, std::less<>> told_;
};

/// Takes all of it from the broker: before the section goes, or after a restart without it.
std::vector<OutMessage> removals(const PublishMemory& memory);

}  // namespace dmb
