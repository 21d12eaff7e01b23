// SPDX-License-Identifier: MIT
#include "dmb/battery/shortest.h"
#include "dmb/codec/duration.h"
#include "dmb/codec/text.h"
#include "rendering.h"

#include <cmath>
#include <set>
#include <string>
#include <utility>

namespace dmb::status {
namespace {

std::string_view words(ConfigState state) {
  switch (state) {
    case ConfigState::in_force:
      return "loaded";
    case ConfigState::outdated:
      return "has errors; what it said before still counts";
    case ConfigState::waiting:
      return "has errors; waiting until they are corrected";
    case ConfigState::missing:
      break;
  }
  return "does not exist; every SmartShunt is aggregated";
}

std::string_view words(Life::Phase life) {
  switch (life) {
    case Life::Phase::waiting:
      return "waiting for the first message";
    case Life::Phase::live:
      return "live";
    case Life::Phase::holding:
      return "silent, leaves the bus soon";
    case Life::Phase::gone:
      break;
  }
  return "silent, off the bus";
}

void render_config(const ConfigStatus& config, Page& page) {
  page.row(0, "Config", config.file);
  page.row(0, "", words(config.state));
  for (const std::string& error : config.errors) page.row(0, "", "error: " + error);
  for (const std::string& warning : config.warnings) page.row(0, "", "warning: " + warning);
}

void render_connection(const char* label, const BrokerStatus& broker, Page& page) {
  page.row(0, label,
           broker.host + ":" + std::to_string(broker.port) +
               (broker.connected ? ", connected for " : ", not connected, trying for ") +
               duration_text(broker.state_age_s));
  page.row(0, "",
           std::to_string(broker.messages) + " messages, the last one " +
               age_text(broker.last_message_age_s));
  if (!broker.last_error.empty())
    page.row(0, "", "last error " + age_text(broker.last_error_age_s) + ": " + broker.last_error);
}

void render_service(const ServiceStatus& service, Page& page) {
  if (service.hidden) return page.row(2, "Bus name", "none: only its bank is on the bus");
  std::string text = service.name;
  if (service.instance) text += ", instance " + std::to_string(*service.instance);
  page.row(2, "Bus name", text);
  if (!service.on_bus)
    page.row(2, "",
             service.taken_by.empty() ? "not on the bus"
                                      : "not on the bus: taken by " + service.taken_by);
}

void render_values(const ValuesStatus& values, Page& page) {
  page.row(2, "Shows",
           quantity(values.voltage_v, 2, "V") + ", " + quantity(values.current_a, 1, "A") + ", " +
               quantity(values.power_w, 0, "W") + ", SoC " + quantity(values.soc_percent, 1, "%") +
               "; " + std::to_string(values.items_known) + " values in all");
}

void render_limit(const char* label, const std::optional<LimitStatus>& limit, int decimals,
                  const char* unit, Page& page) {
  if (!limit) return;
  page.row(2, label, quantity(limit->value, decimals, unit) + ", " + limit->why);
}

void render_limits(const LimitsStatus& limits, Page& page) {
  if (!limits.switches.empty()) page.row(2, "Switches", limits.switches);
  if (!limits.max_charge_voltage_v && !limits.max_charge_current_a &&
      !limits.max_discharge_current_a)
    return page.row(2, "Limits", "none: it is a monitor, not a BMS");
  render_limit("CVL", limits.max_charge_voltage_v, 2, "V", page);
  render_limit("CCL", limits.max_charge_current_a, 1, "A", page);
  render_limit("DCL", limits.max_discharge_current_a, 1, "A", page);
  if (!limits.charge_control.empty()) page.row(2, "Charging", limits.charge_control);
}

/// "63.0 % ← "63.02", 2 s ago, ess/soc".
std::string heard_text(const MappedStatus& line) {
  const std::string value = line.value.empty() ? "unknown" : line.value;
  return value + ", from \"" + line.raw + "\" on " + line.topic + ", " + age_text(line.age_s);
}

/// Each once; an item that one of several sources tells is heard.
std::string never_heard(const std::vector<MappedStatus>& lines) {
  std::set<std::string> named;
  for (const MappedStatus& line : lines)
    if (line.age_s) named.insert(line.item);
  std::string missing;
  for (const MappedStatus& line : lines)
    if (named.insert(line.item).second)
      missing += (missing.empty() ? "" : ", ") + line.item.substr(1);
  return missing;
}

void render_map(const BatteryStatus& battery, Page& page) {
  if (battery.mapped.empty()) return;
  page.row(2, "Map", battery.preset.empty() ? "of the config" : "preset " + battery.preset);
  for (const MappedStatus& line : battery.mapped)
    if (line.age_s) page.line(4, line.item.substr(1) + ": " + heard_text(line));
  const std::string missing = never_heard(battery.mapped);
  if (!missing.empty()) page.line(4, "never heard: " + missing);
}

void render_battery(const BatteryStatus& battery, Page& page) {
  page.blank();
  page.line(0, battery.name + " (MQTT battery): " + std::string(words(battery.life)));
  page.row(2, "Topic", battery.topic);
  if (!battery.topic_in_use.empty()) page.row(2, "", "in use: " + battery.topic_in_use);
  page.row(2, "Messages",
           std::to_string(battery.accepted) + " used, last sign of life " +
               age_text(battery.last_sign_age_s));
  if (battery.rejected > 0)
    page.row(2, "",
             std::to_string(battery.rejected) + " not used, the last one " +
                 age_text(battery.last_rejection_age_s) + ": " + battery.last_rejection);
  render_map(battery, page);
  render_service(battery.service, page);
  if (!battery.service.on_bus) return;
  render_values(battery.values, page);
  render_limits(battery.limits, page);
  if (battery.trial) render_trial(*battery.trial, page);
}

void render_member(const MemberStatus& member, Page& page) {
  std::string text = member.service.empty() ? "not on the bus itself" : member.service;
  if (member.instance) text += ", instance " + std::to_string(*member.instance);
  page.line(4, member.name + " (" + text + ")");
  page.line(6, quantity(member.voltage_v, 2, "V") + ", " + quantity(member.current_a, 1, "A") +
                   ", SoC " + quantity(member.soc_percent, 1, "%") + ", heard " +
                   age_text(member.last_signal_age_s));
  page.line(6, "capacity " + quantity(member.capacity_ah, 0, "Ah") +
                   (member.capacity_from.empty() ? "" : ", " + member.capacity_from));
  if (member.max_charge_voltage_v || member.max_charge_current_a || member.max_discharge_current_a)
    page.line(6, "allows CVL " + quantity(member.max_charge_voltage_v, 1, "V") + ", CCL " +
                     quantity(member.max_charge_current_a, 0, "A") + ", DCL " +
                     quantity(member.max_discharge_current_a, 0, "A") +
                     (member.charge_mode.empty() ? "" : ", " + member.charge_mode));
}

void render_shunts(const AggregateStatus& aggregate, Page& page) {
  page.line(2, std::to_string(aggregate.members.size()) +
                   (aggregate.of_batteries ? " batteries counted" : " shunt(s) counted") +
                   (aggregate.lost > 0 ? ", " + std::to_string(aggregate.lost) + " lost" : ""));
  for (const MemberStatus& member : aggregate.members) render_member(member, page);
  if (aggregate.not_counted.empty()) return;
  page.line(2, "Not counted");
  for (const NotCountedStatus& shunt : aggregate.not_counted)
    page.line(4, (shunt.name.empty() || shunt.name == shunt.service
                      ? shunt.service
                      : shunt.name + " (" + shunt.service + ")") +
                     ": " + shunt.why);
}

void render_aggregate(const AggregateStatus& aggregate, Page& page) {
  page.blank();
  page.line(0, aggregate.name + " (" +
                   (aggregate.of_batteries  ? "bank of batteries"
                    : aggregate.virtual_bms ? "virtual BMS of all SmartShunts"
                                            : "monitor of all SmartShunts") +
                   ")");
  render_service(aggregate.service, page);
  if (aggregate.service.on_bus) {
    render_values(aggregate.values, page);
    page.row(2, "Capacity", quantity(aggregate.capacity_ah, 0, "Ah"));
    render_limits(aggregate.limits, page);
    if (aggregate.trial) render_trial(*aggregate.trial, page);
  }
  render_shunts(aggregate, page);
}

/// "1.5 MB", "2 kB".
std::string size_text(std::int64_t bytes) {
  const auto size = static_cast<double>(bytes);
  if (size < 1e6) return shortest(std::ceil(size / 1e3)) + " kB";
  return shortest(std::round(size / 1e5) / 10) + " MB";
}

void render_recording(const RecordingStatus& recording, Page& page) {
  page.row(0, "Recording", printable(recording.file, 300));
  std::string text =
      "for " + duration_text(recording.age_s) + ", " + size_text(recording.part_bytes) + " in it";
  if (recording.lost_lines > 0)
    text += "; " + std::to_string(recording.lost_lines) + " lines are missing";
  if (!recording.trouble.empty())
    text += "; not possible now: " + printable(recording.trouble, 200);
  page.row(0, "", text);
}

}  // namespace

void render_process(const ProcessStatus& process, Page& page) {
  page.blank();
  page.line(0, "dbus-mqtt-battery " + process.version + ", pid " + std::to_string(process.pid) +
                   ", running for " + duration_text(process.uptime_s));
  render_config(process.config, page);
  if (process.broker) render_connection("Broker", *process.broker, page);
  if (process.publish) render_connection("Publishing", *process.publish, page);
  if (process.recording) render_recording(*process.recording, page);
  for (const BatteryStatus& battery : process.batteries) render_battery(battery, page);
  if (process.aggregate) render_aggregate(*process.aggregate, page);
  for (const AggregateStatus& bank : process.banks) render_aggregate(bank, page);
}

}  // namespace dmb::status
