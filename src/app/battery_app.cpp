// SPDX-License-Identifier: MIT
#include "dmb/app/battery_app.h"

#include "dmb/app/identity.h"
#include "dmb/codec/payload.h"
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

/// Stable over restarts and not tied to a port or an order, so that the VRM history stays with its
/// battery (contract 2.3).
std::string device_id_of(const BatteryConfig& config) {
  return std::string(kProgramName) + "_" + config.service_name;
}

std::optional<std::string> heartbeat_topic_of(const BatteryConfig& config) {
  const auto portal_id = portal_id_of(config.topic);
  if (!portal_id) return std::nullopt;
  return heartbeat_topic(*portal_id);
}

std::string times(unsigned count) {
  return count == 1 ? "" : " (" + std::to_string(count) + " times in the last hour)";
}

/// What the service is, before the settings service has had its say (contract 2.1).
void describe_service(BatteryModel& model, const BatteryConfig& config,
                      const std::string& connection) {
  const BatteryIds& ids = battery_ids();
  model.set_service_item(ids.mgmt_process_name, std::string(kProgramName));
  model.set_service_item(ids.mgmt_process_version, std::string(version()));
  model.set_service_item(ids.mgmt_connection, connection);
  model.set_service_item(ids.product_id, kMqttProductId);
  model.set_service_item(ids.product_name, std::string(kProductName));
  model.set_service_item(ids.firmware_version, std::string(version()));
  model.set_service_item(ids.hardware_version, std::nullopt);
  model.set_service_item(ids.connected, 1);
  model.set_service_item(ids.serial, config.service_name);
  model.set_service_item(ids.update_index, 0);
  model.set_service_item(ids.custom_name, config.device_name);
  model.set_service_item(ids.device_instance, config.device_instance);
}

}  // namespace

BatteryApp::BatteryApp(Loop& loop, BatteryConfig config, const std::string& connection)
    : loop_(loop),
      config_(std::move(config)),
      heartbeat_topic_(heartbeat_topic_of(config_)),
      model_(rules_of(config_)),
      reading_(battery_items().size()),
      bus_(loop),
      service_(loop, bus_, "com.victronenergy.battery." + config_.service_name, battery_items(),
               config_.min_update_interval,
               [this](ItemId id, const OptValue& value) { return on_write(id, value); }),
      settings_(bus_, loop, device_id_of(config_), config_.device_instance,
                [this](const DeviceIdentity& identity) { on_identity(identity); }),
      wake_(loop.add_timer([this] {
        wake_at_.reset();
        settle();
      })) {
  describe_service(model_, config_, connection);
}

bool BatteryApp::wants(std::string_view topic) const {
  return topic_matches(config_.topic, topic) || topic == heartbeat_topic_;
}

void BatteryApp::on_message(const MqttMessage& message) {
  if (message.topic == heartbeat_topic_) return model_.heartbeat(message.arrived);
  const bool stored_long_ago = message.retained && config_.timeout.count() > 0;
  const DecodeResult result = decode_payload(message.payload, reading_);
  if (const auto* rejected = std::get_if<Rejected>(&result)) {
    report_reject("reject " + std::to_string(static_cast<int>(rejected->cause)),
                  "topic " + printable(message.topic) + ": " + rejected->message, message.arrived);
  } else if (std::holds_alternative<DeviceGone>(result)) {
    if (stored_long_ago) return;
    if (model_.phase() == Life::Phase::live)
      spdlog::warn("{}: topic {} says that the device is gone", config_.device_name,
                   printable(message.topic));
    model_.declare_gone(message.arrived);
  } else {
    take(reading_, message);
  }
}

void BatteryApp::take(const Reading& reading, const MqttMessage& message) {
  const Life::Phase before = model_.phase();
  model_.apply(reading,
               message.retained ? BatteryModel::Delivery::retained : BatteryModel::Delivery::live,
               message.arrived);
  model_.set_service_item(battery_ids().update_index,
                          static_cast<std::int32_t>(model_.applied() % kUpdateIndexModulo));
  report_fields(message.arrived);
  report_life(before);
}

void BatteryApp::on_oversized(const MqttOversized& message) {
  report_reject("oversized",
                "topic " + printable(message.topic) + ": a payload of " +
                    std::to_string(message.size_bytes) + " bytes was dropped; the limit is 256 KiB",
                loop_.now());
}

void BatteryApp::report_reject(std::string_view cause, const std::string& text, Instant now) {
  if (const auto count = repeats_.count(cause, now))
    spdlog::warn("{}: {}{}; message ignored", config_.device_name, text, times(*count));
}

void BatteryApp::report_fields(Instant now) {
  for (const Reading::Complaint& complaint : reading_.complaints()) {
    const std::string_view path = battery_items()[complaint.id].path;
    if (repeats_.count(path, now) == 1u)
      spdlog::warn("{}: {} {}; shown as unknown", config_.device_name, path, complaint.what);
  }
  for (const std::string& key : reading_.unknown_keys())
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
                    service_.name());
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

void BatteryApp::on_identity(const DeviceIdentity& identity) {
  const bool moved = identity_ && identity_->instance != identity.instance;
  identity_ = identity;
  if (identity.instance != config_.device_instance)
    spdlog::info("{}: the settings service assigned instance {} (preferred was {})",
                 config_.device_name, identity.instance, config_.device_instance);
  model_.set_service_item(battery_ids().device_instance, identity.instance);
  model_.set_service_item(battery_ids().custom_name, identity.custom_name.empty()
                                                         ? config_.device_name
                                                         : identity.custom_name);
  if (moved && service_.joined()) {
    // Consumers read the instance once (contract 2.1): only a new start makes them see it.
    spdlog::warn("{}: instance changed to {}; {} leaves the bus and comes back",
                 config_.device_name, identity.instance, service_.name());
    service_.leave();
  }
  settle();
}

std::optional<OptValue> BatteryApp::on_write(ItemId id, const OptValue& value) {
  if (id != battery_ids().custom_name) return std::nullopt;
  const std::string name = value ? std::get<std::string>(*value) : std::string();
  if (identity_) identity_->custom_name = name;
  settings_.store_custom_name(name);
  const std::string shown = name.empty() ? config_.device_name : name;
  model_.set_service_item(id, shown);
  return shown;
}

void BatteryApp::settle() {
  const Instant now = loop_.now();
  const Life::Phase before = model_.phase();
  const LimitState limits_before = model_.limits();
  const ItemValues& values = model_.view(now);
  report_life(before);
  if (model_.phase() == Life::Phase::live) report_limits(limits_before);
  join_or_leave();

  std::optional<Instant> next = model_.next_change(now);
  if (service_.joined()) {
    const auto due = service_.update(values, now);
    if (due && (!next || *due < *next)) next = due;
  }
  arm(next);
}

void BatteryApp::join_or_leave() {
  const Life::Phase phase = model_.phase();
  if (phase == Life::Phase::gone && service_.joined()) return service_.leave();
  if (phase != Life::Phase::live || service_.joined() || !identity_) return;
  const ItemValues& values = model_.view(loop_.now());
  // systemcalc lists a battery only if its voltage is valid when it appears (contract 4.8).
  if (values[battery_ids().voltage].value) service_.join(values);
}

void BatteryApp::arm(std::optional<Instant> next) {
  // A timer that fires a little early costs one idle turn; setting it anew with each message costs
  // a system call each.
  if (!next || (wake_at_ && *wake_at_ <= *next)) return;
  wake_at_ = next;
  wake_.arm(*next);
}

}  // namespace dmb
