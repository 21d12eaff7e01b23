// SPDX-License-Identifier: MIT
#include "note_text.h"

#include "dmb/device/hint_words.h"

#include <iomanip>
#include <sstream>

namespace dmb::test {
namespace {

std::string volts(const std::optional<double>& voltage_v) {
  if (!voltage_v) return "as given";
  std::ostringstream out;
  out << std::fixed << std::setprecision(2) << *voltage_v << " V";
  return out.str();
}

std::string trouble(BankTrouble trouble) {
  return trouble == BankTrouble::nobody_heard ? "nobody heard" : "charge voltage misfit";
}

std::string words(MessageFault fault) {
  switch (fault) {
    case MessageFault::not_json:
      return "not JSON";
    case MessageFault::too_deep:
      return "too deep";
    case MessageFault::not_an_object:
      return "not an object";
    case MessageFault::too_little:
      return "too little";
    case MessageFault::no_value:
      return "no value";
    case MessageFault::oversized:
      break;
  }
  return "oversized";
}

std::string words(Cause cause) {
  switch (cause) {
    case Cause::charge_voltage_refused:
      return "charge voltage refused";
    case Cause::charge_voltage_lost:
      return "charge voltage lost";
    case Cause::charge_blocked:
      return "blocked";
    default:
      break;
  }
  return "charge current unusable";
}

std::string words(Standing standing) {
  switch (standing) {
    case Standing::counted:
      return "counts";
    case Standing::disconnected:
      return "disconnected";
    case Standing::not_connected:
      return "not connected";
    case Standing::switched_off:
      return "switched off";
    case Standing::no_voltage:
      return "no voltage";
    case Standing::no_alarms:
      return "no alarms";
    case Standing::bms_not_heard:
    case Standing::no_limit:
    case Standing::charge_voltage_misfit:
      return std::string(describe(standing));
    case Standing::other_bank:
      break;
  }
  return "other bank";
}

struct Writer {
  std::string operator()(const note::NobodyFound&) const { return "nobody found"; }
  std::string operator()(const note::MemberGone& gone) const {
    return "member gone: " + gone.name + ", " + std::to_string(gone.left) + " left";
  }
  std::string operator()(const note::MemberForgotten& forgotten) const {
    return "member forgotten: " + forgotten.name;
  }
  std::string operator()(const note::MemberStanding& member) const {
    return "member standing: " + member.name + ": " + words(member.standing);
  }
  std::string operator()(const note::CapacityUnknown& member) const {
    return "capacity unknown: " + member.name;
  }
  std::string operator()(const note::ChargedVoltagesDiffer& differ) const {
    return "charged voltages differ: " + differ.name + " " + volts(differ.voltage_v) + ", " +
           differ.other + " " + volts(differ.other_voltage_v);
  }
  std::string operator()(const note::HintFound& found) const {
    return "hint: " + words_of(found.hint).what;
  }
  std::string operator()(const note::BankShows& shown) const {
    return "shows: " + std::to_string(shown.members) + " members, " + volts(shown.voltage_v);
  }
  std::string operator()(const note::LimitChanged& limit) const {
    const std::string what = limit.limit == Limit::charge_current ? "charge" : "discharge";
    const std::string reason = describe(limit.reason);
    if (!limit.allowed) return what + " stopped: " + reason;
    return what + " allowed" + (reason.empty() ? "" : ": " + reason);
  }
  std::string operator()(const note::ChargeGoalUnknown&) const { return "charge goal unknown"; }
  std::string operator()(const note::Switched& switched) const { return switched.what; }
  std::string operator()(const note::TrialHourOver& over) const { return describe(over.hour); }
  std::string operator()(const note::TemperatureUnknown&) const { return "temperature unknown"; }
  std::string operator()(const note::ChargeVoltageLowered& lowered) const {
    return "charge voltage lowered: " + volts(lowered.max_charge_voltage_v) +
           (lowered.current_known ? "" : ", no current is known");
  }
  std::string operator()(const note::ChargeVoltageBack& back) const {
    return "charge voltage back: " + volts(back.max_charge_voltage_v);
  }
  std::string operator()(const note::ChargeVoltageMisfit& misfit) const {
    return "charge voltage misfit: " + volts(misfit.configured_v) + " at " +
           volts(misfit.measured_v);
  }
  std::string operator()(const note::BankHolding& holding) const {
    return "holding: " + trouble(holding.trouble);
  }
  std::string operator()(const note::BankLeft& left) const {
    return "left: " + trouble(left.trouble);
  }
  std::string operator()(const note::MessageUnused& unused) const {
    return "message unused: " + words(unused.fault) +
           (unused.fault == MessageFault::no_value ? ": " + unused.what : "") +
           (unused.fault == MessageFault::no_value && !unused.first ? ", again" : "");
  }
  std::string operator()(const note::FieldUnusable& field) const {
    return "field unusable: " + std::string(field.path);
  }
  std::string operator()(const note::KeyUnknown& unknown) const {
    return "key unknown: " + unknown.key;
  }
  std::string operator()(const note::DoubtLasts& lasting) const {
    return "doubt: " + dmb::text_of(lasting.doubt);
  }
  std::string operator()(const note::OtherTopic& other) const {
    return "other topic: " + other.topic;
  }
  std::string operator()(const note::TopicTakesOver& topic) const {
    return "topic takes over: " + topic.topic;
  }
  std::string operator()(const note::TopicChanged& changed) const {
    return "topic changed: " + changed.topic + ", was " + changed.before;
  }
  std::string operator()(const note::TopicAskedFor& asked) const {
    return "topic asked for: " + asked.topic;
  }
  std::string operator()(const note::FirstMessage&) const { return "first message"; }
  std::string operator()(const note::MessagesBack&) const { return "messages back"; }
  std::string operator()(const note::SourceGone&) const { return "source gone"; }
  std::string operator()(const note::BatterySilent& silent) const {
    return std::string("silent") + (silent.charge_stopped ? ", charge stopped" : "");
  }
  std::string operator()(const note::BatteryLeft&) const { return "left"; }
  std::string operator()(const note::ChargeVoltageRefused&) const {
    return "charge voltage refused";
  }
  std::string operator()(const note::ChargeStopped& stopped) const {
    return "charge stopped: " + words(stopped.cause);
  }
  std::string operator()(const note::ChargeLimitsBack&) const { return "charge limits back"; }
  std::string operator()(const note::DischargeLimitKept&) const { return "discharge limit kept"; }
  std::string operator()(const note::DischargeStopped&) const { return "discharge stopped"; }
};

}  // namespace

std::string text_of(const Note& note) {
  return std::visit(Writer{}, note);
}

}  // namespace dmb::test
