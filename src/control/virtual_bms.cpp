// SPDX-License-Identifier: MIT
#include "dmb/control/virtual_bms.h"

#include "dmb/bank/limit_history.h"
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

bool tells_limit(const MemberSnapshot& member) {
  return std::ranges::any_of(
      kLimitItems, [&member](MemberQuantity limit) { return member.values[limit].has_value(); });
}

constexpr StopCauses kStopsCharge(1U << high_voltage_alarm | 1U << high_temperature_alarm |
                                  1U << low_temperature_alarm | 1U << too_hot | 1U << too_cold);
constexpr StopCauses kStopsDischarge(1U << high_temperature_alarm | 1U << low_voltage_alarm |
                                     1U << low_soc_alarm);

}  // namespace

void VirtualBms::change_rules(BmsRules rules) {
  rules_ = rules;
  known_.expect(rules.expected_shunts);
}

void VirtualBms::hear(const MemberSnapshot& snapshot) {
  StopCauses& causes = known_.hear(snapshot).causes;
  if (rules_.of_batteries && tells_limit(snapshot)) {
    causes.reset();
    return;
  }
  for (std::size_t i = 0; i < kStopAlarms.size(); ++i)
    if (const auto& value = snapshot.values[kStopAlarms[i]]) causes[kAlarmCauses[i]] = *value != 0;

  if (snapshot.values[kHasTemperature] == 0) {
    causes[too_hot] = false;
    causes[too_cold] = false;
    return;
  }
  const auto& temperature_c = snapshot.values[kTemperature];
  if (!temperature_c) return;
  const double hot_c = rules_.danger.hot_c - (causes[too_hot] ? kBmsHysteresisC : 0);
  const double cold_c = rules_.danger.cold_c + (causes[too_cold] ? kBmsHysteresisC : 0);
  causes[too_hot] = *temperature_c > hot_c;
  causes[too_cold] = *temperature_c < cold_c;
}

void VirtualBms::advance(Direction& direction, StopCauses stopping, Instant now) {
  std::vector<MemberStop> members;
  for (const auto& [id, shunt] : known_.all())
    if (const StopCauses causes = shunt.causes & stopping; causes.any())
      members.push_back({shunt.name, causes, shunt.present});
  if (!members.empty()) {
    direction.release.stop(now);
    direction.members = std::move(members);
  } else if (!direction.release.clear(now)) {
    direction.members.clear();
  }
}

ShareReason VirtualBms::share_reason(const Direction& direction) const {
  ShareReason reason{
      .nobody_heard = known_.present() == 0, .lost = known_.lost(), .expected = known_.expected()};
  for (const auto& [id, shunt] : known_.all()) {
    if (shunt.present && shunt.standing == Standing::disconnected)
      reason.disconnected.push_back(shunt.name);
    if (shunt.switched_off) reason.switched_off.push_back(shunt.name);
  }
  reason.of_batteries = rules_.of_batteries;
  if (direction.share.rises_at()) reason.follows_after = direction.share.delay();
  return reason;
}

void VirtualBms::vote(Limit limit, const Direction& direction,
                      const std::optional<double>& limit_a) {
  if (direction.release.stopped()) {
    StopReason reason{direction.members, std::nullopt};
    if (direction.release.ends_at()) reason.released_after = direction.release.delay();
    votes_.push_back({limit, 0, Cause::alarm, std::move(reason)});
  }
  votes_.push_back(
      {limit, limit_a.value_or(kNoCurrentLimitA), limit_a ? Cause::configured : Cause::unlimited});
  const double share = direction.share.share();
  if (share >= 1) return;
  ShareReason reason = share_reason(direction);
  if (share > 0 && limit_a) reason.percent = static_cast<int>(std::lround(share * 100));
  const double left_a = limit_a ? *limit_a * share : kNoCurrentLimitA;
  votes_.push_back({limit, share > 0 ? left_a : 0, Cause::share, std::move(reason)});
}

bool VirtualBms::update(std::span<const MemberSnapshot> members, Instant now) {
  known_.look(members, now);
  for (const MemberSnapshot& snapshot : members) hear(snapshot);
  return conclude(now);
}

bool VirtualBms::update(std::span<const MemberSnapshot> members,
                        std::span<const std::size_t> changed, Instant now) {
  for (const std::size_t index : changed) hear(members[index]);
  return conclude(now);
}

bool VirtualBms::conclude(Instant now) {
  known_.let_pass(now);
  const bool all_lost = known_.present() == 0 && known_.lost() > 0;
  const double share = all_lost ? 0 : known_.share_present();
  kept_ = keeps_lost(now) && !all_lost;
  if (kept_)
    charge_.share.hold(now);
  else
    charge_.share.update(share, now);
  if (kept_ || (all_lost && !rules_.stop_discharge_when_all_lost))
    discharge_.share.hold(now);
  else
    discharge_.share.update(share, now);
  advance(charge_, kStopsCharge, now);
  advance(discharge_, kStopsDischarge, now);
  std::swap(votes_, votes_before_);
  votes_.clear();
  if (rules_.max_charge_voltage_v)
    votes_.push_back({Limit::charge_voltage, *rules_.max_charge_voltage_v, Cause::configured});
  vote(Limit::charge_current, charge_, rules_.max_charge_current_a);
  vote(Limit::discharge_current, discharge_, rules_.max_discharge_current_a);
  return votes_ != votes_before_;
}

/// One is lost, and for a while the bank goes on as if it were there.
bool VirtualBms::keeps_lost(Instant now) {
  if (known_.lost() == 0) {
    lost_since_.reset();
    return false;
  }
  if (!lost_since_) lost_since_ = now;
  return now < *lost_since_ + rules_.keep_lost;
}

std::optional<Instant> VirtualBms::deadline() const {
  std::optional<Instant> first = known_.deadline();
  if (lost_since_ && kept_) first = earlier(first, *lost_since_ + rules_.keep_lost);
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
      remembered.stop = BankMemory::Stop{release.stopped(), release.delay(), direction.members};
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
      direction.members = stop->members;
    }
    if (const auto& share = remembered.share)
      direction.share.resume(share->present, share->delay, now);
  };
  resume(memory.charge, charge_);
  resume(memory.discharge, discharge_);
}

}  // namespace dmb
