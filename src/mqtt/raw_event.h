// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/config/broker_trouble.h"
#include "mqtt/mqtt_event.h"
#include "runtime/inbox.h"

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace dmb {

/// Why an attempt or a connection ended: the kind, and words for people.
struct Failure {
  BrokerTrouble trouble;
  std::string reason;
};

struct LinkUp {};
struct LinkLost {};

/// `code`: the broker's answer if positive (CONNACK), else the attempt ended before one.
struct ConnectFailed {
  int code = 0;
};

struct SubscriptionAnswer {
  std::string filter;
  bool granted = false;
};

/// Paho did not even begin: out of memory or threads.
struct CallFailed {
  std::string reason;
};

/// One Link::publish() is done with: written to the connection, or lost with it.
struct PublicationWritten {};

/// The broker sends messages of QoS 2 and does not release them.
struct Flooded {};

class TlsPeer;

/// What an attempt needs to know before it can begin: `addresses` are numeric, and there is at
/// least one unless `failure` says why not. `peer` with TLS only.
struct Resolved {
  std::vector<std::string> addresses;
  std::shared_ptr<const TlsPeer> peer;
  std::optional<Failure> failure;
};

/// `reached`: nothing is wrong with the way to the broker, and yet it did not answer.
struct Diagnosed {
  Failure failure;
  bool reached = false;
};

/// What Paho's thread and the look-up threads tell the loop.
using RawEvent =
    std::variant<MqttMessage, MqttOversized, LinkUp, LinkLost, ConnectFailed, CallFailed, Flooded,
                 SubscriptionAnswer, PublicationWritten, Resolved, Diagnosed>;
using RawInbox = Inbox<RawEvent>;

template <>
struct InboxTraits<RawEvent> {
  static std::size_t bytes(const RawEvent& event) {
    const auto* message = std::get_if<MqttMessage>(&event);
    return message ? message->payload.size() + message->topic.size() : 0;
  }

  static std::optional<InboxKey> key(const RawEvent& event) {
    if (const auto* message = std::get_if<MqttMessage>(&event))
      return InboxKey{event.index(), message->topic};
    if (const auto* oversized = std::get_if<MqttOversized>(&event))
      return InboxKey{event.index(), oversized->topic};
    return std::nullopt;
  }
};

}  // namespace dmb
