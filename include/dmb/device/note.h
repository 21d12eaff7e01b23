// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/bank_hints.h"
#include "dmb/bank/standing.h"
#include "dmb/battery/plausibility.h"
#include "dmb/control/trial.h"
#include "dmb/control/vote.h"
#include "dmb/device/message_fault.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dmb {

/// For people. Why charging of an MQTT battery is stopped although its payload does not say so.
std::string_view describe_stop(Cause cause);

/// What a device tells besides its values: facts, for the log to put into words. Each is told when
/// it becomes true, not while it stays so.
namespace note {

/// The first look round has ended without a member.
struct NobodyFound {};
struct MemberGone {
  std::string name;
  std::size_t left = 0;  ///< how many are there still
};
/// A missing member is not missed any more, because somebody asked for that.
struct MemberForgotten {
  std::string name;  ///< as that person called it
};
/// What a member counts for is not what it was; at first it is taken to count.
struct MemberStanding {
  std::string name;
  Standing standing = Standing::counted;
};
/// Nothing tells what the battery behind this member holds.
struct CapacityUnknown {
  std::string name;
};
/// Two members count as full at different voltages.
struct ChargedVoltagesDiffer {
  std::string name;
  double voltage_v = 0;
  std::string other;
  double other_voltage_v = 0;
};

/// Something about the bank that a person should look at.
struct HintFound {
  BankHint hint;
};
/// What the bank shows, from time to time.
struct BankShows {
  std::size_t members = 0;
  std::optional<double> voltage_v;
  std::optional<double> current_a;
  std::optional<double> power_w;
  std::optional<double> soc_percent;
};

/// What a bank's BMS, or a charge control, allows; without a reason all that is configured.
struct LimitChanged {
  Limit limit = Limit::charge_current;  ///< of currents
  bool allowed = true;
  LimitReason reason;
  bool trouble = true;  ///< that a person should look at, or its end
};
/// A charge control has cells to go by, and no temperature: nobody stops charging in the cold.
struct TemperatureUnknown {};
/// It is to be charged to a state of charge, which nobody tells.
struct ChargeGoalUnknown {};
/// Charging goes on in spite of a stop: CVL went below what is given or configured …
struct ChargeVoltageLowered {
  std::optional<double> max_charge_voltage_v;
  bool current_known = true;  ///< else it is lowered because nobody knows
};
/// … and is where it belongs again; nullopt: as the payload gives it.
struct ChargeVoltageBack {
  std::optional<double> max_charge_voltage_v;
};
/// The configured charge voltage cannot be that of this bank.
struct ChargeVoltageMisfit {
  double configured_v = 0;
  double measured_v = 0;
};

/// The bank shows its fail-safe limits for the last time …
struct BankHolding {
  BankTrouble trouble = BankTrouble::nobody_heard;
};
/// … and leaves the bus.
struct BankLeft {
  BankTrouble trouble = BankTrouble::nobody_heard;
};

/// A switch was written to, or stands otherwise than it does by itself.
struct Switched {
  std::string what;         ///< for people
  bool is_refused = false;  ///< it stands as before
};

/// An hour of one that does not control has ended: how its limits stood to those in force.
struct TrialHourOver {
  TrialHour hour;
};

// Of an MQTT battery. Those about messages come with each message; topics, keys and what a decoder
// says hold what others chose.

/// A message was of no use, or is no sign of life.
struct MessageUnused {
  MessageFault fault = MessageFault::not_json;
  std::string topic;
  std::string what;    ///< for people; of MessageFault::no_value the paths
  bool first = false;  ///< of MessageFault::no_value: since the last sign of life
};
struct FieldUnusable {
  std::string_view path;
  std::string what;
};
/// Once each; of very many not all.
struct KeyUnknown {
  std::string key;
};
/// What is told does not fit together, for some time now.
struct DoubtLasts {
  Doubt doubt;
};

/// Another battery behind the wildcards, which is not mixed with that of `used`.
struct OtherTopic {
  std::string topic;
  std::string used;
};
/// What the battery's topic told is void, as another one …
struct TopicTakesOver {
  std::string topic;
};
/// … is read from now on, because the config says so.
struct TopicChanged {
  std::string topic;
  std::string before;
};
/// A Venus device is there, but the topic was not heard: it is asked for.
struct TopicAskedFor {
  std::string topic;
};

struct FirstMessage {
  std::string topic;
};
struct MessagesBack {
  std::string topic;
};
/// The source itself said that the device is gone.
struct SourceGone {
  std::string topic;
};
/// No sign of life for so long: values are withdrawn, limits are those of the fail-safe …
struct BatterySilent {
  std::string topic;
  std::chrono::seconds timeout{0};
  bool charge_stopped = false;
};
/// … and for ten seconds more: it leaves the bus.
struct BatteryLeft {
  std::string topic;
};

/// The charge voltage that is given cannot be that of this battery.
struct ChargeVoltageRefused {};
struct ChargeStopped {
  Cause cause = Cause::not_usable;
};
struct ChargeLimitsBack {};
/// DCL is not given any more: the last one stays …
struct DischargeLimitKept {};
/// … or it is given and unusable, or is to be 0 then.
struct DischargeStopped {};

}  // namespace note

using Note = std::variant<
    note::NobodyFound, note::MemberGone, note::MemberForgotten, note::MemberStanding,
    note::CapacityUnknown, note::ChargedVoltagesDiffer, note::HintFound, note::BankShows,
    note::LimitChanged, note::TemperatureUnknown, note::ChargeGoalUnknown, note::Switched,
    note::TrialHourOver, note::ChargeVoltageLowered, note::ChargeVoltageBack,
    note::ChargeVoltageMisfit, note::BankHolding, note::BankLeft, note::MessageUnused,
    note::FieldUnusable, note::KeyUnknown, note::DoubtLasts, note::OtherTopic, note::TopicTakesOver,
    note::TopicChanged, note::TopicAskedFor, note::FirstMessage, note::MessagesBack,
    note::SourceGone, note::BatterySilent, note::BatteryLeft, note::ChargeVoltageRefused,
    note::ChargeStopped, note::ChargeLimitsBack, note::DischargeLimitKept, note::DischargeStopped>;
using Notes = std::vector<Note>;

/// For people, without a full stop: "topic a/b: …".
std::string describe(const note::MessageUnused& unused);

}  // namespace dmb
