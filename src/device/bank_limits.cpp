// SPDX-License-Identifier: MIT
#include "dmb/device/bank_limits.h"

#include "dmb/device/aggregate_view.h"
#include "dmb/device/charge_view.h"
#include "dmb/device/limits_view.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace dmb {
namespace {

/// In which members that were not heard since the start are not called lost.
constexpr std::chrono::seconds kStartPatience{30};

/// Which member allows the least changes all the time.
LimitReason worth_noting(const LimitReason& reason) {
  const auto* members = reason.what() ? std::get_if<MemberReason>(reason.what()) : nullptr;
  if (members == nullptr || members->least.empty()) return reason;
  if (members->blocked.empty() && members->lost.empty()) return {};
  MemberReason rest = *members;
  rest.least.clear();
  return rest;
}

}  // namespace

BankLimits::BankLimits(const BmsRules& rules, KnownMembers seen, bool control)
    : rules_(rules), control_(control), bms_(rules) {
  bms_.known() = std::move(seen);
  change_rules(rules, control);
}

void BankLimits::change_rules(const BmsRules& rules, bool control) {
  rules_ = rules;
  control_ = control;
  bms_.change_rules(rules);
  gives_voltage_ = gives_voltage_ || rules.max_charge_voltage_v;
  if (!rules.of_batteries) return;
  const MemberLimitRules member_rules{.max_charge_current_a = rules.max_charge_current_a,
                                      .max_discharge_current_a = rules.max_discharge_current_a,
                                      .stop_when_lost = rules.stop_when_lost,
                                      .keep_lost = rules.keep_lost};
  if (members_)
    members_->change_rules(member_rules);
  else
    members_.emplace(member_rules);
}

void BankLimits::change_charge_control(const std::optional<ChargeRules>& rules) {
  charges_ = charges_ && rules;
  dmb::change_rules(charge_, rules);
}

BankMemory BankLimits::memory(Instant now) const {
  BankMemory memory = bms_.memory(now);
  memory.right_charge_voltage_v = right_charge_voltage_v();
  if (members_) members_->remember(memory);
  return memory;
}

void BankLimits::resume(const BankMemory& memory, Instant now) {
  bms_.resume(memory, now);
  charge_voltage_fit_ = ChargeVoltageFit(memory.right_charge_voltage_v);
  if (members_) members_->resume(memory, now);
}

bool BankLimits::update(Bank& bank, const BankNews& news, Instant now, BankNotes& notes) {
  const bool is_new =
      news.all ? bms_.update(bank.members(), now) : bms_.update(bank.members(), news.changed, now);
  const bool is_new_of_members = members_ && update_members(bank, now);
  if (news.all || !news.changed.empty()) told_at_ = now;
  charges_ = charge_ && !bank.empty();
  if (charges_) control_charge(bank, now);
  if (members_ || charge_ || manual_.any()) gather_votes(bank, now);
  if (bank.empty()) return is_new || is_new_of_members;
  note_reason(Limit::charge_current, charge_noted_, notes);
  note_reason(Limit::discharge_current, discharge_noted_, notes);
  return is_new || is_new_of_members;
}

bool BankLimits::update_members(Bank& bank, Instant now) {
  if (!bank.empty() && !began_at_) began_at_ = now;
  members_->keep_only([&known = bms_.known().all()](const std::string& id) {
    const auto member = known.find(id);
    return member != known.end() && !member->second.switched_off;
  });
  const auto current_a =
      bank.empty() ? std::nullopt : bank.aggregate(now).values[q("/Dc/0/Current")];
  const bool is_new = members_->update(bank.members(), {current_a, bms_.known().lost() > 0}, now);
  gives_voltage_ = gives_voltage_ || members_->gives_voltage();
  return is_new;
}

void BankLimits::control_charge(Bank& bank, Instant now) {
  std::vector<PackCells> packs;
  for (const MemberSnapshot& member : bank.members()) packs.push_back(pack_cells_of(member));
  const MemberValues& values = bank.aggregate(now).values;
  charge_->update({.packs = packs,
                   .voltage_v = values[q("/Dc/0/Voltage")],
                   .current_a = values[q("/Dc/0/Current")],
                   .capacity_ah = values[q("/InstalledCapacity")],
                   .soc_percent = values[q("/Soc")],
                   .charger_v = std::nullopt,
                   .today = today_,
                   .told_at = told_at_},
                  now);
  gives_voltage_ = gives_voltage_ || dmb::decide(charge_->votes(), Limit::charge_voltage);
}

void BankLimits::gather_votes(Bank& bank, Instant now) {
  votes_.assign(bms_.votes().begin(), bms_.votes().end());
  if (members_) votes_.insert(votes_.end(), members_->votes().begin(), members_->votes().end());
  if (charge_) votes_.insert(votes_.end(), charge_->votes().begin(), charge_->votes().end());
  const bool asks_soc = manual_.needs_soc() && !bank.empty();
  const auto soc_percent = asks_soc ? bank.aggregate(now).values[q("/Soc")] : std::nullopt;
  manual_.vote(soc_percent, is_full_wanted(), now, votes_);
}

