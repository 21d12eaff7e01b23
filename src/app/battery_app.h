// SPDX-License-Identifier: MIT
#pragma once

#include "app/device_host.h"
#include "app/record/taped_device.h"
#include "app/state_file.h"
#include "app/switch_panel.h"
#include "dmb/bank/known_members.h"
#include "dmb/config/config.h"
#include "dmb/control/trial.h"
#include "dmb/device/battery_device.h"
#include "dmb/status/status.h"
#include "mqtt/mqtt_source.h"
#include "runtime/loop.h"
#include "runtime/wake_up.h"
#include "sources/mqtt/battery_source.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dmb {

/// One MQTT battery: joins what makes its events with a BatteryDevice.
class BatteryApp {
 public:
  /// Asks a Venus broker: publishes an empty payload to this topic.
  using Ask = std::function<void(const std::string& topic)>;

  /// `loop` must outlive it. `connection` is shown as /Mgmt/Connection.
  /// `settled` is called each time that what it shows may have changed.
  /// `state` must outlive it as well; what it recalls of this battery goes on. `tape` likewise.
  BatteryApp(Loop& loop, BatteryConfig config, const std::string& connection, Ask ask,
             std::function<void(const BatteryApp&)> settled, StateFile& state, Tape& tape);
  ~BatteryApp();
  BatteryApp(const BatteryApp&) = delete;
  BatteryApp& operator=(const BatteryApp&) = delete;

  const BatteryConfig& config() const { return config_; }
  /// What changes, changes in place: what the battery told, its life and its limits stay, and it
  /// leaves the bus only for another name or instance, and for a moment.
  void change(BatteryConfig config, const std::string& connection);
  status::BatteryStatus status(Instant now) const;
  const ItemValues& values() const { return battery_.model().values(); }
  /// As a bank counts them: with its limits, which one that does not control does not show.
  const ItemValues& member_values() const { return config_.control ? values() : with_limits_; }
  /// It is on the bus, or would be were it not hidden behind its bank.
  bool is_present() const { return host_.is_present(); }
  bool is_live() const { return battery_.model().phase() == Life::Phase::live; }
  /// What its charge control must not forget over a restart; nullopt: there is none.
  std::optional<ChargeMemory> charge_memory() const { return battery_.charge_memory(loop_.now()); }
  /// What its user set.
  KeptValues kept_settings() const { return host_.settings().memory(); }
  /// `--forget` of what the charge control of the battery of this name misses; nullopt: there is
  /// none.
  std::optional<Forgetting> forget_sensors(const std::string& name);
  /// What it has to be told of the broker.
  const BatterySource& source() const { return *source_; }

  /// Of one that does not control: holds its limits against these.
  void compare(const LimitsInForce& in_force);
  // For a part of the recording that begins now: what it is made of, then what it shows.
  void tape_creation();
  void tape_view() { taped_.tell_view(); }
  void tape_decision() { taped_.tell_decision(); }

  // Events; their effect on the bus waits for settle().
  void on_connected();
  void on_message(const MqttMessage& message);
  void on_oversized(const MqttOversized& message);

  /// Brings the bus up to date; once at the end of each turn in which something happened.
  void settle();

 private:
  std::unique_ptr<BatterySource> make_source();
  void resume_charge_control();
  void tape_memory(const ChargeMemory& memory);
  void on_settled();
  std::optional<SwitchOffer> switch_offer() const;
  std::vector<PagePack> page_packs() const;
  void on_burst_end();
  void handle(const Event& event, Instant at);

  Loop& loop_;
  StateFile& state_;
  Tape& tape_;
  BatteryConfig config_;
  Ask ask_;
  std::function<void(const BatteryApp&)> settled_;
  std::unique_ptr<BatterySource> source_;
  BatteryDevice battery_;
  ItemValues with_limits_;
  TapedDevice taped_;  ///< battery_, for all that reaches it
  DeviceHost host_;
  SwitchPanel panel_;
  Trial trial_;
  WakeUp burst_end_;
};

}  // namespace dmb
