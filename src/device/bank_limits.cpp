// SPDX-License-Identifier: MIT
#include "dmb/device/bank_limits.h"

#include "dmb/device/aggregate_view.h"
#include "dmb/device/limits_view.h"

#include <string>
#include <utility>
#include <vector>

namespace dmb {

BankLimits::BankLimits(const BmsRules& rules, KnownShunts seen) : rules_(rules), bms_(rules) {
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
  BmsOutput output =
      news.all ? bms_.update(bank.members(), now) : bms_.update(bank.members(), news.changed, now);
  const bool is_new = now_ != output;
  if (bank.empty()) return is_new;
  notes.see_limits(now_.value_or(BmsOutput{}), output);
  now_ = std::move(output);
  return is_new;
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

const LimitState& BankLimits::decide(std::span<const Vote> votes, const GuardNews& news,
                                     Instant now, ItemValues& values) {
  const LimitState& limits = guard_.update(votes, news, now);
  show_bms(limits, bms_.known().lost() > 0, values);
  return limits;
}

void BankLimits::show(const Aggregate& bank, Instant now, ItemValues& values, BankNotes& notes) {
  voltage_v_ = bank.values[q("/Dc/0/Voltage")];
  if (!now_) return;
  const bool before = lowered();
  const GuardNews news{.voltage_v = voltage_v_,
                       .current_a = bank.values[q("/Dc/0/Current")],
                       .capacity_ah = bank.values[q("/InstalledCapacity")]};
  const auto& voltage = decide(bms_.votes(), news, now, values).max_charge_voltage;
  if (lowered() != before) notes.charge_voltage_lowered(lowered(), voltage.value.value_or(0));
}

/// Without a current nobody sees whether it is obeyed, so CVL goes below the measured voltage at
/// once, as with an MQTT battery. From one that did not fit it need not rise slowly afterwards.
void BankLimits::show_last_word(BankTrouble trouble, Instant now, ItemValues& values) {
  const bool misfit = trouble == BankTrouble::charge_voltage_misfit;
  const std::string why(describe(trouble));
  std::vector<Vote> votes{{Limit::charge_voltage, rules_.max_charge_voltage_v, Cause::configured},
                          {Limit::charge_current, 0, Cause::silence, why}};
  if (voltage_v_)
    votes.push_back({Limit::charge_voltage, blind_stop_voltage_v(*voltage_v_), Cause::silence});
  if (rules_.stop_discharge_when_all_lost)
    votes.push_back({Limit::discharge_current, 0, Cause::silence, why});
  decide(votes, {.voltage_v = misfit ? std::nullopt : voltage_v_}, now, values);
  if (!misfit) show_nobody(values);
}

}  // namespace dmb
