// SPDX-License-Identifier: MIT
#include "app/decision.h"

#include "dmb/status/status.h"

#include <utility>

namespace dmb {
namespace {

std::optional<record::DecidedLimit> decided(const LimitItem& item,
                                            const std::optional<status::LimitStatus>& told) {
  if (!item.exists || !told) return std::nullopt;
  return record::DecidedLimit{told->value, told->why};
}

record::Decision decision_of(bool is_present, const LimitState& limits,
                             const status::LimitsStatus& told) {
  return {.is_present = is_present,
          .max_charge_voltage_v = decided(limits.max_charge_voltage, told.max_charge_voltage_v),
          .max_charge_current_a = decided(limits.max_charge_current, told.max_charge_current_a),
          .max_discharge_current_a =
              decided(limits.max_discharge_current, told.max_discharge_current_a)};
}

}  // namespace

/// One that stays is where it was.
bool DecisionWatch::is_present(const Device& device) const {
  if (device.presence() == Presence::stays) return facts_ && facts_->is_present;
  return device.presence() == Presence::on;
}

bool DecisionWatch::is_news(Facts facts) {
  if (facts_ == facts) return false;
  facts_ = std::move(facts);
  return true;
}

std::optional<record::Decision> DecisionWatch::tell(record::Decision decision) {
  if (last_ == decision) return std::nullopt;
  last_ = std::move(decision);
  return last_;
}

std::optional<record::Decision> DecisionWatch::look(const BatteryDevice& battery) {
  const BatteryModel& model = battery.model();
  if (!is_news({is_present(battery), model.phase(), model.limits()})) return std::nullopt;
  return tell(decision_of(facts_->is_present, model.limits(),
                          status::describe_limits(model.limits(), model.phase())));
}

/// A monitor has no limits.
std::optional<record::Decision> DecisionWatch::look(const BankDevice& bank) {
  const LimitState limits = bank.limits() != nullptr ? *bank.limits() : LimitState{};
  if (!is_news({is_present(bank), {}, limits})) return std::nullopt;
  return tell(decision_of(facts_->is_present, limits, status::describe_limits(limits)));
}

}  // namespace dmb
