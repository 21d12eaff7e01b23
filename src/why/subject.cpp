// SPDX-License-Identifier: MIT
#include "subject.h"

#include "dmb/battery/shortest.h"
#include "dmb/codec/duration.h"

#include <algorithm>

namespace dmb::why {
namespace {

constexpr std::string_view kBattery = "com.victronenergy.battery";

std::string silent_since(const std::optional<double>& age_s) {
  return "no message" + (age_s ? " for " + duration_text(*age_s) : std::string());
}

std::string off_bus(const status::ServiceStatus& service) {
  if (service.on_bus) return "";
  if (service.hidden) return "only its bank is on the bus";
  return service.taken_by.empty() ? "it waits for its first values"
                                  : "its name is taken by " + service.taken_by;
}

std::string off_bus(const status::BatteryStatus& battery) {
  const bool gone = battery.life == Life::Phase::gone;
  return !battery.service.on_bus && !battery.service.hidden && gone
             ? silent_since(battery.last_sign_age_s)
             : off_bus(battery.service);
}

template <typename Status>
Subject ours(const Status& status, const std::string& not_there) {
  Subject subject{.name = status.name,
                  .service = status.service.name,
                  .instance = status.service.instance,
                  .ours = true,
                  .hidden = status.service.hidden,
                  .off_bus = not_there,
                  .voltage_v = status.values.voltage_v,
                  .current_a = status.values.current_a,
                  .cvl = {},
                  .ccl = {},
                  .dcl = {},
                  .charge_mode = status.limits.charge_control};
  if (status.trial) {
    subject.controls = false;
    subject.would_be = status.limits;
    return subject;
  }
  subject.cvl = status.limits.max_charge_voltage_v;
  subject.ccl = status.limits.max_charge_current_a;
  subject.dcl = status.limits.max_discharge_current_a;
  return subject;
}

Subject bank(const status::AggregateStatus& status) {
  Subject subject = ours(status, off_bus(status.service));
  for (const status::MemberStatus& member : status.members)
    subject.members.push_back(member.service);
  return subject;
}

std::optional<status::LimitStatus> limit(const std::optional<double>& value,
                                         const std::string& why) {
  if (!value) return std::nullopt;
  return status::LimitStatus{value, why, false};
}

Subject other(const BatteryFacts& battery) {
  return {.name = battery.name,
          .service = battery.service,
          .instance = battery.instance,
          .off_bus = {},
          .voltage_v = battery.voltage_v,
          .current_a = battery.current_a,
          .cvl = limit(battery.max_charge_voltage_v, ""),
          .ccl = limit(battery.max_charge_current_a, battery.charge_limitation),
          .dcl = limit(battery.max_discharge_current_a, battery.discharge_limitation),
          .charge_mode = battery.charge_mode};
}

bool is_called(const Subject& subject, std::string_view name) {
  const std::string instance = subject.instance ? shortest(*subject.instance) : "";
  return subject.name == name || subject.service == name || instance == name ||
         subject.service == std::string(kBattery) + "." + std::string(name) ||
         (subject.instance && std::string(kBattery) + "/" + instance == name);
}

const Subject* find(std::span<const Subject> subjects, std::string_view name) {
  const auto found = std::ranges::find_if(
      subjects, [name](const Subject& subject) { return is_called(subject, name); });
  return found == subjects.end() || name.empty() ? nullptr : &*found;
}

const Subject* first(std::span<const Subject> subjects, bool (*fits)(const Subject&)) {
  const auto found = std::ranges::find_if(subjects, fits);
  return found == subjects.end() ? nullptr : &*found;
}

/// Nobody has named one.
const Subject* most_interesting(const Case& c) {
  if (c.controlling != nullptr && c.controlling->ours) return c.controlling;
  for (bool (*fits)(const Subject&) : {+[](const Subject& s) { return s.ours && s.is_bms(); },
                                       +[](const Subject& s) { return s.ours && !s.hidden; }})
    if (const Subject* found = first(c.subjects, fits)) return found;
  if (c.controlling != nullptr) return c.controlling;
  if (c.gx.system)
    for (const std::string& name : {c.gx.system->monitor, c.gx.system->active})
      if (const Subject* found = find(c.subjects, name)) return found;
  return c.subjects.empty() ? nullptr : c.subjects.data();
}

}  // namespace

std::vector<Subject> subjects_of(const GxFacts& facts,
                                 std::span<const status::ProcessStatus> processes) {
  std::vector<Subject> subjects;
  for (const status::ProcessStatus& process : processes) {
    for (const auto& battery : process.batteries)
      subjects.push_back(ours(battery, off_bus(battery)));
    if (process.aggregate) subjects.push_back(bank(*process.aggregate));
    for (const auto& one : process.banks) subjects.push_back(bank(one));
  }
  for (const BatteryFacts& battery : facts.batteries)
    if (std::ranges::find(subjects, battery.service, &Subject::service) == subjects.end())
      subjects.push_back(other(battery));
  return subjects;
}

std::optional<double> Case::current_a() const {
  if (limiting().current_a) return limiting().current_a;
  return gx.system ? gx.system->current_a : std::nullopt;
}

/// What systemcalc makes of it, for some products force it; else what is set.
bool Case::dvcc() const {
  if (gx.system && gx.system->dvcc) return *gx.system->dvcc != 0;
  const auto bol = gx.settings ? gx.settings->bol : std::nullopt;
  return !bol || (static_cast<int>(*bol) & 1) != 0;
}

bool Case::limits_count() const {
  return gx.system && dvcc() && controlling != nullptr;
}

Case case_of(const GxFacts& facts, std::span<const status::ProcessStatus> processes,
             std::string_view name) {
  Case c{.gx = facts, .subjects = subjects_of(facts, processes), .running = !processes.empty()};
  if (facts.system) c.controlling = find(c.subjects, facts.system->bms);
  c.asked = name.empty() ? most_interesting(c) : find(c.subjects, name);
  return c;
}

}  // namespace dmb::why
