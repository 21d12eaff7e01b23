// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/status/forget.h"
#include "dmb/status/health.h"

#include <array>
#include <concepts>
#include <string_view>
#include <type_traits>
#include <utility>

/// The keys of the JSON form, once for writing and reading: each function shows every field of a
/// struct, const or not, to `visit(key, field)`.
namespace dmb::status {

template <typename T, typename S>
concept Is = std::same_as<std::remove_const_t<T>, S>;

constexpr std::array<std::pair<std::string_view, ConfigState>, 4> kConfigStates{
    {{"in_force", ConfigState::in_force},
     {"outdated", ConfigState::outdated},
     {"waiting", ConfigState::waiting},
     {"missing", ConfigState::missing}}};
constexpr std::array<std::pair<std::string_view, Life::Phase>, 4> kPhases{
    {{"waiting", Life::Phase::waiting},
     {"live", Life::Phase::live},
     {"holding", Life::Phase::holding},
     {"gone", Life::Phase::gone}}};

constexpr std::array<std::pair<std::string_view, BrokerTrouble>, 17> kBrokerTroubles{
    {{"name_not_found", BrokerTrouble::name_not_found},
     {"unreachable", BrokerTrouble::unreachable},
     {"refused", BrokerTrouble::refused},
     {"no_answer", BrokerTrouble::no_answer},
     {"no_broker", BrokerTrouble::no_broker},
     {"login", BrokerTrouble::login},
     {"client_id", BrokerTrouble::client_id},
     {"rejected", BrokerTrouble::rejected},
     {"certificate", BrokerTrouble::certificate},
     {"client_certificate", BrokerTrouble::client_certificate},
     {"tls", BrokerTrouble::tls},
     {"tls_files", BrokerTrouble::tls_files},
     {"lost", BrokerTrouble::lost},
     {"dropped", BrokerTrouble::dropped},
     {"misbehaving", BrokerTrouble::misbehaving},
     {"stalled", BrokerTrouble::stalled},
     {"internal", BrokerTrouble::internal}}};

constexpr const auto& names_of(BrokerTrouble) {
  return kBrokerTroubles;
}
constexpr std::array<std::pair<std::string_view, BankHint::Kind>, 9> kBankHints{
    {{"soc_differs", BankHint::Kind::soc_differs},
     {"time_to_go_differs", BankHint::Kind::time_to_go_differs},
     {"charged_voltage_differs", BankHint::Kind::charged_voltage_differs},
     {"capacity_differs", BankHint::Kind::capacity_differs},
     {"current_opposite", BankHint::Kind::current_opposite},
     {"not_synchronised", BankHint::Kind::not_synchronised},
     {"monitor_not_counted", BankHint::Kind::monitor_not_counted},
     {"entry_matches_nothing", BankHint::Kind::entry_matches_nothing},
     {"alarms_missing", BankHint::Kind::alarms_missing}}};

constexpr const auto& names_of(BankHint::Kind) {
  return kBankHints;
}
constexpr const auto& names_of(ConfigState) {
  return kConfigStates;
}
constexpr std::array<std::pair<std::string_view, MessageFault>, 6> kMessageFaults{
    {{"not_json", MessageFault::not_json},
     {"too_deep", MessageFault::too_deep},
     {"not_an_object", MessageFault::not_an_object},
     {"too_little", MessageFault::too_little},
     {"no_value", MessageFault::no_value},
     {"oversized", MessageFault::oversized}}};

constexpr const auto& names_of(MessageFault) {
  return kMessageFaults;
}
constexpr const auto& names_of(Life::Phase) {
  return kPhases;
}

constexpr std::array<std::pair<std::string_view, Forgetting>, 4> kForgettings{
    {{"forgotten", Forgetting::forgotten},
     {"present", Forgetting::present},
     {"several", Forgetting::several},
     {"unknown", Forgetting::unknown}}};

constexpr const auto& names_of(Forgetting) {
  return kForgettings;
}

template <Is<ConfigStatus> S, typename Visit>
void fields(S& s, Visit&& visit) {
  visit("file", s.file);
  visit("state", s.state);
  visit("digest", s.digest);
  visit("errors", s.errors);
  visit("warnings", s.warnings);
}

template <Is<BrokerStatus> S, typename Visit>
void fields(S& s, Visit&& visit) {
  visit("host", s.host);
  visit("port", s.port);
  visit("connected", s.connected);
  visit("state_age_s", s.state_age_s);
  visit("trouble", s.trouble);
  visit("last_error", s.last_error);
  visit("last_error_age_s", s.last_error_age_s);
  visit("last_message_age_s", s.last_message_age_s);
  visit("messages", s.messages);
  visit("refused_subscriptions", s.refused_subscriptions);
}

template <Is<ServiceStatus> S, typename Visit>
void fields(S& s, Visit&& visit) {
  visit("name", s.name);
  visit("instance", s.instance);
  visit("on_bus", s.on_bus);
  visit("taken_by", s.taken_by);
  visit("hidden", s.hidden);
}

template <Is<ValuesStatus> S, typename Visit>
void fields(S& s, Visit&& visit) {
  visit("voltage_v", s.voltage_v);
  visit("current_a", s.current_a);
  visit("power_w", s.power_w);
  visit("soc_percent", s.soc_percent);
  visit("items_known", s.items_known);
}

template <Is<VoteStatus> S, typename Visit>
void fields(S& s, Visit&& visit) {
  visit("value", s.value);
  visit("why", s.why);
}

template <Is<LimitStatus> S, typename Visit>
void fields(S& s, Visit&& visit) {
  visit("value", s.value);
  visit("why", s.why);
  visit("fault", s.fault);
  visit("votes", s.votes);
}

template <Is<LimitsStatus> S, typename Visit>
void fields(S& s, Visit&& visit) {
  visit("max_charge_voltage_v", s.max_charge_voltage_v);
  visit("max_charge_current_a", s.max_charge_current_a);
  visit("max_discharge_current_a", s.max_discharge_current_a);
  visit("charge_control", s.charge_control);
  visit("switches", s.switches);
}

template <Is<ComparisonStatus> S, typename Visit>
void fields(S& s, Visit&& visit) {
  visit("mean_difference", s.mean_difference);
  visit("most_lower", s.most_lower);
  visit("most_higher", s.most_higher);
  visit("lower_s", s.lower_s);
  visit("higher_s", s.higher_s);
  visit("own_stops", s.own_stops);
  visit("own_stop_s", s.own_stop_s);
  visit("other_stops", s.other_stops);
  visit("other_stop_s", s.other_stop_s);
}

template <typename T>
concept HasLimitTriple = Is<T, TrialHourStatus> || Is<T, BareLimitsStatus>;

template <HasLimitTriple S, typename Visit>
void limit_triple(S& s, Visit&& visit) {
  visit("max_charge_voltage_v", s.max_charge_voltage_v);
  visit("max_charge_current_a", s.max_charge_current_a);
  visit("max_discharge_current_a", s.max_discharge_current_a);
}

template <Is<BareLimitsStatus> S, typename Visit>
void fields(S& s, Visit&& visit) {
  limit_triple(s, visit);
}

template <Is<TrialHourStatus> S, typename Visit>
void fields(S& s, Visit&& visit) {
  visit("ended_age_s", s.ended_age_s);
  visit("compared_s", s.compared_s);
  visit("beside", s.beside);
  visit("not_compared", s.not_compared);
  limit_triple(s, visit);
}

template <Is<TrialStatus> S, typename Visit>
void fields(S& s, Visit&& visit) {
  visit("beside", s.beside);
  visit("not_compared", s.not_compared);
  visit("own", s.own);
  visit("in_force", s.in_force);
  visit("hours", s.hours);
}

template <Is<MappedStatus> S, typename Visit>
void fields(S& s, Visit&& visit) {
  visit("item", s.item);
  visit("topic", s.topic);
  visit("raw", s.raw);
  visit("value", s.value);
  visit("age_s", s.age_s);
  visit("required", s.required);
}

template <Is<BatteryStatus> S, typename Visit>
void fields(S& s, Visit&& visit) {
  visit("name", s.name);
  visit("topic", s.topic);
  visit("topic_in_use", s.topic_in_use);
  visit("other_topics", s.other_topics);
  visit("preset", s.preset);
  visit("mapped", s.mapped);
  visit("service", s.service);
  visit("life", s.life);
  visit("timeout_s", s.timeout_s);
  visit("last_sign_age_s", s.last_sign_age_s);
  visit("accepted", s.accepted);
  visit("rejected", s.rejected);
  visit("last_fault", s.last_fault);
  visit("last_rejection", s.last_rejection);
  visit("last_rejection_age_s", s.last_rejection_age_s);
  visit("doubts", s.doubts);
  visit("values", s.values);
  visit("limits", s.limits);
  visit("charge_voltage_refused", s.charge_voltage_refused);
  visit("stop_not_obeyed", s.stop_not_obeyed);
  visit("trial", s.trial);
}

template <Is<MemberStatus> S, typename Visit>
void fields(S& s, Visit&& visit) {
  visit("service", s.service);
  visit("name", s.name);
  visit("instance", s.instance);
  visit("last_signal_age_s", s.last_signal_age_s);
  visit("voltage_v", s.voltage_v);
  visit("current_a", s.current_a);
  visit("soc_percent", s.soc_percent);
  visit("capacity_ah", s.capacity_ah);
  visit("capacity_from", s.capacity_from);
  visit("max_charge_voltage_v", s.max_charge_voltage_v);
  visit("max_charge_current_a", s.max_charge_current_a);
  visit("max_discharge_current_a", s.max_discharge_current_a);
  visit("charge_mode", s.charge_mode);
}

template <Is<NotCountedStatus> S, typename Visit>
void fields(S& s, Visit&& visit) {
  visit("service", s.service);
  visit("name", s.name);
  visit("why", s.why);
  visit("hung", s.hung);
}

template <Is<BankHint> S, typename Visit>
void fields(S& s, Visit&& visit) {
  visit("kind", s.kind);
  visit("who", s.who);
  visit("other", s.other);
  visit("value", s.value);
  visit("other_value", s.other_value);
}

template <Is<AggregateStatus> S, typename Visit>
void fields(S& s, Visit&& visit) {
  visit("name", s.name);
  visit("of_batteries", s.of_batteries);
  visit("virtual_bms", s.virtual_bms);
  visit("service", s.service);
  visit("looked_round", s.looked_round);
  visit("lost", s.lost);
  visit("missing", s.missing);
  visit("holding", s.holding);
  visit("members", s.members);
  visit("not_counted", s.not_counted);
  visit("hints", s.hints);
  visit("values", s.values);
  visit("capacity_ah", s.capacity_ah);
  visit("limits", s.limits);
  visit("trial", s.trial);
}

template <Is<ForgetAnswer> S, typename Visit>
void fields(S& s, Visit&& visit) {
  visit("outcome", s.outcome);
  visit("missing", s.missing);
  visit("lost", s.lost);
  visit("sensors", s.sensors);
}

template <Is<RecordingStatus> S, typename Visit>
void fields(S& s, Visit&& visit) {
  visit("file", s.file);
  visit("age_s", s.age_s);
  visit("part_bytes", s.part_bytes);
  visit("lost_lines", s.lost_lines);
  visit("trouble", s.trouble);
}

template <Is<ProcessStatus> S, typename Visit>
void fields(S& s, Visit&& visit) {
  visit("version", s.version);
  visit("pid", s.pid);
  visit("uptime_s", s.uptime_s);
  visit("config", s.config);
  visit("broker", s.broker);
  visit("publish", s.publish);
  visit("batteries", s.batteries);
  visit("aggregate", s.aggregate);
  visit("banks", s.banks);
  visit("recording", s.recording);
}

template <Is<OtherProcess> S, typename Visit>
void fields(S& s, Visit&& visit) {
  visit("pid", s.pid);
  visit("process", s.process);
  visit("config_file", s.config_file);
  visit("trouble", s.trouble);
}

template <Is<SystemStatus> S, typename Visit>
void fields(S& s, Visit&& visit) {
  visit("present", s.present);
  visit("battery_monitor", s.battery_monitor);
  visit("bms", s.bms);
  visit("dvcc", s.dvcc);
}

template <Is<Advice> S, typename Visit>
void fields(S& s, Visit&& visit) {
  visit("problem", s.problem);
  visit("subject", s.subject);
  visit("what", s.what);
  visit("todo", s.todo);
}

}  // namespace dmb::status
