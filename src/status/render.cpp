// SPDX-License-Identifier: MIT
#include "dmb/status/render.h"

#include "dmb/status/page.h"
#include "rendering.h"

#include <algorithm>

namespace dmb::status {
namespace {

std::string summary(const Report& report) {
  std::string names;
  const auto add = [&names](const std::string& name) {
    names += (names.empty() ? "" : ", ") + name;
  };
  for (const ProcessStatus& process : report.processes) {
    for (const BatteryStatus& battery : process.batteries)
      if (!battery.service.hidden) add(battery.name);
    if (process.aggregate) add(process.aggregate->name);
    for (const AggregateStatus& bank : process.banks) add(bank.name);
  }
  return "on the bus: " + names;
}

std::string first_line(const Report& report, const std::vector<Advice>& advice) {
  const auto problems =
      std::count_if(advice.begin(), advice.end(), [](const Advice& a) { return a.problem; });
  switch (verdict(report, advice)) {
    case Verdict::healthy:
      return "OK: " + summary(report);
    case Verdict::degraded:
      return "DEGRADED: " +
             (problems == 1 ? std::string("1 problem") : std::to_string(problems) + " problems");
    case Verdict::not_running:
      break;
  }
  return "NOT RUNNING: no dbus-mqtt-battery answers for this config file";
}

void render_advice(const std::vector<Advice>& advice, Page& page) {
  for (const Advice& entry : advice) {
    page.line(0, (entry.problem ? "! " : "- ") + entry.subject + ": " + entry.what);
    page.line(2, "-> " + entry.todo);
  }
}

void render_others(const Report& report, Page& page) {
  if (report.others.empty()) return;
  page.blank();
  page.line(0, "Others of this driver");
  for (const OtherProcess& other : report.others)
    page.line(2, "pid " + std::to_string(other.pid) + ": " +
                     (other.trouble.empty() ? other.config_file
                                            : other.process + ", but " + other.trouble));
}

void render_system(const SystemStatus& system, Page& page) {
  if (!system.present) return;
  const auto or_none = [](const std::string& name) { return name.empty() ? "none" : name; };
  page.blank();
  page.line(0, "GX system");
  page.row(2, "Monitor", or_none(system.battery_monitor));
  page.row(2, "BMS", or_none(system.bms));
  page.row(2, "DVCC", system.dvcc ? (*system.dvcc ? "on" : "off") : "unknown");
}

}  // namespace

std::string render(const Report& report, const std::vector<Advice>& advice) {
  Page page;
  page.line(0, first_line(report, advice));
  render_advice(advice, page);
  for (const ProcessStatus& process : report.processes) render_process(process, page);
  render_others(report, page);
  render_system(report.system, page);
  return page.take();
}

}  // namespace dmb::status
