// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/codec/topic.h"
#include "dmb/config/config.h"
#include "dmb/device/event.h"
#include "dmb/mapping/intake.h"
#include "mqtt/mqtt_source.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dmb {

/// Makes the events of one MQTT battery of the broker's messages. Decides nothing.
class BatterySource {
 public:
  /// Receives each event; what an event refers to lives as long as the call.
  using Handle = std::function<void(const Event& event, Instant at)>;

  BatterySource(const BatteryConfig& config, Handle handle);
  virtual ~BatterySource() = default;
  BatterySource(const BatterySource&) = delete;
  BatterySource& operator=(const BatterySource&) = delete;

  /// Of the same kind of battery: with a map, or with JSON.
  virtual void change(const BatteryConfig& config);

  void receive(const MqttMessage& message);
  void receive_oversized(const MqttOversized& message, Instant now);
  /// What waited for the rest of a burst, and has waited long enough.
  virtual void end_bursts(Instant) {}
  /// When end_bursts() has something to do.
  virtual std::optional<Instant> due() const { return std::nullopt; }

  /// What to subscribe to, the heartbeat of a Venus broker included.
  std::vector<std::string> filters() const;
  /// What keeps a Venus broker sending.
  std::optional<std::string> keepalive() const;
  /// What a Venus broker is asked when the topics of a map are not heard.
  virtual std::vector<std::string> questions() const { return {}; }
  virtual std::vector<MappedItem> mapped_items() const { return {}; }

 protected:
  virtual void read(const MqttMessage& message) = 0;
  virtual std::vector<std::string> topics() const = 0;
  const std::optional<VenusTopic>& venus() const { return venus_; }
  const Handle handle_;

 private:
  std::optional<VenusTopic> venus_;  ///< of the config's topic
};

/// The source of a battery as its config says.
std::unique_ptr<BatterySource> make_battery_source(const BatteryConfig& config,
                                                   BatterySource::Handle handle);

}  // namespace dmb
