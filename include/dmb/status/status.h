// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/bank_hints.h"
#include "dmb/battery/life.h"
#include "dmb/config/broker_trouble.h"
#include "dmb/control/charge_control.h"
#include "dmb/control/guard.h"
#include "dmb/device/message_fault.h"
#include "dmb/status/trial.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dmb::status {

// What one running process of ours tells about itself when somebody asks: a snapshot, all times as
// ages in seconds at the moment of asking. Empty strings and nullopt are "nothing to tell".
// Texts may come from outside (names, topics, payloads): printable() before they are shown.

/// Number of the form of this snapshot; grows when a key changes its meaning or goes.
inline constexpr std::int64_t kSchema = 1;

/// What became of the config file.
enum class ConfigState : std::uint8_t {
  in_force,
  outdated,  ///< it has errors; what it said before goes on
  waiting,   ///< it has errors, and nothing runs until they are corrected
  missing,   ///< there is none: every SmartShunt is aggregated
};

struct ConfigStatus {
  std::string file;  ///< canonical path
  ConfigState state = ConfigState::waiting;
  std::string digest;  ///< of the file as it was last read, see digest_of()
  std::vector<std::string> errors;
  std::vector<std::string> warnings;
  bool operator==(const ConfigStatus&) const = default;
};

struct BrokerStatus {
  std::string host;
  std::int64_t port = 0;
  bool connected = false;
  double state_age_s = 0;                ///< connected, or trying, for so long
  std::optional<BrokerTrouble> trouble;  ///< why the last attempt or connection failed
  std::string last_error;                ///< the same in words
  std::optional<double> last_error_age_s;
  std::optional<double> last_message_age_s;
  std::int64_t messages = 0;                       ///< received since the daemon uses this broker
  std::vector<std::string> refused_subscriptions;  ///< topic filters the broker does not allow us
  bool operator==(const BrokerStatus&) const = default;
};

/// A service as it stands on the bus.
struct ServiceStatus {
  std::string name;  ///< whole bus name
  std::optional<std::int64_t> instance;
  bool on_bus = false;
  std::string taken_by;  ///< who else has the name
  bool hidden = false;   ///< it is not to be on the bus: only its bank is
  bool operator==(const ServiceStatus&) const = default;
};

/// What the bus shows; nothing while the service is not there.
struct ValuesStatus {
  std::optional<double> voltage_v;
  std::optional<double> current_a;
  std::optional<double> power_w;
  std::optional<double> soc_percent;
  std::int64_t items_known = 0;  ///< items that have a value
  bool operator==(const ValuesStatus&) const = default;
};

/// What one of those who may limit wants.
struct VoteStatus {
  double value = 0;
  std::string why;
  bool operator==(const VoteStatus&) const = default;
};

/// One limit that is on the bus.
struct LimitStatus {
  std::optional<double> value;  ///< nullopt: unknown to its readers
  std::string why;
  bool fault = false;  ///< it is not what the source gives, or the source is stopped by an alarm
  std::vector<VoteStatus> votes = {};  ///< of all who may limit it, those that lose as well
  bool operator==(const LimitStatus&) const = default;
};

/// nullopt: the service has no such limit.
struct LimitsStatus {
  std::optional<LimitStatus> max_charge_voltage_v;
  std::optional<LimitStatus> max_charge_current_a;
  std::optional<LimitStatus> max_discharge_current_a;
  std::string charge_control;  ///< what it does, in words; empty: there is none
  std::string switches;        ///< which a person moved, in words; empty: none
  bool operator==(const LimitsStatus&) const = default;
};

/// The limits of an MQTT battery and where they come from, in words.
LimitsStatus describe_limits(const LimitState& limits, Life::Phase phase);
/// Those of a bank.
LimitsStatus describe_limits(const LimitState& limits);
/// Adds who wanted what of each.
void describe_votes(std::span<const Vote> votes, LimitsStatus& limits);
/// "Absorption, 12 min left; cells from 3.402 V (C2) to 3.451 V (C7)". Null: there is none.
std::string describe_charge_control(const ChargeControl* control);

/// One line of a battery's map: what came, and what became of it.
struct MappedStatus {
  std::string item;             ///< path
  std::string topic;            ///< with the pointer, if it has one
  std::string raw;              ///< as it came, cut
  std::string value;            ///< as the bus shows it; empty: unknown
  std::optional<double> age_s;  ///< nullopt: never heard
  bool required = false;        ///< without it the battery is not there
  bool operator==(const MappedStatus&) const = default;
};

