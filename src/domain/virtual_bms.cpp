// SPDX-License-Identifier: MIT
#include "dmb/domain/virtual_bms.h"

#include "dmb/domain/limits.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <utility>

namespace dmb {
namespace {

constexpr ShuntItem kTemperature = shunt_item("/Dc/0/Temperature");

struct AlarmRow {
  ShuntItem item;
  StopCause cause;
};
constexpr std::array<AlarmRow, 5> kAlarms{{
    {shunt_item("/Alarms/HighVoltage"), high_voltage_alarm},
    {shunt_item("/Alarms/HighTemperature"), high_temperature_alarm},
    {shunt_item("/Alarms/LowTemperature"), low_temperature_alarm},
    {shunt_item("/Alarms/LowVoltage"), low_voltage_alarm},
    {shunt_item("/Alarms/LowSoc"), low_soc_alarm},
}};

/// By StopCause, for people.
constexpr std::array<std::string_view, stop_cause_count> kWords{"high voltage alarm",
                                                                "high temperature alarm",
                                                                "low temperature alarm",
                                                                "low voltage alarm",
                                                                "low state-of-charge alarm",
                                                                "too hot",
                                                                "too cold"};

constexpr StopCauses kStopsCharge(1U << high_voltage_alarm | 1U << high_temperature_alarm |
                                  1U << low_temperature_alarm | 1U << too_hot | 1U << too_cold);
constexpr StopCauses kStopsDischarge(1U << high_temperature_alarm | 1U << low_voltage_alarm |
                                     1U << low_soc_alarm);

}  // namespace

void VirtualBms::hear(const ShuntSnapshot& snapshot) {
  Member& member = members_[snapshot.id];
  member.name = snapshot.name;
  member.present = true;
  if (snapshot.capacity_ah) member.capacity_ah = snapshot.capacity_ah;
  for (const AlarmRow& alarm : kAlarms)
    if (const auto& value = snapshot.values[alarm.item]) member.causes[alarm.cause] = *value != 0;

  const auto& temperature_c = snapshot.values[kTemperature];
  if (!temperature_c) return;
  const double hot_c = rules_.temp_hot_danger_c - (member.causes[too_hot] ? kBmsHysteresisC : 0);
  const double cold_c = rules_.temp_cold_danger_c + (member.causes[too_cold] ? kBmsHysteresisC : 0);
  member.causes[too_hot] = *temperature_c > hot_c;
  member.causes[too_cold] = *temperature_c < cold_c;
}

/// Those that stop something last: a flood of strangers must not end a stop.
void VirtualBms::forget_surplus() {
  const auto forget = [this](auto&& may_go) {
    for (auto it = members_.begin(); members_.size() > kMaxShuntsSeen && it != members_.end();)
      it = may_go(it->second) ? members_.erase(it) : std::next(it);
  };
  forget([](const Member& member) { return !member.present && member.causes.none(); });
  forget([](const Member& member) { return !member.present; });
}

std::string VirtualBms::stop_reason(StopCauses stopping) const {
  std::string reason;
  for (const auto& [id, member] : members_) {
    if ((member.causes & stopping).none()) continue;
    for (std::size_t cause = 0; cause < stop_cause_count; ++cause) {
      if (!member.causes[cause] || !stopping[cause]) continue;
      reason += reason.empty() ? "" : "; ";
      reason += member.name + ": " + std::string(kWords[cause]);
      if (!member.present) reason += " (not heard since)";
    }
  }
  return reason;
}

void VirtualBms::advance(Release& release, std::string reason, Instant now) const {
  if (!reason.empty()) {
    release = {true, std::nullopt, std::move(reason)};
    return;
  }
  if (!release.stopped) return;
  if (!release.at) release.at = now + kBmsReleaseDelay;
  if (now >= *release.at) release = {};
}

/// By capacity where every member's is known, else by number.
double VirtualBms::share_present() const {
  const bool all_known = std::all_of(members_.begin(), members_.end(), [](const auto& entry) {
    return entry.second.capacity_ah.has_value();
  });
  double present = 0;
  double all = 0;
  for (const auto& [id, member] : members_) {
    const double weight = all_known ? *member.capacity_ah : 1;
    all += weight;
    if (member.present) present += weight;
  }
  return all > 0 ? present / all : 0;
}

BmsDirection VirtualBms::direction(const Release& release,
                                   const std::optional<double>& limit_a) const {
  if (release.stopped) {
    const std::string wait = release.at ? " (cleared, released 30 s later)" : "";
    return {false, 0, release.reason + wait};
  }
  if (lost_ == 0) return {true, limit_a.value_or(kNoCurrentLimitA), ""};
  const std::string lost =
      std::to_string(lost_) + " of " + std::to_string(members_.size()) + " shunts lost";
  if (!limit_a) return {true, kNoCurrentLimitA, lost};
  const double share = share_present();
  return {true, *limit_a * share,
          lost + ": limited to " + std::to_string(std::lround(share * 100)) + " %"};
}

BmsOutput VirtualBms::update(std::span<const ShuntSnapshot> members, Instant now) {
  for (auto& [id, member] : members_) member.present = false;
  for (const ShuntSnapshot& snapshot : members) hear(snapshot);
  forget_surplus();
  lost_ = static_cast<std::size_t>(
      std::ranges::count_if(members_, [](const auto& entry) { return !entry.second.present; }));
  return conclude(now);
}

BmsOutput VirtualBms::update(std::span<const ShuntSnapshot> members,
                             std::span<const std::size_t> changed, Instant now) {
  for (const std::size_t index : changed) hear(members[index]);
  return conclude(now);
}

BmsOutput VirtualBms::conclude(Instant now) {
  advance(charge_, stop_reason(kStopsCharge), now);
  advance(discharge_, stop_reason(kStopsDischarge), now);
  return {rules_.max_charge_voltage_v, direction(charge_, rules_.max_charge_current_a),
          direction(discharge_, rules_.max_discharge_current_a), lost_ > 0};
}

std::optional<Instant> VirtualBms::deadline() const {
  return earlier(charge_.at, discharge_.at);
}

}  // namespace dmb
