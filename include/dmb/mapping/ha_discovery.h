// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dmb {

/// Where the value of a Home Assistant entity is.
struct HaSource {
  std::string topic = {};
  std::optional<std::string> pointer = {};  ///< RFC 6901; nullopt: the payload is the bare value
  double factor = 1;
  double offset = 0;  ///< added after the factor
  bool operator==(const HaSource&) const = default;
};

/// The topic that tells whether the device is there.
struct HaAvailability {
  std::string topic = {};
  std::optional<std::string> pointer = {};
  std::string online = "online";
  std::string offline = "offline";
  bool operator==(const HaAvailability&) const = default;
};

/// One entity that a publisher announces to Home Assistant. Texts are as they came: any bytes.
struct HaEntity {
  std::string device = {};       ///< what entities of one device have in common; never empty
  std::string device_name = {};  ///< for people; may be empty
  std::string component = {};    ///< "sensor", "binary_sensor", "switch"
  std::string id = {};           ///< of the topic: "jk-bms_total_voltage"
  std::string name = {};         ///< for people; may be empty
  std::string device_class = {};
  std::string unit = {};
  /// nullopt: its template does more than to pick a value and to scale it.
  std::optional<HaSource> source = {};
  std::string on = "ON";  ///< of components with two states
  std::string off = "OFF";
  std::optional<HaAvailability> availability = {};
};

/// Whether `topic` is one on which entities are announced: "homeassistant/sensor/x/config". The
/// prefix may be another.
bool is_ha_config_topic(std::string_view topic);

/// The entities that one message announces: one of "…/sensor/x/config", several of
/// "…/device/x/config". Those of other components, and whatever is malformed, are left out. Pure,
/// never throws on bad input; at most kMaxHaEntities.
std::vector<HaEntity> read_ha_config(std::string_view topic, std::string_view payload);

inline constexpr std::size_t kMaxHaEntities = 512;  ///< of one message

/// What "{{ value_json.pack.mv | float / 1000 }}" picks, without a topic; nullopt when it does
/// more than that.
std::optional<HaSource> read_ha_template(std::string_view text);

}  // namespace dmb