struct BatteryStatus {
  std::string name;
  std::string topic;  ///< of a battery with a map: what its topics begin with, or its preset
  /// Behind wildcards: the topic that is the battery's, once it was heard, and those of others.
  std::string topic_in_use;
  std::vector<std::string> other_topics;
  std::string preset;                ///< of its map
  std::vector<MappedStatus> mapped;  ///< empty: its topic brings JSON
  ServiceStatus service;
  Life::Phase life = Life::Phase::waiting;
  std::int64_t timeout_s = 0;             ///< 0: silence never ends its life
  std::optional<double> last_sign_age_s;  ///< last live message or heartbeat
  std::int64_t accepted = 0;              ///< messages, retained ones included
  std::int64_t rejected = 0;
  std::optional<MessageFault> last_fault;  ///< why the last one of them was not used
  std::string last_rejection;              ///< the same in words
  std::optional<double> last_rejection_age_s;
  std::vector<std::string> doubts;  ///< fields that cannot be used, values that do not fit together
  ValuesStatus values;
  LimitsStatus limits;
  bool charge_voltage_refused = false;    ///< the payload's CVL cannot be right
  bool stop_not_obeyed = false;           ///< CVL is lowered because charging goes on at CCL 0
  std::optional<TrialStatus> trial = {};  ///< set: it shows no limit, `limits` are what it would
  bool operator==(const BatteryStatus&) const = default;
};

struct MemberStatus {
  std::string service;
  std::string name;
  std::optional<std::int64_t> instance;
  double last_signal_age_s = 0;  ///< or answer
  std::optional<double> voltage_v;
  std::optional<double> current_a;
  std::optional<double> soc_percent;
  std::optional<double> capacity_ah;
  std::string capacity_from;
  // What its own BMS tells, of a bank of batteries.
  std::optional<double> max_charge_voltage_v;
  std::optional<double> max_charge_current_a;
  std::optional<double> max_discharge_current_a;
  std::string charge_mode;
  bool operator==(const MemberStatus&) const = default;
};

/// A battery service that is, or may be, a SmartShunt and is not in the aggregate.
struct NotCountedStatus {
  std::string service;
  std::string name;
  std::string why;
  bool hung = false;  ///< it owes an answer
  bool operator==(const NotCountedStatus&) const = default;
};

struct AggregateStatus {
  std::string name;
  bool of_batteries = false;  ///< a [BANK]; else of SmartShunts
  bool virtual_bms = false;   ///< else a monitor
  ServiceStatus service;
  bool looked_round = false;         ///< every service that was there at start has had its chance
  std::int64_t lost = 0;             ///< shunts that are missing of those that were seen together
  std::vector<std::string> missing;  ///< every shunt that is known and not there, some at most
  bool holding = false;              ///< the last one is lost: on the bus with the fail-safe limits
  std::vector<MemberStatus> members;
  std::vector<NotCountedStatus> not_counted;
  std::vector<BankHint> hints;
  ValuesStatus values;
  std::optional<double> capacity_ah;
  LimitsStatus limits;
  std::optional<TrialStatus> trial = {};  ///< as of a battery
  bool operator==(const AggregateStatus&) const = default;
};

/// What is recorded, for bug reports.
struct RecordingStatus {
  std::string file;
  double age_s = 0;             ///< recording for so long
  std::int64_t part_bytes = 0;  ///< in the file; the part before it is in FILE.1
  std::int64_t lost_lines = 0;  ///< that are not in it
  std::string trouble;          ///< why nothing can be written now
  bool operator==(const RecordingStatus&) const = default;
};

struct ProcessStatus {
  std::string version;
  std::int64_t pid = 0;
  double uptime_s = 0;
  ConfigStatus config;
  std::optional<BrokerStatus> broker;
  std::optional<BrokerStatus> publish;  ///< that of [PUBLISH]; its messages are ours
  std::vector<BatteryStatus> batteries;
  std::optional<AggregateStatus> aggregate;  ///< of [SMARTSHUNTS]
  std::vector<AggregateStatus> banks;        ///< each [BANK]
  std::optional<RecordingStatus> recording;
  bool operator==(const ProcessStatus&) const = default;
};

}  // namespace dmb::status
