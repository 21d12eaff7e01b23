// SPDX-License-Identifier: MIT
#include "dmb/control/virtual_bms.h"

#include "dmb/bank/standing.h"
#include "dmb/control/guard.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace dmb {
namespace {

constexpr MemberQuantity kTemperature = q("/Dc/0/Temperature");
constexpr MemberQuantity kHasTemperature = q("/Settings/HasTemperature");

/// By index of kStopAlarms.
constexpr std::array<StopCause, kStopAlarms.size()> kAlarmCauses{
    high_voltage_alarm, high_temperature_alarm, low_temperature_alarm, low_voltage_alarm,
    low_soc_alarm};

constexpr StopCauses kStopsCharge(1U << high_voltage_alarm | 1U << high_temperature_alarm |
                                  1U << low_temperature_alarm | 1U << too_hot | 1U << too_cold);
constexpr StopCauses kStopsDischarge(1U << high_temperature_alarm | 1U << low_voltage_alarm |
                                     1U << low_soc_alarm);

std::string percent(double share) {
  return std::to_string(std::lround(share * 100)) + " %";
}

std::string text(std::chrono::seconds delay) {
  return std::to_string(delay.count()) + " s";
}

}  // namespace

void VirtualBms::change_rules(BmsRules rules) {
  rules_ = rules;
  known_.expect(rules.expected_shunts);
}

void VirtualBms::hear(const ShuntSnapshot& snapshot) {
  StopCauses& causes = known_.hear(snapshot).causes;
  for (std::size_t i = 0; i < kStopAlarms.size(); ++i)
    if (const auto& value = snapshot.values[kStopAlarms[i]]) causes[kAlarmCauses[i]] = *value != 0;

  if (snapshot.values[kHasTemperature] == 0) {
    causes[too_hot] = false;
    causes[too_cold] = false;
    return;
  }
  const auto& temperature_c = snapshot.values[kTemperature];
  if (!temperature_c) return;
  const double hot_c = rules_.temp_hot_danger_c - (causes[too_hot] ? kBmsHysteresisC : 0);
  const double cold_c = rules_.temp_cold_danger_c + (causes[too_cold] ? kBmsHysteresisC : 0);
  causes[too_hot] = *temperature_c > hot_c;
  causes[too_cold] = *temperature_c < cold_c;
}

std::string VirtualBms::stop_reason(StopCauses stopping) const {
  std::string reason;
  for (const auto& [id, shunt] : known_.all()) {
    if ((shunt.causes & stopping).none()) continue;
    for (std::size_t cause = 0; cause < stop_cause_count; ++cause) {
      if (!shunt.causes[cause] || !stopping[cause]) continue;
      reason += reason.empty() ? "" : "; ";
      reason += shunt.name + ": " + std::string(kStopCauseWords[cause]);
      if (!shunt.present) reason += " (not heard since)";
    }
  }
  return reason;
}

void VirtualBms::advance(Direction& direction, std::string reason, Instant now) {
  if (!reason.empty()) {
    direction.release.stop(now);
    direction.reason = std::move(reason);
  } else if (!direction.release.clear(now)) {
    direction.reason.clear();
  }
}

std::string VirtualBms::share_reason(const Direction& direction) const {
  std::string reason;
  const auto add = [&reason](const std::string& text) {
    reason += (reason.empty() ? "" : "; ") + text;
  };
  if (known_.present() == 0) {
    add("no shunt is heard any more");
  } else if (known_.lost() > 0) {
    add(std::to_string(known_.lost()) + " of " + std::to_string(known_.expected()) +
        " shunts lost");
  }
  for (const auto& [id, shunt] : known_.all())
    if (shunt.present && shunt.standing == Standing::disconnected)
      add(shunt.name + ": disconnected");
  if (direction.share.rises_at())
    add("shunts are back, their share follows after " + text(direction.share.delay()));
  return reason;
}

