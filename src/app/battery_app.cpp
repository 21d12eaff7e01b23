// SPDX-License-Identifier: MIT
#include "app/battery_app.h"

#include "app/identity.h"
#include "dmb/battery/quantity.h"
#include "dmb/codec/text.h"
#include "dmb/codec/topic.h"
#include "dmb/domain/sufficiency.h"

#include <spdlog/spdlog.h>

#include <unistd.h>

#include <utility>

namespace dmb {
namespace {

constexpr std::int32_t kMqttProductId = 0xFFFF;  // never that of a real BMS
constexpr std::string_view kProductName = "MQTT Battery";
constexpr std::string_view kNoLife = "no life";

BatteryRules rules_of(const BatteryConfig& config) {
  return {config.timeout, config.stop_discharge_on_timeout, config.time_to_go, config.required};
}

std::string names_of(const std::vector<Quantity>& items) {
  std::string names;
  for (const Quantity id : items) {
    if (!names.empty()) names += ", ";
    names += id.spec().path.substr(1);
  }
  return names;
}

status::MessageFault fault_of(RejectCause cause) {
  switch (cause) {
    case RejectCause::not_json:
      return status::MessageFault::not_json;
    case RejectCause::too_deep:
      return status::MessageFault::too_deep;
    case RejectCause::not_an_object:
      return status::MessageFault::not_an_object;
    case RejectCause::minimum_missing:
      break;
  }
  return status::MessageFault::too_little;
}

std::string times(unsigned count) {
  return count == 1 ? "" : " (" + std::to_string(count) + " times in the last hour)";
}

std::string why_stopped(const LimitState& limits) {
  if (limits.voltage_refused) return "its /Info/MaxChargeVoltage cannot be right";
  if (limits.voltage_lost) return "the payload does not give /Info/MaxChargeVoltage any more";
  if (limits.charge_blocked)
    return "the battery does not let itself be charged (/Io/AllowToCharge 0)";
  return "the payload gives no usable /Info/MaxChargeCurrent";
}

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
      model_(rules_of(config_)),
      topic_(config_.topic),
      decoder_(config_.required),
      life_log_("Beginning and end of " + config_.device_name),
      limits_log_("The limits of " + config_.device_name),
      device_(loop, description_of(config_, connection), [this] { settle(); }),
      wake_(loop, [this] { settle(); }) {
  device_.describe(model_.values());
}

void BatteryApp::change(BatteryConfig config, const std::string& connection) {
  const std::string topic = std::exchange(config_, std::move(config)).topic;
  model_.change_rules(rules_of(config_));
  decoder_.require(config_.required);
  if (config_.topic != topic) read_from(config_.topic);
  device_.change(description_of(config_, connection), model_.values());
  settle();
}

/// What was told on a topic that the new filter covers as well still holds.
void BatteryApp::read_from(const std::string& topic) {
  const std::string heard = topic_.topic();
  venus_ = venus_topic_of(topic);
  topic_ = TopicChoice(topic);
  if (heard.empty()) return;
  if (topic_matches(topic, heard)) {
    topic_.judge(heard, true, true);
    return;
  }
  spdlog::warn("{}: reads topic {} from now on; what {} told is void", config_.device_name,
               printable(topic), printable(heard));
  model_.change_source();
  refused_.clear();
}

bool BatteryApp::wants(std::string_view topic) const {
  return topic_matches(config_.topic, topic) || (venus_ && topic == venus_->heartbeat());
}

bool BatteryApp::of_unknown_age(const MqttMessage& message) const {
  return message.retained && config_.timeout.count() > 0;
}

void BatteryApp::on_message(const MqttMessage& message) {
  if (venus_ && message.topic == venus_->heartbeat()) return on_heartbeat(message);
  const DecodeResult result = decoder_.decode(message.payload);
  if (const auto* rejected = std::get_if<Rejected>(&result))
    on_rejected(*rejected, message);
  else if (std::holds_alternative<DeviceGone>(result))
    on_gone(message);
  else if (choose(decoder_.reading(), message))
    take(decoder_.reading(), message);
}

void BatteryApp::on_heartbeat(const MqttMessage& message) {
  if (!message.retained) model_.heartbeat(message.arrived);
}

void BatteryApp::on_rejected(const Rejected& rejected, const MqttMessage& message) {
  // Behind wildcards there is much that is no battery.
  if (!topic_.topic().empty() && !topic_.is_ours(message.topic)) return;
  if (!message.retained && topic_.is_ours(message.topic)) model_.rejected();
  // Where the JSON breaks varies, and so do the keys that are there; what else is wrong is one of a
  // few sentences.
  std::string_view cause = rejected.message;
  if (rejected.cause == RejectCause::not_json) cause = "not JSON";
  if (rejected.cause == RejectCause::minimum_missing) cause = "too little";
  report_reject(fault_of(rejected.cause), cause,
                "topic " + printable(message.topic) + ": " + rejected.message, message.arrived);
}

void BatteryApp::on_gone(const MqttMessage& message) {
  if (of_unknown_age(message) || !topic_.is_ours(message.topic)) return;
  if (model_.phase() == Life::Phase::live)
    life_log_.say(spdlog::level::warn, message.arrived, "{}: topic {} says that the device is gone",
                  config_.device_name, printable(message.topic));
  model_.declare_gone(message.arrived);
  refused_.clear();
}

/// Whether the message is the battery's, and not that of another one behind the wildcards.
bool BatteryApp::choose(const Reading& reading, const MqttMessage& message) {
  if (!has_wildcard(config_.topic)) return true;
  const bool is_life =
      !of_unknown_age(message) && sufficiency_of(reading, model_.rules().required).is_life();
  switch (topic_.judge(message.topic, is_life, model_.alive(message.arrived))) {
    case TopicChoice::Verdict::ours:
      break;
    case TopicChoice::Verdict::takes_over:
      life_log_.say(spdlog::level::warn, message.arrived, "{}: topic {} takes over",
                    config_.device_name, printable(message.topic));
      model_.change_source();
      refused_.clear();
      break;
    case TopicChoice::Verdict::other:
      report_other_topic(message.topic);
      return false;
  }
  return true;
}

void BatteryApp::report_other_topic(const std::string& topic) {
  if (strange_.count("topic " + topic, loop_.now()) != 1u) return;
  const std::string shown = printable(topic);
  spdlog::warn(
      "{}: topic {} brings another battery, which is not mixed with that of {}; for it, write a "
      "section [BATTERY name] with topic = {} and a device_instance",
      config_.device_name, shown, printable(topic_.topic()), shown);
}

void BatteryApp::take(const Reading& reading, const MqttMessage& message) {
  const Life::Phase before = model_.phase();
  const bool was_life = model_.apply(
      reading, message.retained ? BatteryModel::Delivery::retained : BatteryModel::Delivery::live,
      message.arrived);
  spdlog::debug("{}: a{} message with {} values", config_.device_name,
                message.retained ? " retained" : "", reading.fields().size());
  report_fields(reading, message.arrived);
  report_doubts(message.arrived);
  if (was_life)
    repeats_.forget(kNoLife);
  else if (!of_unknown_age(message))
    report_no_life(reading, message);
  report_life(before);
}

void BatteryApp::report_no_life(const Reading& reading, const MqttMessage& message) {
  const Sufficiency found = sufficiency_of(reading, model_.rules().required);
  const std::string text = "topic " + printable(message.topic) + ": " + names_of(found.unknown) +
                           " is told without a usable value, which is no sign of life";
  ++rejected_;
  last_rejection_ = Rejection{status::MessageFault::no_value, text, message.arrived};
  if (const auto count = repeats_.count(kNoLife, message.arrived, Repeats::Named::by_us))
    spdlog::warn("{}: {}; shown as unknown{}", config_.device_name, text, times(*count));
}

void BatteryApp::on_oversized(const MqttOversized& message) {
  report_reject(status::MessageFault::oversized, "oversized",
                "topic " + printable(message.topic) + ": a payload of " +
                    std::to_string(message.size_bytes) + " bytes was dropped; the limit is 256 KiB",
                loop_.now());
  if (topic_.is_ours(message.topic)) model_.rejected();
}

void BatteryApp::report_reject(status::MessageFault fault, std::string_view cause,
                               const std::string& text, Instant now) {
  ++rejected_;
  last_rejection_ = Rejection{fault, text, now};
  if (const auto count = repeats_.count(cause, now, Repeats::Named::by_us))
    spdlog::warn("{}: {}{}; message ignored", config_.device_name, text, times(*count));
}

void BatteryApp::report_doubts(Instant now) {
  for (const Doubt& doubt : model_.doubts()) {
    const std::string cause = "doubt " + std::to_string(static_cast<int>(doubt.about));
    if (repeats_.count(cause, now) == 1u)
      spdlog::warn("{}: {}. It is shown as it is told", config_.device_name, text_of(doubt));
  }
}

void BatteryApp::report_fields(const Reading& reading, Instant now) {
  refused_.note(reading, now);
  for (const Reading::Complaint& complaint : reading.complaints()) {
    const std::string_view path = complaint.id.spec().path;
    if (repeats_.count(path, now, Repeats::Named::by_us) == 1u)
      spdlog::warn("{}: {} {}; shown as unknown", config_.device_name, path, complaint.what);
  }
  for (const std::string& key : reading.unknown_keys())
    if (strange_.count("key " + key, now) == 1u)
      spdlog::info("{}: the payload's key {} is not known and not used", config_.device_name,
                   printable(key));
}

void BatteryApp::report_life(Life::Phase before) {
  const Life::Phase after = model_.phase();
  if (after == before) return;
  const Instant now = loop_.now();
  const std::string source = config_.device_name + " (topic " + printable(config_.topic) + ")";
  switch (after) {
    case Life::Phase::waiting:
      break;
    case Life::Phase::live:
      if (before == Life::Phase::waiting)
        life_log_.say(spdlog::level::info, now, "{}: first message", source);
      else
        life_log_.say(spdlog::level::warn, now, "{}: messages are back", source);
      break;
    case Life::Phase::holding:
      life_log_.say(spdlog::level::warn, now,
                    "{}: no valid message for {} s; its values are withdrawn{}", source,
                    config_.timeout.count(),
                    model_.limits().charge_stopped ? ", charging is stopped (CCL 0)" : "");
      break;
    case Life::Phase::gone:
      life_log_.say(spdlog::level::err, now,
                    "{}: still silent; {} leaves the bus until a message arrives", source,
                    device_.bus_name());
      break;
  }
}

void BatteryApp::report_limits(const LimitState& before) {
  const LimitState& after = model_.limits();
  const std::string& name = config_.device_name;
  const Instant now = loop_.now();
  if (after.voltage_refused && !before.voltage_refused)
    limits_log_.say(
        spdlog::level::err, now,
        "{}: /Info/MaxChargeVoltage must be 0.85 to 1.4 times the measured voltage, and is not: it "
        "is not used. Look at its unit, and whether it is this battery's",
        name);
  if (after.charge_stopped && !before.charge_stopped)
    limits_log_.say(spdlog::level::warn, now, "{}: {}: charging is stopped (CCL 0)", name,
                    why_stopped(after));
  if (!after.charge_stopped && before.charge_stopped)
    limits_log_.say(spdlog::level::warn, now, "{}: the charge limits are back", name);
  report_lowered(before);
  if (after.discharge_kept && !before.discharge_kept)
    limits_log_.say(
        spdlog::level::warn, now,
        "{}: the payload does not give /Info/MaxDischargeCurrent any more: the last one stays",
        name);
  if (after.discharge_stopped && !before.discharge_stopped)
    limits_log_.say(
        spdlog::level::warn, now,
        "{}: the payload gives no usable /Info/MaxDischargeCurrent: discharging is stopped (DCL 0)",
        name);
}

void BatteryApp::report_lowered(const LimitState& before) {
  const LimitState& after = model_.limits();
  if (after.voltage_lowered == before.voltage_lowered) return;
  const auto& voltage_v = after.max_charge_voltage.value;
  if (!after.voltage_lowered)
    return limits_log_.say(spdlog::level::warn, loop_.now(),
                           "{}: CVL is back at what the payload gives", config_.device_name);
  limits_log_.say(spdlog::level::warn, loop_.now(), "{}: {}: CVL lowered to {:.1f} V",
                  config_.device_name,
                  model_.values().number(q("/Dc/0/Current"))
                      ? "charging goes on although CCL is 0 (feed-in of DC-coupled PV?)"
                      : "CCL is 0, and no current tells whether charging stops",
                  voltage_v.value_or(0));
}

void BatteryApp::settle() {
  const Instant now = loop_.now();
  const Life::Phase before = model_.phase();
  device_.identify(model_.values());
  const ItemValues& values = model_.view(now);
  report_life(before);
  if (model_.phase() == Life::Phase::live)
    report_limits(std::exchange(limits_said_, model_.limits()));
  join_or_leave(values);
  ask_if_due(now);
  wake_.at(earlier(model_.question_due(), earlier(model_.next_change(now), publish(now))));
}

void BatteryApp::ask_if_due(Instant now) {
  const auto due = model_.question_due();
  if (!due || *due > now) return;
  model_.asked(now);
  // Behind wildcards it has to be heard once to be known.
  const auto venus = venus_topic_of(topic_.topic());
  if (!venus) return;
  if (repeats_.count("question", now, Repeats::Named::by_us))
    spdlog::info("{}: the Venus device is there, but {} was not heard: asking for it",
                 config_.device_name, printable(topic_.topic()));
  ask_(venus->question());
}

/// Returns when to call again.
std::optional<Instant> BatteryApp::publish(Instant now) {
  if (const auto due = device_.update(model_.values(), now)) return due;
  const auto last_sign = model_.last_sign();
  return last_sign ? device_.show_life(model_.values(), *last_sign, now) : std::nullopt;
}

void BatteryApp::join_or_leave(const ItemValues& values) {
  const Life::Phase phase = model_.phase();
  if (phase == Life::Phase::gone && device_.joined()) return device_.leave();
  if (phase != Life::Phase::live || device_.joined() || !device_.identified()) return;
  // systemcalc lists a battery only if its voltage is valid when it appears.
  if (values[q("/Dc/0/Voltage")].value) device_.join(values);
}

}  // namespace dmb
