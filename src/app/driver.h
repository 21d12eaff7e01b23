// SPDX-License-Identifier: MIT
#pragma once

#include "app/bank_app.h"
#include "app/battery_app.h"
#include "app/config_file.h"
#include "app/publishing.h"
#include "app/record/tape.h"
#include "app/state_file.h"
#include "dbus/status_server.h"
#include "dmb/mapping/topic_tree.h"
#include "dmb/status/status.h"
#include "log/repeats.h"
#include "mqtt/broker_state.h"
#include "mqtt/mqtt_source.h"
#include "runtime/loop.h"
#include "sources/bus/limits_in_force.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dmb {

/// The running program: keeps what the config file says alive, and follows the file, whether one is
/// in force or not. A config with errors never replaces one that works.
class Driver {
 public:
  /// `loop` must outlive it. `record_to`: what happens is recorded there, whatever the config says.
  Driver(Loop& loop, std::filesystem::path config_path,
         std::optional<std::filesystem::path> record_to = std::nullopt);
  ~Driver();
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  /// Reads the config and starts. Throws std::runtime_error when there is no D-Bus.
  void start();
  /// SIGHUP: reads the config again and applies what changed.
  void reload();

  /// What `--status` is told.
  status::ProcessStatus status(Instant now) const;

 private:
  /// What came from the broker in use.
  struct Received {
    std::optional<Instant> last_message_at;
    std::int64_t messages = 0;
    std::vector<std::string> refused_filters;
  };

  void offer_status();
  status::ConfigStatus config_status() const;
  status::BrokerStatus broker_status(Instant now) const;
  void load();
  void report_readable_password(const Config& config) const;
  void watch_config();
  void on_config_directory_changed();
  void on_config_calm();
  void take(const Config& config);
  void apply(const Config& config);
  std::optional<RecordConfig> wanted_recording(const Config& config) const;
  void tape_config();
  void catch_up();
  bool attempt(const std::string& what, const std::function<void()>& start);
  void apply_batteries();
  void apply_broker(bool same_broker);
  void apply_shunts();
  void apply_banks();
  void apply_trial();
  void on_limits_in_force(const LimitsInForce& in_force);
  std::vector<std::string> own_services() const;
  void on_battery(const BatteryApp& battery);
  std::vector<PublishedBattery> published_batteries();
  void settle_banks();
  status::ForgetAnswer forget(const std::string& name);
  std::optional<Forgetting> forget_sensors(const std::string& name);
  std::string broker_text() const;
  void on_mqtt(std::span<MqttEvent> events);
  void on_message(const MqttMessage& message);
  void on_oversized(const MqttOversized& message);
  void ask(const std::string& topic);
  void rebuild_routes();
  const std::vector<std::size_t>& receivers_of(std::string_view topic);
  void on_up();

  Loop& loop_;
  std::filesystem::path config_path_;
  ConfigFile config_file_;  ///< as last checked
  ConfigFile config_seen_;  ///< as last read; newer while somebody may still be writing
  std::optional<Config> config_;
  Config applied_;                       ///< what runs, or is tried again
  std::vector<ConfigProblem> problems_;  ///< of the file as last read
  Instant started_at_;
  LoopSource config_watch_;
  Timer config_poll_;
  Timer config_calm_;
  Timer retry_;
  Repeats failures_;
  BrokerState broker_state_;
  Received received_;
  std::string client_id_;
  StateFile state_;
  std::optional<std::filesystem::path> record_to_;
  std::string applied_text_;  ///< of the config that runs
  Tape tape_;
  Publishing publishing_;  // outlives whom it publishes, for they tell it what they do
  std::vector<std::unique_ptr<BatteryApp>> batteries_;
  TopicTree routes_;  ///< to batteries_, by index
  std::vector<std::size_t> receivers_;
  std::unique_ptr<BankApp> shunts_;  ///< of [SMARTSHUNTS]
  std::vector<std::unique_ptr<BankApp>> banks_;
  std::unique_ptr<LimitsInForceWatch> limits_in_force_;  ///< while one of them does not control
  bool in_turn_ = false;  ///< more batteries may settle before the banks have to
  // Last, so that it ends first: nothing arrives while the batteries go.
  std::unique_ptr<MqttSource> mqtt_;
  std::unique_ptr<StatusServer> status_server_;
};

}  // namespace dmb
