// SPDX-License-Identifier: MIT
#include "dmb/device/bank_limits.h"

#include "dmb/device/aggregate_view.h"
#include "dmb/device/limits_view.h"

#include <utility>
#include <vector>

namespace dmb {

BankLimits::BankLimits(const BmsRules& rules, KnownMembers seen) : rules_(rules), bms_(rules) {
  bms_.known() = std::move(seen);
}

void BankLimits::change_rules(const BmsRules& rules) {
  rules_ = rules;
  bms_.change_rules(rules);
}

BankMemory BankLimits::memory(Instant now) const {
  BankMemory memory = bms_.memory(now);
  memory.right_charge_voltage_v = right_charge_voltage_v();
  return memory;
}

void BankLimits::resume(const BankMemory& memory, Instant now) {
  bms_.resume(memory, now);
  charge_voltage_fit_ = ChargeVoltageFit(memory.right_charge_voltage_v);
}

bool BankLimits::update(const Bank& bank, const BankNews& news, Instant now, BankNotes& notes) {
  const bool is_new =
      news.all ? bms_.update(bank.members(), now) : bms_.update(bank.members(), news.changed, now);
  if (bank.empty()) return is_new;
  note_reason(Limit::charge_current, charge_noted_, notes);
  note_reason(Limit::discharge_current, discharge_noted_, notes);
  return is_new;
}

void BankLimits::note_reason(Limit limit, LimitReason& noted, BankNotes& notes) const {
  const Vote& vote = *dmb::decide(bms_.votes(), limit);
  if (vote.reason == noted) return;
  noted = vote.reason;
  notes.limit_changed({limit, vote.value > 0, vote.reason});
}

bool BankLimits::fits(std::optional<double> voltage_v, BankNotes& notes) {
  if (charge_voltage_fit_.fits(rules_.max_charge_voltage_v, voltage_v)) {
    notes.charge_voltage_fits();
    return true;
  }
  voltage_v_ = voltage_v;
  notes.charge_voltage_misfit(rules_.max_charge_voltage_v, *voltage_v);
  return false;
}

void BankLimits::decide(std::span<const Vote> votes, const GuardNews& news, Instant now,
                        ItemValues& values) {
  show_bms(guard_.update(votes, news, now), bms_.known().lost() > 0, values);
}

void BankLimits::show(const Aggregate& bank, Instant now, ItemValues& values, BankNotes& notes) {
  voltage_v_ = bank.values[q("/Dc/0/Voltage")];
  const bool before = guard_.lowers_voltage();
  const GuardNews news{.voltage_v = voltage_v_,
                       .current_a = bank.values[q("/Dc/0/Current")],
                       .capacity_ah = bank.values[q("/InstalledCapacity")]};
  decide(bms_.votes(), news, now, values);
  const bool lowered = guard_.lowers_voltage();
  if (lowered != before)
    notes.charge_voltage_lowered(lowered, shown().max_charge_voltage.value.value_or(0));
}

/// Without a current nobody sees whether it is obeyed, so CVL goes below the measured voltage at
/// once, as with an MQTT battery. From one that did not fit it need not rise slowly afterwards.
void BankLimits::show_last_word(BankTrouble trouble, Instant now, ItemValues& values) {
  const bool misfit = trouble == BankTrouble::charge_voltage_misfit;
  std::vector<Vote> votes{{Limit::charge_voltage, rules_.max_charge_voltage_v, Cause::configured},
                          {Limit::charge_current, 0, Cause::silence, trouble}};
  if (voltage_v_)
    votes.push_back({Limit::charge_voltage, blind_stop_voltage_v(*voltage_v_), Cause::silence});
  if (rules_.stop_discharge_when_all_lost)
    votes.push_back({Limit::discharge_current, 0, Cause::silence, trouble});
  decide(votes, {.voltage_v = misfit ? std::nullopt : voltage_v_}, now, values);
  if (!misfit) show_nobody(values);
}

}  // namespace dmb
