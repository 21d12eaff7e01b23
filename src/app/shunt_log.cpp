// SPDX-License-Identifier: MIT
#include "shunt_log.h"

#include "dmb/codec/text.h"
#include "dmb/domain/standing.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace dmb {
namespace {

constexpr std::size_t kMaxReason = 300;

void report_direction(const char* what, const BmsDirection& before, const BmsDirection& after,
                      Instant now, TransitionLog& log) {
  if (before.reason == after.reason) return;
  const std::string reason = printable(after.reason, kMaxReason);
  if (!after.allowed)
    log.say(spdlog::level::warn, now, "{} stopped: {}", what, reason);
  else if (!after.reason.empty())
    log.say(spdlog::level::warn, now, "{}: {}", what, reason);
  else
    log.say(spdlog::level::warn, now, "{} allowed again", what);
}

}  // namespace

void ShuntLog::nobody_found(Instant now) {
  if (repeats_.count("no shunts", now) == 1u)
    spdlog::warn(
        "{}: no SmartShunt on the bus yet; waiting for one (is it connected, or named in "
        "exclude_shunts?)",
        name_);
}

void ShuntLog::members(std::span<const ShuntSnapshot> all, Instant now) {
  const std::vector<Known> before = std::exchange(known_, {});
  for (const ShuntSnapshot& shunt : all) known_.push_back({shunt.id, shunt.name, shunt.standing});
  const auto find = [](const std::vector<Known>& list, const std::string& id) {
    const auto found = std::ranges::find(list, id, &Known::id);
    return found == list.end() ? nullptr : &*found;
  };
  for (const ShuntSnapshot& shunt : all) arrived(shunt, find(before, shunt.id), now);
  for (const Known& shunt : before)
    if (find(known_, shunt.id) == nullptr && may_say(now))
      spdlog::warn("{}: shunt {} is gone; {} left", name_, printable(shunt.name), known_.size());
}

void ShuntLog::arrived(const ShuntSnapshot& shunt, const Known* before, Instant now) {
  const Standing was = before == nullptr ? Standing::counted : before->standing;
  if (shunt.standing == was || !may_say(now)) return;
  if (shunt.standing == Standing::counted)
    return spdlog::warn("{}: shunt {} counts again", name_, printable(shunt.name));
  spdlog::warn("{}: shunt {} {}: {}", name_, printable(shunt.name),
               is_heard(shunt.standing) ? "is left out of the voltage" : "is not counted",
               describe(shunt.standing));
}

void ShuntLog::capacity_unknown(const ShuntSnapshot& shunt, Instant now) {
  if (repeats_.count("capacity " + shunt.id, now) == 1u)
    spdlog::warn(
        "{}: the battery capacity of shunt {} is not known yet, so that of the bank is not "
        "either; set total_capacity, or wait until its SoC is between 10 and 90 %",
        name_, printable(shunt.name));
}

void ShuntLog::charged_voltages(std::span<const WatchedShunt> shunts, Instant now) {
  constexpr double kSameV = 0.05;
  const WatchedShunt* first = nullptr;
  for (const WatchedShunt& shunt : shunts) {
    if (!shunt.register_charged_voltage_v) continue;
    if (first == nullptr) first = &shunt;
    const double other_v = *first->register_charged_voltage_v;
    if (std::fabs(*shunt.register_charged_voltage_v - other_v) < kSameV) continue;
    if (repeats_.count("charged voltage", now) == 1u)
      spdlog::warn(
          "{}: shunt {} has a charged voltage of {:.1f} V, shunt {} one of {:.1f} V: set "
          "them alike, or their SoC will drift apart",
          name_, printable(first->snapshot.name), other_v, printable(shunt.snapshot.name),
          *shunt.register_charged_voltage_v);
  }
}

void ShuntLog::limits(const BmsOutput& before, const BmsOutput& after, Instant now) {
  report_direction("charging", before.charge, after.charge, now, charging_);
  report_direction("discharging", before.discharge, after.discharge, now, discharging_);
}

void ShuntLog::lowered(bool lowered, double max_charge_voltage_v) {
  if (lowered)
    spdlog::warn(
        "{}: charging goes on although CCL is 0 (feed-in of DC-coupled PV?): CVL lowered to {:.1f} "
        "V",
        name_, max_charge_voltage_v);
  else
    spdlog::warn("{}: CVL is back at {:.1f} V", name_, max_charge_voltage_v);
}

void ShuntLog::holding(std::string_view reason) const {
  spdlog::warn("{}: {}: charging is stopped (CCL 0)", name_, reason);
}

void ShuntLog::left(const std::string& bus_name, std::string_view reason, Instant now) {
  if (may_say(now))
    spdlog::error("{}: {}; {} leaves the bus until that has changed", name_, reason, bus_name);
}

void ShuntLog::charge_voltage_misfit(double configured_v, double measured_v, Instant now) {
  if (repeats_.count("charge voltage", now) == 1u)
    spdlog::error(
        "{}: max_charge_voltage = {:.1f} V cannot be right for a bank that has {:.1f} V: no BMS is "
        "published. Set it to the charge voltage in the battery's data sheet",
        name_, configured_v, measured_v);
}

}  // namespace dmb
