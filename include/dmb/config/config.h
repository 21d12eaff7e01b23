// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/shunt_capacity.h"
#include "dmb/bank/temperature_danger.h"
#include "dmb/battery/required_items.h"
#include "dmb/battery/time_to_go.h"
#include "dmb/control/charge_rules.h"
#include "dmb/mapping/map.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dmb {

enum class LogLevel : std::uint8_t { error, warning, info, debug };

/// [MQTT]: how to reach the broker. Empty strings are "not set".
struct BrokerConfig {
  std::string address = {};  ///< host name or IP address, never empty
  std::uint16_t port = 1883;
  std::string username = {};  ///< empty: anonymous
  std::optional<std::string> password = {};
  bool tls_enabled = false;
  bool tls_insecure = false;        ///< true: no host name is verified, without a CA nothing is
  std::string tls_path_to_ca = {};  ///< empty: the system's bundle
  std::string tls_path_to_cert = {};
  std::string tls_path_to_key = {};
  bool operator==(const BrokerConfig&) const = default;
};

/// [PUBLISH]: what others may read of the batteries, Home Assistant for one.
struct PublishConfig {
  bool homeassistant = true;                ///< tell it what there is
  std::string topic = "dbus-mqtt-battery";  ///< what all topics begin with
  std::string client = {};                  ///< tells this device from others at the broker
  std::chrono::seconds interval{5};         ///< between two states of a battery
  std::string discovery_prefix = "homeassistant";
  std::optional<BrokerConfig> own_broker = {};  ///< nullopt: the broker of [MQTT]
  bool operator==(const PublishConfig&) const = default;
};

/// What is recorded, for bug reports.
struct RecordConfig {
  /// A relative one counts from the config's folder. nullopt: nothing is recorded, unless the
  /// command line asks for it, and then as the rest says.
  std::optional<std::string> path = {};
  std::chrono::hours max_age{24};  ///< of what is kept
  std::size_t max_bytes = 20'000'000;
  std::vector<std::string> mask = {};  ///< words that must not stand in it
  bool operator==(const RecordConfig&) const = default;
};

/// One MQTT battery: [DEFAULT] with the topic of [MQTT], or one [BATTERY name] section.
struct BatteryConfig {
  /// Filter, empty only where there is a map; wildcards; a leading "/" before "N/" is removed.
  std::string topic = {};
  std::string device_name = "MQTT Battery";
  int device_instance = 100;                  ///< VRM instance; the settings service decides
  std::string service_name = "mqtt_battery";  ///< last part of the bus name
  std::chrono::seconds timeout{60};           ///< without a valid message; 0 = never
  bool stop_discharge_on_timeout = false;
  std::chrono::milliseconds min_update_interval{100};
  TimeToGoConfig time_to_go = {};
  RequiredItems required = default_required_items();
  std::optional<int> product_id = {};  ///< nullopt: that of an MQTT battery
  std::string label = {};              ///< of [BATTERY label]; empty: that of [MQTT]
  bool cell_page = true;               ///< where there are cells
  bool switches = false;               ///< on the display, where it may limit
  bool control = true;                 ///< else it publishes values, and no limit
  bool on_bus = true;                  ///< false: it is only a member of a bank that hides it
  std::string preset = {};             ///< of the map; empty: none
  /// How its values are read where each has a topic of its own; nullopt: `topic` brings JSON.
  std::optional<Map> map = {};
  std::optional<ChargeRules> charge_control = {};  ///< nullopt: limits are made by others
  bool operator==(const BatteryConfig&) const = default;
};

enum class ShuntMode : std::uint8_t { monitor, virtual_bms };

