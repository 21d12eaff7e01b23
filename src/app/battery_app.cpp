// SPDX-License-Identifier: MIT
#include "dmb/app/battery_app.h"

#include "dmb/app/identity.h"
#include "dmb/codec/text.h"
#include "dmb/codec/topic.h"
#include "dmb/domain/battery_items.h"

#include <spdlog/spdlog.h>

#include <unistd.h>

#include <utility>

namespace dmb {
namespace {

constexpr std::int32_t kMqttProductId = 0xFFFF;  // contract 2.4: never that of a real BMS
constexpr std::string_view kProductName = "MQTT Battery";
constexpr std::uint32_t kUpdateIndexModulo = 256;

BatteryRules rules_of(const BatteryConfig& config) {
  return {config.timeout, config.stop_discharge_on_timeout, config.time_to_go};
}

std::optional<std::string> heartbeat_topic_of(const BatteryConfig& config) {
  const auto portal_id = portal_id_of(config.topic);
  if (!portal_id) return std::nullopt;
  return heartbeat_topic(*portal_id);
}

std::string times(unsigned count) {
  return count == 1 ? "" : " (" + std::to_string(count) + " times in the last hour)";
}

DeviceDescription description_of(const BatteryConfig& config, const std::string& connection) {
  return {.service_name = config.service_name,
          .device_name = config.device_name,
          .preferred_instance = config.device_instance,
          .product_id = config.product_id.value_or(kMqttProductId),
          .product_name = std::string(kProductName),
          .connection = connection,
          .min_update_interval = config.min_update_interval};
}

}  // namespace

BatteryApp::BatteryApp(Loop& loop, BatteryConfig config, const std::string& connection)
    : loop_(loop),
      config_(std::move(config)),
      heartbeat_topic_(heartbeat_topic_of(config_)),
      model_(rules_of(config_)),
      device_(loop, description_of(config_, connection), [this] { settle(); }),
      wake_(loop, [this] { settle(); }) {
  device_.describe(model_.values());
}

bool BatteryApp::wants(std::string_view topic) const {
  return topic_matches(config_.topic, topic) || topic == heartbeat_topic_;
}

void BatteryApp::on_message(const MqttMessage& message) {
  if (message.topic == heartbeat_topic_) return model_.heartbeat(message.arrived);
  const bool stored_long_ago = message.retained && config_.timeout.count() > 0;
  const DecodeResult result = decoder_.decode(message.payload);
  if (const auto* rejected = std::get_if<Rejected>(&result)) {
    // Where the JSON breaks varies; what else is wrong is one of a few sentences.
    report_reject(rejected->cause == RejectCause::not_json ? "not JSON" : rejected->message,
                  "topic " + printable(message.topic) + ": " + rejected->message, message.arrived);
  } else if (std::holds_alternative<DeviceGone>(result)) {
    if (stored_long_ago) return;
    if (model_.phase() == Life::Phase::live)
      spdlog::warn("{}: topic {} says that the device is gone", config_.device_name,
                   printable(message.topic));
    model_.declare_gone(message.arrived);
  } else {
    take(decoder_.reading(), message);
  }
}

void BatteryApp::take(const Reading& reading, const MqttMessage& message) {
  const Life::Phase before = model_.phase();
  model_.apply(reading,
               message.retained ? BatteryModel::Delivery::retained : BatteryModel::Delivery::live,
               message.arrived);
  model_.values().set(battery_ids().update_index,
                      static_cast<std::int32_t>(model_.applied() % kUpdateIndexModulo));
  spdlog::debug("{}: a{} message with {} values", config_.device_name,
                message.retained ? " retained" : "", reading.fields().size());
  report_fields(reading, message.arrived);
  report_life(before);
}

void BatteryApp::on_oversized(const MqttOversized& message) {
  report_reject("oversized",
                "topic " + printable(message.topic) + ": a payload of " +
                    std::to_string(message.size_bytes) + " bytes was dropped; the limit is 256 KiB",
                loop_.now());
}

void BatteryApp::report_reject(std::string_view cause, const std::string& text, Instant now) {
  ++rejected_;
  last_rejection_ = Rejection{text, now};
  if (const auto count = repeats_.count(cause, now))
    spdlog::warn("{}: {}{}; message ignored", config_.device_name, text, times(*count));
}

void BatteryApp::report_fields(const Reading& reading, Instant now) {
  for (const Reading::Complaint& complaint : reading.complaints()) {
    const std::string_view path = battery_items()[complaint.id].path;
    if (repeats_.count(path, now) == 1u)
      spdlog::warn("{}: {} {}; shown as unknown", config_.device_name, path, complaint.what);
  }
  for (const std::string& key : reading.unknown_keys())
    if (repeats_.count("key " + key, now) == 1u)
      spdlog::info("{}: the payload's key {} is not known and not used", config_.device_name,
                   printable(key));
}

void BatteryApp::report_life(Life::Phase before) {
  const Life::Phase after = model_.phase();
  if (after == before) return;
  const std::string source = config_.device_name + " (topic " + printable(config_.topic) + ")";
  switch (after) {
    case Life::Phase::waiting:
      break;
    case Life::Phase::live:
      if (before == Life::Phase::waiting)
        spdlog::info("{}: first message", source);
      else
        spdlog::warn("{}: messages are back", source);
      break;
    case Life::Phase::holding:
      spdlog::warn("{}: no valid message for {} s; its values are withdrawn{}", source,
                   config_.timeout.count(),
                   model_.limits().charge_stopped ? ", charging is stopped (CCL 0)" : "");
      break;
    case Life::Phase::gone:
      spdlog::error("{}: still silent; {} leaves the bus until a message arrives", source,
                    device_.bus_name());
      break;
  }
}

void BatteryApp::report_limits(const LimitState& before) {
  const LimitState& after = model_.limits();
  const std::string& name = config_.device_name;
  if (after.charge_stopped && !before.charge_stopped)
    spdlog::warn("{}: the payload does not give {} any more: charging is stopped (CCL 0)", name,
                 after.voltage_lost ? "/Info/MaxChargeVoltage" : "/Info/MaxChargeCurrent");
  if (!after.charge_stopped && before.charge_stopped)
    spdlog::warn("{}: the charge limits are back", name);
  if (after.discharge_kept && !before.discharge_kept)
    spdlog::warn(
        "{}: the payload does not give /Info/MaxDischargeCurrent any more: the last one stays",
        name);
}

void BatteryApp::settle() {
  const Instant now = loop_.now();
  const Life::Phase before = model_.phase();
  const LimitState limits_before = model_.limits();
  device_.identify(model_.values());
  const ItemValues& values = model_.view(now);
  report_life(before);
  if (model_.phase() == Life::Phase::live) report_limits(limits_before);
  join_or_leave(values);
  wake_.at(earlier(model_.next_change(now), device_.update(values, now)));
}

void BatteryApp::join_or_leave(const ItemValues& values) {
  const Life::Phase phase = model_.phase();
  if (phase == Life::Phase::gone && device_.joined()) return device_.leave();
  if (phase != Life::Phase::live || device_.joined() || !device_.identified()) return;
  // systemcalc lists a battery only if its voltage is valid when it appears (contract 4.8).
  if (values[battery_ids().voltage].value) device_.join(values);
}

}  // namespace dmb