void VirtualBms::vote(Limit limit, const Direction& direction,
                      const std::optional<double>& limit_a) {
  if (direction.release.stopped()) {
    const bool waits = direction.release.ends_at().has_value();
    const std::string wait =
        waits ? " (cleared, released " + text(direction.release.delay()) + " later)" : "";
    votes_.push_back({limit, 0, Cause::alarm, direction.reason + wait});
  }
  votes_.push_back(
      {limit, limit_a.value_or(kNoCurrentLimitA), limit_a ? Cause::configured : Cause::unlimited});
  const double share = direction.share.share();
  if (share >= 1) return;
  std::string reason = share_reason(direction);
  if (share > 0 && limit_a) reason += ": limited to " + percent(share);
  const double left_a = limit_a ? *limit_a * share : kNoCurrentLimitA;
  votes_.push_back({limit, share > 0 ? left_a : 0, Cause::share, std::move(reason)});
}

BmsDirection VirtualBms::decided(Limit limit) const {
  const Vote& vote = *decide(votes_, limit);
  return {vote.value > 0, vote.value, vote.text};
}

BmsOutput VirtualBms::update(std::span<const ShuntSnapshot> members, Instant now) {
  known_.look(members, now);
  for (const ShuntSnapshot& snapshot : members) hear(snapshot);
  return conclude(now);
}

BmsOutput VirtualBms::update(std::span<const ShuntSnapshot> members,
                             std::span<const std::size_t> changed, Instant now) {
  for (const std::size_t index : changed) hear(members[index]);
  return conclude(now);
}

BmsOutput VirtualBms::conclude(Instant now) {
  known_.let_pass(now);
  const bool all_lost = known_.present() == 0 && known_.lost() > 0;
  const double share = all_lost ? 0 : known_.share_present();
  charge_.share.update(share, now);
  if (all_lost && !rules_.stop_discharge_when_all_lost)
    discharge_.share.hold(now);
  else
    discharge_.share.update(share, now);
  advance(charge_, stop_reason(kStopsCharge), now);
  advance(discharge_, stop_reason(kStopsDischarge), now);
  votes_.clear();
  votes_.push_back({Limit::charge_voltage, rules_.max_charge_voltage_v, Cause::configured});
  vote(Limit::charge_current, charge_, rules_.max_charge_current_a);
  vote(Limit::discharge_current, discharge_, rules_.max_discharge_current_a);
  return {rules_.max_charge_voltage_v, decided(Limit::charge_current),
          decided(Limit::discharge_current), known_.lost() > 0};
}

std::optional<Instant> VirtualBms::deadline() const {
  std::optional<Instant> first = known_.deadline();
  for (const Direction* direction : {&charge_, &discharge_}) {
    first = earlier(first, direction->release.ends_at());
    first = earlier(first, direction->share.rises_at());
  }
  return first;
}

BankMemory VirtualBms::memory(Instant now) const {
  BankMemory memory = known_.memory(now);
  const auto remember = [now](const Direction& direction, BankMemory::Direction& remembered) {
    const ReleaseDelay& release = direction.release;
    const ShareGuard& share = direction.share;
    if (!release.is_at_rest(now))
      remembered.stop = BankMemory::Stop{release.stopped(), release.delay(), direction.reason};
    if (!share.is_at_rest(now)) remembered.share = BankMemory::Share{share.share(), share.delay()};
  };
  remember(charge_, memory.charge);
  remember(discharge_, memory.discharge);
  return memory;
}

void VirtualBms::resume(const BankMemory& memory, Instant now) {
  known_.resume(memory, now);
  const auto resume = [now](const BankMemory::Direction& remembered, Direction& direction) {
    if (const auto& stop = remembered.stop) {
      direction.release.resume(stop->active, stop->delay, now);
      direction.reason = stop->active ? stop->reason : "";
    }
    if (const auto& share = remembered.share)
      direction.share.resume(share->present, share->delay, now);
  };
  resume(memory.charge, charge_);
  resume(memory.discharge, discharge_);
}

}  // namespace dmb
