// SPDX-License-Identifier: MIT
#include "dmb/device/bank_limits.h"

#include "dmb/domain/aggregate_view.h"

#include <algorithm>
#include <utility>

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

void BankLimits::show(const Aggregate& bank, Instant now, ItemValues& values, BankNotes& notes) {
  voltage_v_ = bank.values[q("/Dc/0/Voltage")];
  if (!now_) return;
  BmsOutput output = *now_;
  output.max_charge_voltage_v = charge_voltage_v(bank, now, notes);
  show_bms(output, values);
}

double BankLimits::charge_voltage_v(const Aggregate& bank, Instant now, BankNotes& notes) {
  const bool before = lowered();
  const double voltage_v = charge_stop_
                               .update({.stopped = !now_->charge.allowed,
                                        .max_charge_voltage_v = now_->max_charge_voltage_v,
                                        .voltage_v = voltage_v_,
                                        .current_a = bank.values[q("/Dc/0/Current")],
                                        .capacity_ah = bank.values[q("/InstalledCapacity")],
                                        .cells = {}},
                                       now)
                               .value_or(now_->max_charge_voltage_v);
  if (lowered() != before) notes.charge_voltage_lowered(lowered(), voltage_v);
  return voltage_v;
}

void BankLimits::show_last_word(BankTrouble trouble, Instant now, ItemValues& values) {
  const double configured_v = rules_.max_charge_voltage_v;
  const auto stopped_v = charge_stop_.update({.stopped = true,
                                              .max_charge_voltage_v = configured_v,
                                              .voltage_v = voltage_v_,
                                              .current_a = {},
                                              .capacity_ah = {},
                                              .cells = {}},
                                             now);
  const bool misfit = trouble == BankTrouble::charge_voltage_misfit;
  const double measured_v = voltage_v_.value_or(configured_v);
  show_fail_safe({.reason = describe(trouble),
                  .max_charge_voltage_v = misfit ? std::min(configured_v, measured_v) : stopped_v,
                  .stop_discharge = rules_.stop_discharge_when_all_lost,
                  .nobody_heard = !misfit},
                 values);
}

}  // namespace dmb