/// [SMARTSHUNTS]: the aggregate, as a monitor or as a BMS.
struct ShuntConfig {
  ShuntMode mode = ShuntMode::monitor;
  std::string device_name = "SmartShunt Aggregate";
  int device_instance = 99;
  std::string service_name = "aggregate_shunts";
  std::optional<double> total_capacity_ah = {};
  CapacityMode capacity_mode = CapacityMode::registers;
  // Each entry is an instance, a custom name, a serial, or a service name.
  std::vector<std::string> exclude_shunts = {};
  std::vector<std::string> include_shunts = {};  ///< monitors that are no SmartShunts
  std::optional<int> expected_shunts = {};       ///< nullopt: as many as were seen together
  TemperatureDanger danger = {};
  std::optional<double> max_charge_voltage_v = {};
  std::optional<double> max_charge_current_a = {};
  std::optional<double> max_discharge_current_a = {};
  std::chrono::seconds log_period{300};  ///< 0 = no status line
  std::chrono::seconds timeout{180};     ///< in which a shunt must have answered; 0 = never
  bool stop_discharge_on_timeout = false;
  std::chrono::milliseconds min_update_interval{100};
  bool switches = false;                           ///< on the display
  std::optional<int> product_id = {};              ///< nullopt: by mode
  bool cell_page = true;                           ///< of its members' alarms
  TimeToGoConfig time_to_go = {};                  ///< its floor only where no shunt tells its own
  std::optional<ChargeRules> charge_control = {};  ///< of a virtual BMS; with cells
  bool operator==(const ShuntConfig&) const = default;
};

/// What a bank does about limits when a member is lost.
enum class MemberLoss : std::uint8_t {
  shrink,  ///< those of the rest count
  stop,    ///< neither charge nor discharge
  keep,    ///< as if it were there, for a while; then as shrink
};

/// A shunt that measures for one battery of a bank. Entries as of is_named().
struct PairConfig {
  std::string battery = {};
  std::string shunt = {};
  bool operator==(const PairConfig&) const = default;
};

/// [BANK name]: any batteries as one.
struct BankConfig {
  std::string label = {};  ///< the section's own name
  std::string device_name = {};
  int device_instance = 110;
  std::string service_name = "bank_110";
  /// Who takes part: labels of [BATTERY] sections, kinds, or entries as of is_named(). Empty: every
  /// battery that is no aggregate and no mere monitor.
  std::vector<std::string> members = {};
  std::string shunt = {};  ///< a monitor that measures for the whole bank; empty: none
  std::vector<PairConfig> pairs = {};
  int series = 1;            ///< so many members, in the order of `members`, make a string
  bool cell_page = true;     ///< where its members have cells; of their alarms, and of the system
  bool switches = false;     ///< on the display
  bool show_members = true;  ///< else its [BATTERY]s are not on the bus themselves
  MemberLoss when_member_lost = MemberLoss::shrink;
  std::chrono::seconds keep{0};      ///< of MemberLoss::keep
  std::optional<int> expected = {};  ///< members; nullopt: as many as were ever heard together
  bool control = true;               ///< else it publishes values, and no limit
  std::optional<double> total_capacity_ah = {};
  std::optional<double> max_charge_voltage_v = {};  ///< of members that tell no limits
  std::optional<double> max_charge_current_a = {};
  std::optional<double> max_discharge_current_a = {};
  TemperatureDanger danger = {};
  std::chrono::seconds log_period{300};
  std::chrono::seconds timeout{180};  ///< in which a service must have answered; 0 = never
  bool stop_discharge_on_timeout = false;
  std::chrono::milliseconds min_update_interval{100};
  std::optional<int> product_id = {};
  TimeToGoConfig time_to_go = {};
  std::optional<ChargeRules> charge_control = {};  ///< nullopt: limits are the members' own
  bool operator==(const BankConfig&) const = default;
};

/// A complete, checked configuration. Later code does not check again.
struct Config {
  LogLevel log_level = LogLevel::warning;
  std::optional<BrokerConfig> broker = {};  ///< set when the MQTT source is on
  /// MQTT batteries, service names and instances distinct.
  std::vector<BatteryConfig> batteries = {};
  std::optional<ShuntConfig> shunts = {};  ///< set when the aggregator is on
  std::vector<BankConfig> banks = {};      ///< service names and instances distinct from all others
  std::optional<PublishConfig> publish = {};  ///< set when it is on, and there is a broker for it
  RecordConfig record = {};
  bool operator==(const Config&) const = default;
};

}  // namespace dmb
