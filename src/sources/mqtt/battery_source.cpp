// SPDX-License-Identifier: MIT
#include "sources/mqtt/battery_source.h"

#include "json_source.h"
#include "mapped_source.h"

#include <utility>

namespace dmb {

BatterySource::BatterySource(const BatteryConfig& config, Handle handle)
    : handle_(std::move(handle)), venus_(venus_topic_of(config.topic)) {}

void BatterySource::change(const BatteryConfig& config) {
  venus_ = venus_topic_of(config.topic);
}

void BatterySource::receive(const MqttMessage& message) {
  if (venus_ && message.topic == venus_->heartbeat())
    return handle_(event::Heartbeat{message.retained}, message.arrived);
  read(message);
}

void BatterySource::receive_oversized(const MqttOversized& message, Instant now) {
  const std::string what = "a payload of " + std::to_string(message.size_bytes) +
                           " bytes was dropped; the limit is 256 KiB";
  handle_(event::Rejected{message.topic, false, MessageFault::oversized, what}, now);
}

std::vector<std::string> BatterySource::filters() const {
  std::vector<std::string> all = topics();
  if (venus_) all.push_back(venus_->heartbeat());
  return all;
}

std::optional<std::string> BatterySource::keepalive() const {
  return venus_ ? std::optional(venus_->keepalive()) : std::nullopt;
}

std::unique_ptr<BatterySource> make_battery_source(const BatteryConfig& config,
                                                   BatterySource::Handle handle) {
  if (config.map) return std::make_unique<MappedSource>(config, std::move(handle));
  return std::make_unique<JsonSource>(config, std::move(handle));
}

}  // namespace dmb
