// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dmb {

/// `text` with '_' for whatever Home Assistant does not take in a discovery topic: letters, digits,
/// '_' and '-' stay.
std::string topic_word(std::string_view text);

/// Where a daemon publishes. `id` is the last part of a battery's bus name ("mqtt_battery"): it
/// stays when the battery gets another name.
class PublishTopics {
 public:
  /// `base`: topic levels without wildcards, "dbus-mqtt-battery". `client` tells this daemon from
  /// others at the same broker; it goes through topic_word(). `discovery_prefix`: that of Home
  /// Assistant, "homeassistant".
  PublishTopics(std::string base, std::string_view client, std::string discovery_prefix);

  const std::string& client() const { return client_; }

  /// Whether the daemon is there: kOnline or kOffline, retained; the last will.
  std::string status() const { return own_ + "/status"; }
  /// The values, as one JSON object; never retained: a stale value must not be taken for a live
  /// one.
  std::string state(std::string_view id) const;
  /// Whether the battery is there: kOnline or kOffline, retained.
  std::string availability(std::string_view id) const;
  /// Home Assistant's device-based discovery, retained.
  std::string discovery(std::string_view id) const;
  /// What Home Assistant knows the battery by.
  std::string device_id(std::string_view id) const { return client_ + "_" + std::string(id); }

  /// Filters of all that is published, whatever the ids are: a battery that reads such a topic
  /// reads itself, or what is meant for Home Assistant.
  std::vector<std::string> filters() const;

  bool operator==(const PublishTopics&) const = default;

 private:
  std::string client_;
  std::string own_;  ///< what its own topics begin with, without the slash
  std::string discovery_prefix_;
};

inline constexpr std::string_view kOnline = "online";
inline constexpr std::string_view kOffline = "offline";

}  // namespace dmb
