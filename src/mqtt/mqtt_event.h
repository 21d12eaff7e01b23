// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/value.h"
#include "dmb/config/broker_trouble.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace dmb {

/// A publication that arrived. `arrived` was read when Paho handed it over.
struct MqttMessage {
  std::string topic;
  std::string payload;
  bool retained = false;
  Instant arrived;
};

/// A publication over the size limit of 256 KiB; its payload was dropped.
struct MqttOversized {
  std::string topic;
  std::size_t size_bytes = 0;
};

/// Connected and subscribed anew.
struct MqttUp {};

/// No connection: a failed attempt, or a lost one. `reason` is for people ("wrong user name or
/// password", "connection refused", "server certificate not trusted: …"); never a password.
/// `trouble` is for whoever decides by it. Comes after every attempt.
struct MqttDown {
  BrokerTrouble trouble = BrokerTrouble::internal;
  std::string reason;
};

/// The filters to which the broker does not let us subscribe, whenever its answers change them:
/// nothing comes from these, though the connection is up. One that is not asked for any more is out
/// of it without a word.
struct MqttRefusals {
  std::vector<std::string> filters;
};

using MqttEvent = std::variant<MqttMessage, MqttOversized, MqttUp, MqttDown, MqttRefusals>;

/// What to listen to on the broker.
struct MqttInterest {
  std::vector<std::string> filters;  ///< topic filters to subscribe to, QoS 0
  /// "R/<portal id>/keepalive", perhaps behind a bridge's prefix: what keeps Venus brokers sending.
  std::vector<std::string> keepalive_topics;
  /// What waited for us while we stood still for longer has no known age: the connection is made
  /// anew, without it. nullopt: it does not matter.
  std::optional<std::chrono::seconds> patience = std::nullopt;
  bool operator==(const MqttInterest&) const = default;
};

/// How long things take; tests shorten them.
struct MqttTiming {
  std::chrono::milliseconds first_retry{1'000};
  std::chrono::milliseconds longest_retry{60'000};
  /// From the begin of one attempt to that of the next while it is urgent.
  std::chrono::milliseconds urgent_retry{10'000};
  /// A connection that ends sooner did not work: the waits go on growing.
  std::chrono::milliseconds lasting_connection{10'000};
  std::chrono::seconds connect_timeout{10};
  /// An attempt that Paho has not ended this long after the time-out hangs, and is given up.
  std::chrono::milliseconds hang_grace{20'000};
  std::chrono::seconds keepalive{30};  ///< MQTT's own: finds half-open connections
  std::chrono::milliseconds venus_keepalive{30'000};
};

}  // namespace dmb