std::optional<Instant> BankLimits::deadline(Instant now) const {
  auto first = bms_.deadline();
  if (charges_) first = earlier(first, charge_->next_change(now));
  if (!members_) return first;
  const auto said_at =
      began_at_ && now < *began_at_ + kStartPatience ? *began_at_ + kStartPatience : first;
  return earlier(earlier(first, said_at), members_->deadline(now));
}

/// One that was not heard since the start may be on its way still.
bool BankLimits::says_lost(Instant now) const {
  if (bms_.known().lost() == 0) return false;
  return !members_ || members_->has_lost() || !began_at_ || now >= *began_at_ + kStartPatience;
}

void BankLimits::note_reason(Limit limit, LimitReason& noted, BankNotes& notes) const {
  const Vote& vote = *dmb::decide(votes(), limit);
  const LimitReason reason = worth_noting(vote.reason);
  if (same_cause(reason, noted)) return;
  const bool trouble = is_trouble(reason) || is_trouble(noted);
  noted = reason;
  if (is_active()) notes.limit_changed({limit, vote.value > 0, reason, trouble});
}

bool BankLimits::fits(std::optional<double> voltage_v, BankNotes& notes) {
  const auto& configured_v = rules_.max_charge_voltage_v;
  if (!configured_v || charge_voltage_fit_.fits(*configured_v, voltage_v)) {
    notes.charge_voltage_fits();
    return true;
  }
  voltage_v_ = voltage_v;
  notes.charge_voltage_misfit(*configured_v, *voltage_v);
  return false;
}

void BankLimits::decide(std::span<const Vote> votes, const GuardNews& news, Instant now,
                        ItemValues& values) {
  const LimitState& state = guard_.update(votes, news, now);
  if (is_active()) show_bms(state, says_lost(now), values);
}

void BankLimits::show(const Aggregate& bank, std::span<const MemberSnapshot> members, Instant now,
                      ItemValues& values, BankNotes& notes) {
  voltage_v_ = bank.values[q("/Dc/0/Voltage")];
  const bool before = guard_.lowers_voltage();
  GuardNews news{.capacity_ah = bank.values[q("/InstalledCapacity")]};
  // What flows in spite of a limit that nobody is told is no disobedience.
  if (is_active()) {
    news.voltage_v = voltage_v_;
    news.current_a = bank.values[q("/Dc/0/Current")];
  }
  const auto& cells = bank.values[q("/System/NrOfCellsPerBattery")];
  if (charge_ && charge_->cells_in_series())
    news.cells = charge_->cells_in_series();
  else if (members_ && cells)
    news.cells = static_cast<int>(*cells);
  decide(votes(), news, now, values);
  if (members_) show_members(members, values);
  if (charge_ && is_active()) show_charge_control(*charge_, guard_.state(), values);
  if (manual_.take_soc_lack()) notes.charge_goal_unknown();
  const bool lowered = guard_.lowers_voltage();
  if (lowered != before)
    notes.charge_voltage_lowered(lowered, shown().max_charge_voltage.value.value_or(0));
}

void BankLimits::show_members(std::span<const MemberSnapshot> members, ItemValues& values) const {
  values.set(q("/System/NrOfModulesBlockingCharge"),
             static_cast<std::int32_t>(members_->blocking_charge()));
  values.set(q("/System/NrOfModulesBlockingDischarge"),
             static_cast<std::int32_t>(members_->blocking_discharge()));
  if (charge_) return;
  const std::string mode = bank_charge_mode(members);
  if (!mode.empty())
    values.set(q("/Info/ChargeMode"), mode);
  else if (values[q("/Info/ChargeMode")].exists)
    values.set(q("/Info/ChargeMode"), std::nullopt);
}

/// Without a current nobody sees whether it is obeyed, so CVL goes below the measured voltage at
/// once, as with an MQTT battery. From one that did not fit it need not rise slowly afterwards.
void BankLimits::show_last_word(BankTrouble trouble, Instant now, ItemValues& values) {
  const bool misfit = trouble == BankTrouble::charge_voltage_misfit;
  std::vector<Vote> votes{{Limit::charge_current, 0, Cause::silence, trouble}};
  if (const auto& configured_v = rules_.max_charge_voltage_v)
    votes.push_back({Limit::charge_voltage, *configured_v, Cause::configured});
  if (const auto& shown_v = members_ ? shown().max_charge_voltage.value : std::nullopt)
    votes.push_back({Limit::charge_voltage, *shown_v, Cause::kept});
  if (voltage_v_)
    votes.push_back({Limit::charge_voltage, blind_stop_voltage_v(*voltage_v_), Cause::silence});
  if (rules_.stop_discharge_when_all_lost)
    votes.push_back({Limit::discharge_current, 0, Cause::silence, trouble});
  manual_.vote(std::nullopt, is_full_wanted(), now, votes);
  decide(votes, {.voltage_v = misfit ? std::nullopt : voltage_v_}, now, values);
  if (!misfit) show_nobody(values);
}

}  // namespace dmb
