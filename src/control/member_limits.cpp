// SPDX-License-Identifier: MIT
#include "dmb/control/member_limits.h"

#include "dmb/bank/aggregate.h"
#include "dmb/control/guard.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>

namespace dmb {
namespace {

using namespace std::chrono_literals;

constexpr double kEnoughPerAh = 0.05;  // current of the bank that tells the shares
constexpr double kFlowPerAh = 0.01;    // current that a member which blocks must not have
constexpr double kFlowWithoutCapacityA = 2;
constexpr auto kFlowPatience = 5s;

struct AlarmWords {
  MemberQuantity alarm;
  std::string_view words;
};
constexpr std::array kWhyNotCharged{AlarmWords{q("/Alarms/LowChargeTemperature"), "too cold"},
                                    AlarmWords{q("/Alarms/LowTemperature"), "too cold"},
                                    AlarmWords{q("/Alarms/HighChargeTemperature"), "too hot"},
                                    AlarmWords{q("/Alarms/HighTemperature"), "too hot"},
                                    AlarmWords{q("/Alarms/HighCellVoltage"), "high cell voltage"},
                                    AlarmWords{q("/Alarms/HighVoltage"), "high voltage"}};
constexpr std::array kWhyNotDischarged{AlarmWords{q("/Alarms/LowCellVoltage"), "low cell voltage"},
                                       AlarmWords{q("/Alarms/LowVoltage"), "low voltage"},
                                       AlarmWords{q("/Alarms/LowSoc"), "low state of charge"},
                                       AlarmWords{q("/Alarms/HighTemperature"), "too hot"},
                                       AlarmWords{q("/Alarms/LowTemperature"), "too cold"}};

std::string why_blocked(const MemberSnapshot& member, bool charging) {
  const std::string& told =
      charging ? member.texts.charge_limitation : member.texts.discharge_limitation;
  if (!told.empty()) return told;
  if (member.standing == Standing::disconnected) return "it is disconnected from the others";
  const std::span<const AlarmWords> alarms =
      charging ? std::span<const AlarmWords>(kWhyNotCharged) : kWhyNotDischarged;
  for (const auto& [alarm, words] : alarms)
    if (member.values[alarm].value_or(0) > 0) return std::string(words);
  return "its BMS does not allow it";
}

/// Null where there is no reason of that kind.
const MemberReason* reason_in(const LimitReason& reason) {
  return reason.what() != nullptr ? std::get_if<MemberReason>(reason.what()) : nullptr;
}

/// Whether what held a limit back is over. Who allows the least, of all that are well, is not.
bool is_over(const MemberReason& held, const LimitReason& now) {
  const MemberReason* present = reason_in(now);
  if (present == nullptr) return !held.blocked.empty() || !held.lost.empty() || held.none_tells;
  return held.blocked != present->blocked || held.lost != present->lost ||
         held.none_tells != present->none_tells;
}

double into(double current_a, bool charging) {
  return charging ? current_a : -current_a;
}

}  // namespace

/// What the members come to in one direction.
struct MemberLimits::Tally {
  std::optional<double> least_a;
  double sum_a = 0;
  double bank_ah = 0;    ///< of all that count, those that block as well
  bool any = false;      ///< a limit is in the sum
  bool carries = false;  ///< somebody there may carry current
  MemberReason reason = {};

