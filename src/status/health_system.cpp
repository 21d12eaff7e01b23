// SPDX-License-Identifier: MIT
#include "advising.h"

#include <algorithm>

namespace dmb::status {
namespace {

/// A service of ours that is on the bus.
struct Shown {
  std::string label;
  const ServiceStatus* service;
  bool is_bms;
};

std::vector<Shown> shown_services(const Report& report) {
  std::vector<Shown> shown;
  const auto add = [&shown](const auto& source) {
    const auto& voltage = source.limits.max_charge_voltage_v;
    const bool is_bms = !source.trial && voltage && voltage->value;
    if (source.service.on_bus) shown.push_back({source.name, &source.service, is_bms});
  };
  for (const ProcessStatus& process : report.processes) {
    for (const BatteryStatus& battery : process.batteries) add(battery);
    if (process.aggregate) add(*process.aggregate);
    for (const AggregateStatus& bank : process.banks) add(bank);
  }
  return shown;
}

bool is_meant(const std::string& name, const ServiceStatus& service) {
  if (name == service.name) return true;
  return service.instance &&
         name == "com.victronenergy.battery/" + std::to_string(*service.instance);
}

void advise_monitor(const SystemStatus& system, const std::vector<Shown>& shown,
                    Advising& advising) {
  if (std::any_of(shown.begin(), shown.end(), [&system](const Shown& s) {
        return is_meant(system.battery_monitor, *s.service);
      }))
    return;
  advising.hint(
      "GX system",
      system.battery_monitor.empty()
          ? "no battery monitor is selected"
          : "the selected battery monitor is " + system.battery_monitor + ", not ours",
      "if ours is wanted: Settings > System setup > Battery monitor: " + shown.front().label);
}

/// Limits of several BMSes are never combined: one counts.
void advise_idle_bms(const SystemStatus& system, const std::vector<Shown>& shown,
                     Advising& advising) {
  for (const Shown& s : shown)
    if (s.is_bms && !is_meant(system.bms, *s.service))
      advising.hint(
          "GX system",
          "the selected BMS is " + system.bms + ": the limits of " + s.label + " reach no charger",
          "if that one is to control: Settings > DVCC > Controlling BMS: " + s.label);
}

void advise_bms(const SystemStatus& system, const std::vector<Shown>& shown, Advising& advising) {
  const auto ours =
      std::find_if(shown.begin(), shown.end(), [](const auto& s) { return s.is_bms; });
  if (ours == shown.end()) return;
  if (system.dvcc == false)
    return advising.problem("GX system", "DVCC is off: the limits reach no charger",
                            "Settings > DVCC: switch it on");
  const bool obeyed = std::any_of(shown.begin(), shown.end(), [&system](const Shown& s) {
    return s.is_bms && is_meant(system.bms, *s.service);
  });
  if (obeyed) return advise_idle_bms(system, shown, advising);
  advising.problem(
      "GX system",
      (system.bms.empty() ? "no BMS is selected" : "the selected BMS is " + system.bms) +
          ": the limits of " + ours->label + " reach no charger",
      "Settings > DVCC > Controlling BMS: " + ours->label +
          "; if the other one is to control, let ours give no limits");
}

/// A file that was saved seconds ago is about to be read; one that stays unread is missed.
void advise_unread_file(const Report& report, Advising& advising) {
  for (const ProcessStatus& process : report.processes) {
    if (process.config.digest.empty() && process.config.state != ConfigState::missing) continue;
    if (report.config_digest.empty() || process.config.digest == report.config_digest) continue;
    advising.problem(
        "Config", report.config_file + " has changed since it was read",
        "it is read two seconds after the last write, ask again then; if it stays so: " +
            commands_for(report.config_file, process.pid).reload);
  }
}

void advise_not_running(const Report& report, Advising& advising) {
  const Commands commands = commands_for(report.config_file, 0);
  const std::string see = commands.log.empty() ? "" : "; what it says: " + commands.log;
  if (!report.bus_trouble.empty())
    return advising.problem("D-Bus", report.bus_trouble,
                            "run this on the GX device itself, as root; the driver needs the D-Bus "
                            "as well");
  advising.problem("dbus-mqtt-battery", "none runs with " + report.config_file,
                   "start it: " + commands.start + see);
}

/// It may be another instance, which is not asked about; but with none of ours it may be that one.
void advise_other(const OtherProcess& other, const Report& report, Advising& advising) {
  if (other.trouble.empty()) return;
  const std::string pid = std::to_string(other.pid);
  const std::string what =
      other.process + " has a status name of this driver, but " + other.trouble;
  const std::string todo =
      "if it is this driver, restart it: svc -t and its service, or kill " + pid;
  if (report.processes.empty())
    advising.problem("pid " + pid, what, todo);
  else
    advising.hint("pid " + pid, what, todo);
}

}  // namespace

void advise_system(const Report& report, Advising& advising) {
  const auto shown = shown_services(report);
  if (!report.system.present || shown.empty()) return;
  advise_monitor(report.system, shown, advising);
  advise_bms(report.system, shown, advising);
}

std::vector<Advice> advise(const Report& report) {
  Advising advising;
  if (report.processes.empty()) advise_not_running(report, advising);
  if (report.processes.size() > 1)
    advising.problem("dbus-mqtt-battery",
                     std::to_string(report.processes.size()) + " run with the same config file",
                     "end all but one; their process ids stand below");
  advise_unread_file(report, advising);
  for (const OtherProcess& other : report.others) advise_other(other, report, advising);
  auto list = advising.take();
  for (const ProcessStatus& process : report.processes)
    for (Advice& advice : advise(process)) list.push_back(std::move(advice));
  Advising system;
  advise_system(report, system);
  for (Advice& advice : system.take()) list.push_back(std::move(advice));
  std::stable_partition(list.begin(), list.end(), [](const Advice& a) { return a.problem; });
  return list;
}

Verdict verdict(const Report& report, const std::vector<Advice>& advice) {
  if (report.processes.empty()) return Verdict::not_running;
  const bool degraded =
      std::any_of(advice.begin(), advice.end(), [](const Advice& a) { return a.problem; });
  return degraded ? Verdict::degraded : Verdict::healthy;
}

}  // namespace dmb::status
