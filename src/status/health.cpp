// SPDX-License-Identifier: MIT
#include "dmb/status/health.h"

#include "advising.h"
#include "dmb/codec/duration.h"

#include <algorithm>
#include <map>
#include <string_view>

namespace dmb::status {
namespace {

constexpr const char* kLeast = R"({"Soc": 63, "Dc": {"Power": 321.6, "Voltage": 52.7}})";

void advise_config(const ConfigStatus& config, Advising& advising) {
  const std::string count = std::to_string(config.errors.size());
  const std::string todo = "correct what is listed below and save the file: it is read at once";
  if (config.state == ConfigState::waiting)
    advising.problem("Config", config.file + " has " + count + " error(s), so nothing runs", todo);
  if (config.state == ConfigState::outdated)
    advising.problem("Config",
                     config.file + " has " + count + " error(s); what ran before goes on unchanged",
                     todo);
  if (config.state == ConfigState::missing)
    advising.hint("Config", "there is no " + config.file + ": every SmartShunt is aggregated",
                  "for an MQTT battery copy config.sample.ini there and edit it");
  if (!config.warnings.empty())
    advising.hint("Config",
                  config.file + " has " + std::to_string(config.warnings.size()) + " warning(s)",
                  "see what is listed below");
}

/// `section` of the config says how to reach the broker.
std::string broker_todo(const std::optional<BrokerTrouble>& trouble, const std::string& section,
                        const std::string& file, const Commands& commands) {
  const std::string there = " in " + section + " of " + file + ", then: " + commands.reload;
  if (!trouble) return "wait a few seconds and ask again";
  switch (*trouble) {
    case BrokerTrouble::name_not_found:
      return "check that the device's name server knows the broker, or write its IP address as "
             "broker_address" +
             there;
    case BrokerTrouble::refused:
      return "start the broker, it is found by itself then; or correct broker_address and "
             "broker_port" +
             there;
    case BrokerTrouble::no_broker:
      return "what answers there is no MQTT broker, or wants TLS: correct broker_port or "
             "tls_enabled" +
             there;
    case BrokerTrouble::login:
      return "correct username and password" + there +
             " (on a GX device the MQTT password is its security-profile password)";
    case BrokerTrouble::client_id:
      return "let the broker accept the driver's client id, see its access rules and its log; the "
             "id is made of the device and the device_instance";
    case BrokerTrouble::rejected:
    case BrokerTrouble::misbehaving:
      return "look at the broker's own log for the reason";
    case BrokerTrouble::certificate:
      return "set tls_path_to_ca to the CA that signed the broker's certificate, and "
             "broker_address to the name in it" +
             there;
    case BrokerTrouble::client_certificate:
      return "set tls_path_to_cert and tls_path_to_key to what the broker accepts" + there;
    case BrokerTrouble::tls:
      return "correct broker_port or tls_enabled: is it the broker's port for TLS?" + there;
    case BrokerTrouble::tls_files:
      return "correct the tls_path_to_ keys; the files must be there and readable" + there;
    case BrokerTrouble::dropped:
      return "look for another client with the same client id: does a second driver run with this "
             "device_instance? Else look at the broker's own log";
    case BrokerTrouble::stalled:
      return "wait, it comes back by itself; if this happens often, the device is overloaded";
    case BrokerTrouble::internal:
      return "free memory on the device, then: " + commands.restart;
    case BrokerTrouble::unreachable:
    case BrokerTrouble::no_answer:
    case BrokerTrouble::lost:
      break;
  }
  return "check that the broker and the network are up, they are found by themselves then; or "
         "correct broker_address and broker_port" +
         there;
}

std::string no_connection_to(const BrokerStatus& broker) {
  return "no connection to " + broker.host + ":" + std::to_string(broker.port) + " for " +
         duration_text(broker.state_age_s) + ": " +
         (broker.last_error.empty() ? "no answer yet" : broker.last_error);
}

void advise_broker(const BrokerStatus& broker, const std::string& file, const Commands& commands,
                   Advising& advising) {
  for (const std::string& filter : broker.refused_subscriptions)
    advising.problem("Broker",
                     "it refuses the subscription to " + filter + ": nothing comes from it",
                     "allow it in the broker's access rules for this user; or correct topic or "
                     "username in " +
                         file + ", then: " + commands.reload);
  if (broker.connected) return;
  advising.problem("Broker", no_connection_to(broker),
                   broker_todo(broker.trouble, "[MQTT]", file, commands));
}

/// No battery is worse off for it.
void advise_publishing(const BrokerStatus& broker, const std::optional<BrokerStatus>& main,
                       const std::string& file, const Commands& commands, Advising& advising) {
  if (broker.connected) return;
  const bool is_main = main && main->host == broker.host && main->port == broker.port;
  if (is_main && !main->connected) return;  // said already
  advising.hint("Publishing", no_connection_to(broker) + "; nothing is published",
                broker_todo(broker.trouble, is_main ? "[MQTT]" : "[PUBLISH]", file, commands));
}

std::string listen_to(const std::string& topic, const BrokerStatus& broker) {
  return "mosquitto_sub -v -h " + broker.host + " -p " + std::to_string(broker.port) + " -t '" +
         topic + "' (and -u, -P if it wants a password)";
}

std::string message_todo(const BatteryStatus& battery, const BrokerStatus& broker) {
  switch (battery.last_fault.value_or(MessageFault::too_little)) {
    case MessageFault::not_json:
      return "let the publisher send valid JSON. What arrives: " + listen_to(battery.topic, broker);
    case MessageFault::too_deep:
    case MessageFault::oversized:
      return "let the publisher send the battery's data and nothing else to this topic";
    case MessageFault::no_value:
      return "find out why the publisher has no value: is its battery connected?";
    case MessageFault::not_an_object:
    case MessageFault::too_little:
      break;
  }
  return std::string("let the publisher send at least ") + kLeast;
}

void advise_waiting(const BatteryStatus& battery, const BrokerStatus& broker,
                    const Commands& commands, Advising& advising) {
  if (battery.rejected > 0)
    return advising.problem(battery.name,
                            "messages arrive, but none can be used: " + battery.last_rejection,
                            message_todo(battery, broker));
  if (battery.accepted > 0)
    return advising.problem(
        battery.name, "only a stored (retained) message so far on topic " + battery.topic,
        "wait for the next live one; if the publisher sends none, set timeout = 0, then: " +
            commands.reload);
  if (!broker.connected) return;  // that is the trouble
  advising.problem(
      battery.name, "no message on topic " + battery.topic + " yet",
      "start the publisher, or correct the topic. What the broker has: " + listen_to("#", broker));
}

void advise_silent(const BatteryStatus& battery, const BrokerStatus& broker, Advising& advising) {
  const bool stopped =
      !battery.trial && battery.limits.max_charge_current_a && battery.life == Life::Phase::holding;
  std::string what =
      "no valid message for " + (battery.last_sign_age_s ? duration_text(*battery.last_sign_age_s)
                                                         : std::string("a long time"));
  what += battery.life == Life::Phase::gone ? "; it has left the bus"
          : stopped                         ? "; charging is stopped"
                                            : "; its values are withdrawn";
  if (battery.rejected > 0 && battery.last_rejection_age_s && battery.last_sign_age_s &&
      *battery.last_rejection_age_s < *battery.last_sign_age_s)
    what += ". What arrived since cannot be used: " + battery.last_rejection;
  advising.problem(battery.name, what,
                   broker.connected
                       ? "check what publishes to " + battery.topic + "; it comes back by itself"
                       : "get the broker back first, see above; it comes back by itself");
}

std::string limit_todo(const BatteryStatus& battery) {
  if (battery.stop_not_obeyed)
    return "nothing: it rises again when the stop ends. Feed-in of DC-coupled PV (ESS settings) "
           "lets "
           "solar chargers ignore CCL; see why the battery stops";
  if (battery.charge_voltage_refused)
    return "let the publisher send MaxChargeVoltage in V and for this battery: 0.85 to 1.4 times "
           "its voltage";
  return "let the publisher send MaxChargeVoltage, MaxChargeCurrent and MaxDischargeCurrent in "
         "every message";
}

void advise_lost_limits(const BatteryStatus& battery, Advising& advising) {
  for (const auto& [name, limit] : {std::pair{"CVL", &battery.limits.max_charge_voltage_v},
                                    {"CCL", &battery.limits.max_charge_current_a},
                                    {"DCL", &battery.limits.max_discharge_current_a}}) {
    if (!*limit || !(*limit)->fault) continue;
    return advising.problem(battery.name, std::string(name) + ": " + (*limit)->why,
                            limit_todo(battery));
  }
}

void advise_live(const BatteryStatus& battery, const BrokerStatus& broker, const Commands& commands,
                 Advising& advising) {
  advise_service(battery.service, battery.name, commands, advising);
  advise_lost_limits(battery, advising);
  const bool newest_rejected = battery.last_rejection_age_s && battery.last_sign_age_s &&
                               *battery.last_rejection_age_s < *battery.last_sign_age_s;
  if (!newest_rejected) return;
  const std::string then =
      battery.timeout_s > 0
          ? "; without a good one for " + std::to_string(battery.timeout_s) + " s it is withdrawn"
          : "";
  advising.problem(battery.name,
                   "the newest message cannot be used: " + battery.last_rejection + then,
                   message_todo(battery, broker));
}

/// The same battery counted as two is wrong in every sum that is made of them.
void advise_doubles(const std::vector<BatteryStatus>& batteries, const std::string& file,
                    Advising& advising) {
  std::map<std::string_view, const BatteryStatus*> first_on;
  for (const BatteryStatus& battery : batteries) {
    if (!battery.mapped.empty())
      continue;  // several batteries of one publisher share the beginning
    const std::string& topic = battery.topic_in_use.empty() ? battery.topic : battery.topic_in_use;
    const auto [first, is_new] = first_on.emplace(topic, &battery);
    if (is_new) continue;
    advising.problem(
        battery.name,
        "it and " + first->second->name + " are one battery, shown twice: both read " + topic,
        "correct the topic of one, or take it out of " + file);
  }
}

void advise_doubts(const BatteryStatus& battery, Advising& advising) {
  for (const std::string& doubt : battery.doubts)
    advising.problem(battery.name, doubt,
                     "correct it in what publishes to " + battery.topic +
                         "; the driver shows what it is told, and nothing in place of it");
}

void advise_other_topics(const BatteryStatus& battery, Advising& advising) {
  if (battery.other_topics.empty()) return;
  std::string others;
  for (const std::string& topic : battery.other_topics) others += ", " + topic;
  advising.hint(battery.name,
                "its topic " + battery.topic +
                    " brings other batteries too, which are not mixed in: " + others.substr(2),
                "for each of them write a section [BATTERY name] with topic = " +
                    battery.other_topics.front() + " and a device_instance");
}

/// Some of its topics come, but not those that it needs.
void advise_map(const BatteryStatus& battery, Advising& advising) {
  const auto heard = [](const MappedStatus& line) { return line.age_s.has_value(); };
  if (std::ranges::none_of(battery.mapped, heard)) return;
  for (const MappedStatus& line : battery.mapped) {
    if (!line.required || heard(line)) continue;
    advising.problem(
        battery.name,
        "nothing was heard yet on " + line.topic + ", which its map wants for " +
            line.item.substr(1) + ": without it the battery is not shown",
        "look what the publisher calls it (--discover shows all), and correct the line "
        "in [MAP]");
  }
}

void advise_battery(const BatteryStatus& battery, const BrokerStatus& broker,
                    const Commands& commands, Advising& advising) {
  const bool heard = battery.life == Life::Phase::waiting || battery.life == Life::Phase::live;
  if (heard) advise_doubts(battery, advising);
  advise_other_topics(battery, advising);
  switch (battery.life) {
    case Life::Phase::waiting:
      advise_map(battery, advising);
      return advise_waiting(battery, broker, commands, advising);
    case Life::Phase::holding:
    case Life::Phase::gone:
      return advise_silent(battery, broker, advising);
    case Life::Phase::live:
      return advise_live(battery, broker, commands, advising);
  }
}

}  // namespace

void advise_service(const ServiceStatus& service, const std::string& name, const Commands& commands,
                    Advising& advising) {
  if (service.on_bus || service.hidden) return;
  if (!service.taken_by.empty())
    return advising.problem(
        name, "its bus name " + service.name + " is taken by " + service.taken_by,
        "stop that program, or set another service_name, then: " + commands.reload);
  if (!service.instance)
    return advising.problem(name, "it has data, but the GX device has not given it a number yet",
                            "ask again in a few seconds; if it stays so, the settings service of "
                            "the device hangs: restart the device");
  advising.problem(name, "it has data, but is not on the bus yet",
                   "ask again in a few seconds; if it stays so, look at the log" +
                       (commands.log.empty() ? std::string() : ": " + commands.log));
}

std::vector<Advice> advise(const ProcessStatus& process) {
  Advising advising;
  const Commands commands = commands_for(process.config.file, process.pid);
  advise_config(process.config, advising);
  const BrokerStatus broker = process.broker.value_or(BrokerStatus{});
  if (process.broker) advise_broker(broker, process.config.file, commands, advising);
  if (process.publish)
    advise_publishing(*process.publish, process.broker, process.config.file, commands, advising);
  if (process.recording && !process.recording->trouble.empty())
    advising.hint("Recording",
                  process.recording->file + " cannot be written: " + process.recording->trouble,
                  "make room there, or set record to another file");
  advise_doubles(process.batteries, process.config.file, advising);
  for (const BatteryStatus& battery : process.batteries)
    advise_battery(battery, broker, commands, advising);
  if (process.aggregate) advise_aggregate(*process.aggregate, commands, advising);
  for (const AggregateStatus& bank : process.banks) advise_bank(bank, commands, advising);
  auto list = advising.take();
  std::stable_partition(list.begin(), list.end(), [](const Advice& a) { return a.problem; });
  return list;
}

}  // namespace dmb::status