  /// Of several that allow the same it is the first by name: whoever plays a recording, whose ids
  /// are masked, finds the same one.
  void lower(double limit_a, const std::string& name) {
    if (least_a && std::tie(*least_a, reason.least) <= std::tie(limit_a, name)) return;
    least_a = limit_a;
    reason.least = name;
  }
};

std::optional<double> MemberLimits::configured_a(const Direction& direction) const {
  return direction.charging ? rules_.max_charge_current_a : rules_.max_discharge_current_a;
}

void MemberLimits::hear(const MemberSnapshot& snapshot) {
  Member& member = members_[snapshot.id];
  if (member.name != snapshot.name) member.name = snapshot.name;
  const auto& capacity_ah = snapshot.capacity_ah;
  member.known_capacity_ah = capacity_ah && *capacity_ah > 0 ? capacity_ah : std::nullopt;
  member.current_a = snapshot.values[q("/Dc/0/Current")];
  member.wish = charge_wish(snapshot);
  gives_voltage_ = gives_voltage_ || member.wish.max_charge_voltage_v;
  member.present = true;
  member.remembered = false;
  const auto take = [&](Way& way, Direction& direction, std::optional<double> limit_a,
                        std::optional<double> allowed) {
    way.limit_a = limit_a ? std::optional(std::max(*limit_a, 0.0)) : std::nullopt;
    direction.told = direction.told || limit_a;
    way.blocked = way.limit_a == 0 || allowed == 0 || snapshot.standing == Standing::disconnected;
    if (way.blocked) way.why = why_blocked(snapshot, direction.charging);
  };
  take(member.charge, charge_, snapshot.values[q("/Info/MaxChargeCurrent")],
       snapshot.values[q("/Io/AllowToCharge")]);
  take(member.discharge, discharge_, snapshot.values[q("/Info/MaxDischargeCurrent")],
       snapshot.values[q("/Io/AllowToDischarge")]);
}

bool MemberLimits::counts(const Member& member, Instant now) const {
  return member.present || (!member.remembered && now < member.lost_at + rules_.keep_lost);
}

bool MemberLimits::forget_lost(Instant now) {
  const auto counts_for = std::max<Instant::duration>(kLostMemberCounts, rules_.keep_lost);
  return std::erase_if(members_, [&](const auto& entry) {
           return !entry.second.present && now >= entry.second.lost_at + counts_for;
         }) > 0;
}

bool MemberLimits::update(std::span<const MemberSnapshot> members, const BankMoment& moment,
                          Instant now) {
  std::vector<Member*> before;
  for (auto& [id, member] : members_)
    if (std::exchange(member.present, false)) before.push_back(&member);
  const double mean_ah = usual_capacity_ah(members);
  const double usual_ah = mean_ah > 0 ? mean_ah : 1;
  for (const MemberSnapshot& member : members) hear(member);
  for (Member* member : before)
    if (!member->present) {
      member->lost_at = now;
      member->wish.lost = true;
    }
  const bool forgotten = forget_lost(now);
  const bool held = charge_.rise.is_held() || discharge_.rise.is_held();
  is_empty_ = members.empty();
  if (is_empty_) return forgotten;
  for (auto& [id, member] : members_)
    if (member.present) member.capacity_ah = member.known_capacity_ah.value_or(usual_ah);
  votes_.clear();
  vote_voltage(now);
  vote_current(Limit::charge_current, charge_, moment, now);
  vote_current(Limit::discharge_current, discharge_, moment, now);
  return forgotten || held != (charge_.rise.is_held() || discharge_.rise.is_held());
}

void MemberLimits::remember(BankMemory& memory) const {
  const auto hold = [](const LateRise& rise, BankMemory::Direction& remembered) {
    if (rise.is_held()) remembered.held = BankMemory::Held{*rise.value(), rise.delay()};
  };
  hold(charge_.rise, memory.charge);
  hold(discharge_.rise, memory.discharge);
  const auto last = [](const Way& way) {
    return way.limit_a && !way.blocked ? std::optional(*way.limit_a / way.share.value())
                                       : std::nullopt;
  };
  for (const auto& [id, member] : members_)
    if (!member.present && memory.last_limits.size() < kMaxShuntsRemembered)
      memory.last_limits.push_back({id, member.name, member.wish.max_charge_voltage_v,
                                    last(member.charge), last(member.discharge)});
}

void MemberLimits::resume(const BankMemory& memory, Instant now) {
  const auto hold = [now](const BankMemory::Direction& remembered, LateRise& rise) {
    if (const auto& held = remembered.held) rise.resume(held->current_a, held->delay, now);
  };
  hold(memory.charge, charge_.rise);
  hold(memory.discharge, discharge_.rise);
  for (const BankMemory::LastLimits& last : memory.last_limits) {
    Member& member = members_[last.id];
    member.name = last.name;
    member.wish.max_charge_voltage_v = last.max_charge_voltage_v;
    member.wish.lost = member.remembered = true;
    member.lost_at = now;
    member.charge.limit_a = last.charge_a;
    member.charge.blocked = !last.charge_a;
    member.discharge.limit_a = last.discharge_a;
    member.discharge.blocked = !last.discharge_a;
    gives_voltage_ = gives_voltage_ || last.max_charge_voltage_v;
  }
}

/// Who carries which part. A member that is lost keeps the share it had.
void MemberLimits::weigh(Direction& direction, const BankMoment& moment, Instant now) {
  double capacity_ah = 0;
  double bank_ah = 0;
  double current_a = 0;
  bool all_measured = moment.current_a.has_value();
  for (const auto& [id, member] : members_) {
    if (!counts(member, now)) continue;
    bank_ah += member.capacity_ah;
    if (way(member, direction).blocked) continue;
    capacity_ah += member.capacity_ah;
    all_measured = all_measured && member.present && member.current_a;
    current_a += into(member.current_a.value_or(0), direction.charging);
  }
  const bool tells = all_measured && current_a > 0 &&
                     into(*moment.current_a, direction.charging) > kEnoughPerAh * bank_ah;
  for (auto& [id, member] : members_) {
    Way& seen = way(member, direction);
    if (!member.present || seen.blocked || capacity_ah <= 0) continue;
    std::optional<double> measured;
    if (tells) measured = into(*member.current_a, direction.charging) / current_a;
    seen.share.update(member.capacity_ah / capacity_ah, measured, now);
  }
}

/// Discharging is no matter of the bank while it is not discharged: packs of different charge level
/// each other.
void MemberLimits::watch_flow(Member& member, const Direction& direction, const BankMoment& moment,
                              Instant now) const {
  Way& seen = way(member, direction);
  const double most_a =
      member.known_capacity_ah ? *member.known_capacity_ah * kFlowPerAh : kFlowWithoutCapacityA;
  const bool flows = member.present && seen.blocked && member.current_a &&
                     into(*member.current_a, direction.charging) > most_a &&
                     (direction.charging || moment.current_a.value_or(-1) < 0);
  if (!flows)
    seen.flows_since.reset();
  else if (!seen.flows_since)
    seen.flows_since = now;
}

void MemberLimits::count_member(const Member& member, const Direction& direction, Instant now,
                                Tally& tally) const {
  const Way& seen = way(member, direction);
  if (!member.present) tally.reason.lost.push_back(member.name);
  if (seen.blocked) {
    if (!member.present) return;
    tally.reason.blocked.push_back({member.name, seen.why});
    if (!seen.flows_since || now < *seen.flows_since + kFlowPatience) return;
    tally.reason.flows = true;
    return tally.lower(0, member.name);
  }
  tally.carries = tally.carries || member.present;
  std::optional<double> limit_a = seen.limit_a;
  if (!limit_a && configured_a(direction))
    limit_a =
        *configured_a(direction) * member.capacity_ah / std::max(tally.bank_ah, member.capacity_ah);
  if (!limit_a) return;
  tally.lower(*limit_a / seen.share.value(), member.name);
  if (!counts(member, now)) return;
  tally.sum_a += *limit_a;
  tally.any = true;
}

WantedLimit MemberLimits::decide(Direction& direction, const BankMoment& moment, Instant now) {
  Tally tally;
  tally.reason.charging = direction.charging;
  for (const auto& [id, member] : members_)
    if (counts(member, now)) tally.bank_ah += member.capacity_ah;
  for (auto& [id, member] : members_) {
    watch_flow(member, direction, moment, now);
    count_member(member, direction, now, tally);
  }
  direction.blocking = tally.reason.blocked.size();
  MemberReason& reason = tally.reason;
  Cause cause = Cause::given;
  double value = tally.least_a.value_or(kNoCurrentLimitA);
  if (tally.any && tally.sum_a < value) {
    value = tally.sum_a;
    reason.least.clear();
  }
  const auto stop = [&](Cause why) {
    value = 0;
    cause = why;
    reason.least.clear();
  };
  if (rules_.stop_when_lost && moment.member_lost) {
    reason.stopped_for_lost = true;
    stop(Cause::share);
  } else if (!tally.carries) {
    stop(direction.charging ? Cause::charge_blocked : Cause::given);
  } else if (!tally.any && direction.told) {
    reason.none_tells = true;
    stop(Cause::not_usable);
  }
  if (reason.blocked.empty() && reason.lost.empty() && reason.least.empty() && value > 0)
    return {value, cause, {}};
  return {value, cause, LimitReason(std::move(reason))};
}

void MemberLimits::vote_current(Limit limit, Direction& direction, const BankMoment& moment,
                                Instant now) {
  weigh(direction, moment, now);
  WantedLimit present = decide(direction, moment, now);
  const LimitReason reason_now = present.reason;
  WantedLimit wanted = direction.rise.update(std::move(present), now);
  const MemberReason* held = reason_in(wanted.reason);
  if (held != nullptr && is_over(*held, reason_now)) {
    MemberReason over = *held;
    over.rises_after = direction.rise.delay();
    wanted.reason = LimitReason(std::move(over));
  }
  if (wanted.value < kNoCurrentLimitA)
    votes_.push_back({limit, wanted.value, wanted.cause, std::move(wanted.reason)});
}

void MemberLimits::vote_voltage(Instant now) {
  std::vector<ChargeWish> wishes;
  for (const auto& [id, member] : members_) wishes.push_back(member.wish);
  const auto voltage_v = voltage_rule_.update(wishes, now);
  if (!voltage_v) return;
  const WantedLimit& wanted = voltage_rise_.update({*voltage_v, Cause::given, {}}, now);
  votes_.push_back({Limit::charge_voltage, wanted.value, wanted.cause, wanted.reason});
}

bool MemberLimits::has_lost() const {
  return std::ranges::any_of(members_, [](const auto& entry) { return !entry.second.present; });
}

std::optional<Instant> MemberLimits::deadline(Instant now) const {
  std::optional<Instant> first;
  // Nothing rises while nobody is there, whenever it was due.
  if (!is_empty_) {
    first = earlier(voltage_rule_.next_change(), voltage_rise_.rises_at());
    for (const Direction* direction : {&charge_, &discharge_})
      first = earlier(first, direction->rise.rises_at());
  }
  for (const auto& [id, member] : members_) {
    for (const Way* seen : {&member.charge, &member.discharge})
      if (seen->flows_since && now < *seen->flows_since + kFlowPatience)
        first = earlier(first, *seen->flows_since + kFlowPatience);
    if (member.present) continue;
    first = earlier(
        first, member.lost_at + std::max<Instant::duration>(kLostMemberCounts, rules_.keep_lost));
    if (counts(member, now)) first = earlier(first, member.lost_at + rules_.keep_lost);
  }
  return first;
}

}  // namespace dmb
