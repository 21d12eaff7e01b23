// SPDX-License-Identifier: MIT
#pragma once

#include "app/device_service.h"
#include "dmb/codec/payload_decoder.h"
#include "dmb/codec/topic.h"
#include "dmb/config/config.h"
#include "dmb/domain/battery_model.h"
#include "dmb/domain/refused_fields.h"
#include "dmb/domain/repeats.h"
#include "dmb/domain/topic_choice.h"
#include "dmb/status/status.h"
#include "log/transition_log.h"
#include "mqtt/mqtt_source.h"
#include "runtime/loop.h"
#include "runtime/wake_up.h"

#include <functional>
#include <optional>
#include <string>

namespace dmb {

/// One MQTT battery: hands messages to the model, puts what follows on the bus, and tells the log
/// what happened. Comes to the bus with the first live message, leaves it after a silence:
/// docs/behaviour.md, "Life and silence".
class BatteryApp {
 public:
  /// Asks a Venus broker: publishes an empty payload to this topic.
  using Ask = std::function<void(const std::string& topic)>;

  /// `loop` must outlive it. `connection` is shown as /Mgmt/Connection.
  BatteryApp(Loop& loop, BatteryConfig config, const std::string& connection, Ask ask);

  const BatteryConfig& config() const { return config_; }
  /// What changes, changes in place: what the battery told, its life and its limits stay, and it
  /// leaves the bus only for another name or instance, and for a moment.
  void change(BatteryConfig config, const std::string& connection);
  status::BatteryStatus status(Instant now) const;
  bool is_live() const { return model_.phase() == Life::Phase::live; }
  /// Whether a publication to `topic` concerns this battery.
  bool wants(std::string_view topic) const;

  // Events; their effect on the bus waits for settle().
  void on_connected() { model_.connected(); }
  void on_message(const MqttMessage& message);
  void on_oversized(const MqttOversized& message);

  /// Brings the bus up to date; once at the end of each turn in which something happened.
  void settle();

 private:
  struct Rejection {
    status::MessageFault fault;
    std::string text;
    Instant at;
  };

  void read_from(const std::string& topic);
  void on_heartbeat(const MqttMessage& message);
  void on_rejected(const Rejected& rejected, const MqttMessage& message);
  void on_gone(const MqttMessage& message);
  bool choose(const Reading& reading, const MqttMessage& message);
  void take(const Reading& reading, const MqttMessage& message);
  bool of_unknown_age(const MqttMessage& message) const;
  void report_other_topic(const std::string& topic);
  void report_no_life(const Reading& reading, const MqttMessage& message);
  void report_reject(status::MessageFault fault, std::string_view cause, const std::string& text,
                     Instant now);
  void report_doubts(Instant now);
  void report_fields(const Reading& reading, Instant now);
  void report_life(Life::Phase before);
  void report_limits(const LimitState& before);
  void report_lowered(const LimitState& before);
  void join_or_leave(const ItemValues& values);
  void ask_if_due(Instant now);
  std::optional<Instant> publish(Instant now);

  Loop& loop_;
  BatteryConfig config_;
  std::optional<VenusTopic> venus_;  ///< of the filter
  Ask ask_;
  BatteryModel model_;
  TopicChoice topic_;
  PayloadDecoder decoder_;
  std::int64_t rejected_ = 0;
  std::optional<Rejection> last_rejection_;
  RefusedFields refused_;
  Repeats repeats_;
  Repeats strange_;  ///< keys and topics, which others make up
  TransitionLog life_log_;
  TransitionLog limits_log_;
  LimitState limits_said_;
  DeviceService device_;
  WakeUp wake_;
};

}  // namespace dmb
