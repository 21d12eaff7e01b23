// SPDX-License-Identifier: MIT
#include "json_source.h"

#include "dmb/device/message_event.h"

#include <spdlog/spdlog.h>

#include <utility>

namespace dmb {

JsonSource::JsonSource(const BatteryConfig& config, Handle handle)
    : BatterySource(config, std::move(handle)),
      name_(config.device_name),
      filter_(config.topic),
      decoder_(config.required) {}

void JsonSource::change(const BatteryConfig& config) {
  BatterySource::change(config);
  name_ = config.device_name;
  filter_ = config.topic;
  decoder_.require(config.required);
}

void JsonSource::read(const MqttMessage& message) {
  const DecodeResult decoded = decoder_.decode(message.payload);
  if (std::holds_alternative<Accepted>(decoded))
    spdlog::debug("{}: a{} message with {} values", name_, message.retained ? " retained" : "",
                  decoder_.reading().fields().size());
  handle_(event_of(message.topic, message.retained, decoded, decoder_.reading()), message.arrived);
}

}  // namespace dmb
