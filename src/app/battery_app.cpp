// SPDX-License-Identifier: MIT
#include "app/battery_app.h"

#include "app/device_rules.h"
#include "dmb/device/message_event.h"

#include <spdlog/spdlog.h>

#include <utility>

namespace dmb {
namespace {

constexpr std::int32_t kMqttProductId = 0xFFFF;  // never that of a real BMS
constexpr std::string_view kProductName = "MQTT Battery";

DeviceDescription description_of(const BatteryConfig& config, const std::string& connection) {
  return {.service_name = config.service_name,
          .device_name = config.device_name,
          .preferred_instance = config.device_instance,
          .product_id = config.product_id.value_or(kMqttProductId),
          .product_name = std::string(kProductName),
          .connection = connection,
          .times = {config.min_update_interval, life_interval(config.timeout)}};
}

}  // namespace

BatteryApp::BatteryApp(Loop& loop, BatteryConfig config, const std::string& connection, Ask ask)
    : loop_(loop),
      config_(std::move(config)),
      venus_(venus_topic_of(config_.topic)),
      ask_(std::move(ask)),
      decoder_(config_.required),
      battery_(rules_of(config_)),
      host_(loop, battery_, description_of(config_, connection), [this] {
        if (const auto question = battery_.take_question()) ask_(*question);
      }) {}

void BatteryApp::change(BatteryConfig config, const std::string& connection) {
  config_ = std::move(config);
  venus_ = venus_topic_of(config_.topic);
  decoder_.require(config_.required);
  battery_.change_rules(rules_of(config_));
  host_.change(description_of(config_, connection));
  settle();
}

bool BatteryApp::is_heartbeat(std::string_view topic) const {
  return venus_ && topic == venus_->heartbeat();
}

bool BatteryApp::wants(std::string_view topic) const {
  return topic_matches(config_.topic, topic) || is_heartbeat(topic);
}

void BatteryApp::on_connected() {
  handle(event::Connected{}, loop_.now());
}

void BatteryApp::on_message(const MqttMessage& message) {
  if (is_heartbeat(message.topic))
    return handle(event::Heartbeat{message.retained}, message.arrived);
  const DecodeResult decoded = decoder_.decode(message.payload);
  if (std::holds_alternative<Accepted>(decoded))
    spdlog::debug("{}: a{} message with {} values", config_.device_name,
                  message.retained ? " retained" : "", decoder_.reading().fields().size());
  handle(event_of(message.topic, message.retained, decoded, decoder_.reading()), message.arrived);
}

void BatteryApp::on_oversized(const MqttOversized& message) {
  const std::string what = "a payload of " + std::to_string(message.size_bytes) +
                           " bytes was dropped; the limit is 256 KiB";
  handle(event::Rejected{message.topic, false, MessageFault::oversized, what}, loop_.now());
}

/// Told at once: a flood of messages must not pile up what is noted of them.
void BatteryApp::handle(const Event& event, Instant at) {
  battery_.handle(event, at);
  host_.tell_notes(at);
}

}  // namespace dmb
