// SPDX-License-Identifier: MIT
#include "dmb/bank/aggregate.h"

#include "dmb/bank/bank_cells.h"
#include "dmb/bank/discharge_floor.h"
#include "dmb/bank/spread.h"

#include <algorithm>
#include <cmath>

namespace dmb {
namespace {

using Members = std::span<const MemberSnapshot>;
using Number = std::optional<double>;

constexpr MemberQuantity kVoltage = q("/Dc/0/Voltage");
constexpr MemberQuantity kCurrent = q("/Dc/0/Current");
constexpr MemberQuantity kPower = q("/Dc/0/Power");
constexpr MemberQuantity kTemperature = q("/Dc/0/Temperature");
constexpr MemberQuantity kSoc = q("/Soc");
constexpr MemberQuantity kInstalledCapacity = q("/InstalledCapacity");
constexpr MemberQuantity kStarterVoltage = q("/Dc/1/Voltage");
constexpr MemberQuantity kMinimumStarter = q("/History/MinimumStarterVoltage");
constexpr MemberQuantity kMaximumStarter = q("/History/MaximumStarterVoltage");
constexpr MemberQuantity kHasTemperature = q("/Settings/HasTemperature");
constexpr MemberQuantity kLowVoltage = q("/Alarms/LowVoltage");
constexpr MemberQuantity kHighVoltage = q("/Alarms/HighVoltage");

Number by_rule(MergeRule rule, const Spread& spread) {
  if (spread.count == 0) return std::nullopt;
  switch (rule) {
    case MergeRule::sum:
      return spread.sum;
    case MergeRule::mean:
      return spread.mean();
    case MergeRule::lowest:
      return spread.lowest;
    case MergeRule::highest:
      return spread.highest;
    default:
      return std::nullopt;
  }
}

/// Of a 12, 24 or 48 V bank of LiFePO4 cells.
double nominal_voltage_v(double voltage_v) {
  constexpr std::array kNominal{12.8, 25.6, 51.2};
  return *std::min_element(kNominal.begin(), kNominal.end(), [voltage_v](double a, double b) {
    return std::fabs(a - voltage_v) < std::fabs(b - voltage_v);
  });
}

/// What the bank's voltage goes by, in one pass.
struct VoltageView {
  Spread all;
  Spread charging;
  double sum_a = 0;
  bool low_alarm = false;
  bool high_alarm = false;
};

VoltageView view_voltage(Members members) {
  VoltageView view;
  for (const MemberSnapshot& member : members) {
    const MemberValues& values = member.values;
    const double current_a = values[kCurrent].value_or(0);
    view.sum_a += current_a;
    if (!values[kVoltage] || member.standing == Standing::disconnected) continue;
    view.all.add(*values[kVoltage]);
    if (current_a > 0) view.charging.add(*values[kVoltage]);
    view.low_alarm = view.low_alarm || values[kLowVoltage].value_or(0) != 0;
    view.high_alarm = view.high_alarm || values[kHighVoltage].value_or(0) != 0;
  }
  return view;
}

double resting_voltage_v(const VoltageView& view) {
  const Spread& all = view.all;
  if (!view.low_alarm && !view.high_alarm) return all.mean();
  if (!view.high_alarm) return all.lowest;
  if (!view.low_alarm) return all.highest;
  const double nominal_v = nominal_voltage_v(all.mean());
  return nominal_v - all.lowest > all.highest - nominal_v ? all.lowest : all.highest;
}

/// One that does not tell the voltage now is known by its history.
bool has_starter_battery(const MemberSnapshot& member) {
  constexpr double kOpenInputV = 5;
  const Number& now_v = member.values[kStarterVoltage];
  return (now_v ? now_v : member.values[kMaximumStarter]).value_or(0) > kOpenInputV;
}

Spread starter_history(Members members, MemberQuantity item) {
  Spread spread;
  for (const MemberSnapshot& member : members)
    if (member.values[item] && has_starter_battery(member)) spread.add(*member.values[item]);
  return spread;
}

/// What follows from the bank's own values.
void conclude(Aggregate& bank, const AggregateRules& rules) {
  const Number& installed_ah = bank.values[kInstalledCapacity];
  const Number& soc_percent = bank.values[kSoc];
  bank.capacity_ah.reset();
  if (installed_ah && soc_percent) bank.capacity_ah = *installed_ah * *soc_percent / 100;
  bank.time_to_go_s = time_to_go(time_to_go_inputs(bank), time_to_go_config(bank, rules));
}

}  // namespace

Number bank_voltage_v(Members members) {
  const VoltageView view = view_voltage(members);
  if (view.all.count == 0) return std::nullopt;
  const double shown_v = view.sum_a > 0 ? (view.high_alarm ? view.all.highest : view.all.mean())
                                        : resting_voltage_v(view);
  return view.charging.count == 0 ? shown_v : std::max(shown_v, view.charging.mean());
}

Number weighted_mean(Members members, MemberQuantity item) {
  const double usual_ah = usual_capacity_ah(members);
  double weights = 0;
  double weighted = 0;
  for (const MemberSnapshot& member : members) {
    if (!member.values[item]) continue;
    const double weight = member.capacity_ah.value_or(usual_ah);
    weights += weight;
    weighted += weight * *member.values[item];
  }
  if (weights <= 0) return std::nullopt;
  return weighted / weights;
}

Number bank_power_w(Members members) {
  Spread power;
  for (const MemberSnapshot& member : members) {
    const MemberValues& values = member.values;
    if (values[kPower])
      power.add(*values[kPower]);
    else if (values[kVoltage] && values[kCurrent])
      power.add(*values[kVoltage] * *values[kCurrent]);
  }
  return by_rule(MergeRule::sum, power);
}

double usual_capacity_ah(Members members) {
  Spread known;
  for (const MemberSnapshot& member : members)
    if (member.capacity_ah) known.add(*member.capacity_ah);
  return known.count == 0 ? 1 : known.mean();
}

Number bank_soc_percent(Members members) {
  return weighted_mean(members, kSoc);
}

Number member_temperature_c(const MemberSnapshot& member) {
  if (member.values[kHasTemperature] == 0) return std::nullopt;
  return member.values[kTemperature];
}

Number bank_temperature_c(Members members, const AggregateRules& rules) {
  Spread temperature;
  for (const MemberSnapshot& member : members)
    if (const auto measured_c = member_temperature_c(member)) temperature.add(*measured_c);
  if (temperature.count == 0) return std::nullopt;
  const double too_cold = rules.danger.cold_c - temperature.lowest;
  const double too_hot = temperature.highest - rules.danger.hot_c;
  if (too_cold <= 0 && too_hot <= 0) return temperature.mean();
  return too_cold > too_hot ? temperature.lowest : temperature.highest;
}

Number bank_starter_voltage_v(Members members) {
  Spread voltage;
  for (const MemberSnapshot& member : members)
    if (member.values[kStarterVoltage] && has_starter_battery(member))
      voltage.add(*member.values[kStarterVoltage]);
  return by_rule(MergeRule::lowest, voltage);
}

Number bank_capacity_ah(Members members, const AggregateRules& rules) {
  if (rules.total_capacity_ah) return rules.total_capacity_ah;
  Spread capacity;
  for (const MemberSnapshot& member : members) {
    if (!member.capacity_ah) return std::nullopt;
    capacity.add(*member.capacity_ah);
  }
  return by_rule(MergeRule::sum, capacity);
}

// Each of the rules passes over all members: with many of them, that is what an update costs.
void refresh(Aggregate& bank, Members members, const AggregateRules& rules,
             const StaleValues& stale) {
  const auto depends_on = [&stale](auto... items) { return (stale.has(items) || ...); };
  for (const MemberQuantity item : kAllMemberQuantities) {
    if (!stale.has(item) && !stale.capacity) continue;
    const MergeRule rule = item.rule();
    if (rule == MergeRule::weighted)
      bank.values[item] = weighted_mean(members, item);
    else if (rule != MergeRule::own && stale.has(item))
      bank.values[item] = by_rule(rule, spread_of(members, item));
  }
  if (depends_on(kVoltage, kCurrent, kLowVoltage, kHighVoltage))
    bank.values[kVoltage] = bank_voltage_v(members);
  if (depends_on(kPower, kVoltage, kCurrent)) bank.values[kPower] = bank_power_w(members);
  if (depends_on(kSoc) || stale.capacity) bank.values[kSoc] = bank_soc_percent(members);
  if (depends_on(kTemperature, kHasTemperature))
    bank.values[kTemperature] = bank_temperature_c(members, rules);
  if (depends_on(kStarterVoltage, kMaximumStarter, kMinimumStarter)) {
    bank.values[kStarterVoltage] = bank_starter_voltage_v(members);
    bank.values[kMinimumStarter] =
        by_rule(MergeRule::lowest, starter_history(members, kMinimumStarter));
    bank.values[kMaximumStarter] =
        by_rule(MergeRule::highest, starter_history(members, kMaximumStarter));
  }
  if (concerns_cells(stale)) refresh_cells(bank, members);
  if (stale.capacity) bank.values[kInstalledCapacity] = bank_capacity_ah(members, rules);

  if (stale.capacity) bank.discharge_floor_percent = bank_discharge_floor_percent(members);
  conclude(bank, rules);
}

void set_soc(Aggregate& bank, Number soc_percent, const AggregateRules& rules) {
  bank.values[kSoc] = soc_percent;
  conclude(bank, rules);
}

void set_measured(Aggregate& bank, const BankMeasurement& measured, const AggregateRules& rules) {
  if (measured.current_a) {
    bank.values[kCurrent] = measured.current_a;
    const Number& voltage_v = bank.values[kVoltage];
    bank.values[kPower] = voltage_v ? Number(*voltage_v * *measured.current_a) : std::nullopt;
  }
  if (measured.soc_percent) {
    bank.values[kSoc] = measured.soc_percent;
    bank.values[q("/ConsumedAmphours")] = measured.consumed_ah;
    if (measured.discharge_floor_percent)
      bank.discharge_floor_percent = measured.discharge_floor_percent;
  }
  conclude(bank, rules);
}

TimeToGoInputs time_to_go_inputs(const Aggregate& bank) {
  return {.current_a = bank.values[kCurrent],
          .soc_percent = bank.values[kSoc],
          .installed_capacity_ah = bank.values[kInstalledCapacity],
          .capacity_ah = bank.capacity_ah};
}

TimeToGoConfig time_to_go_config(const Aggregate& bank, const AggregateRules& rules) {
  TimeToGoConfig config = rules.time_to_go;
  config.soc_floor_percent = bank.discharge_floor_percent.value_or(config.soc_floor_percent);
  return config;
}

Aggregate aggregate(Members members, const AggregateRules& rules) {
  Aggregate bank;
  refresh(bank, members, rules, StaleValues::everything());
  return bank;
}

}  // namespace dmb
