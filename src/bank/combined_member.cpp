// SPDX-License-Identifier: MIT
#include "dmb/bank/combined_member.h"

#include "dmb/bank/aggregate.h"
#include "dmb/bank/spread.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace dmb {
namespace {

using Members = std::span<const MemberSnapshot>;
using Number = std::optional<double>;

constexpr MemberQuantity kVoltage = q("/Dc/0/Voltage");
constexpr MemberQuantity kCurrent = q("/Dc/0/Current");
constexpr MemberQuantity kPower = q("/Dc/0/Power");
constexpr MemberQuantity kTemperature = q("/Dc/0/Temperature");
constexpr MemberQuantity kHasTemperature = q("/Settings/HasTemperature");
constexpr MemberQuantity kSoc = q("/Soc");
constexpr MemberQuantity kConsumed = q("/ConsumedAmphours");
constexpr MemberQuantity kTimeToGo = q("/TimeToGo");
constexpr MemberQuantity kInstalledCapacity = q("/InstalledCapacity");

/// Of a string: the sum of its batteries'.
constexpr auto kSummed = std::to_array<MemberQuantity>(
    {kVoltage, q("/Voltages/Sum"), q("/System/NrOfCellsPerBattery"), q("/Info/MaxChargeVoltage"),
     q("/Info/BatteryLowVoltage"), q("/History/MinimumVoltage"), q("/History/MaximumVoltage")});

bool is_alarm(MemberQuantity item) {
  return item.rule() == MergeRule::highest && item.spec().path.starts_with("/Alarms/");
}

Number power_w(const MemberSnapshot& member) {
  if (member.values[kPower]) return member.values[kPower];
  if (!member.values[kVoltage] || !member.values[kCurrent]) return std::nullopt;
  return *member.values[kVoltage] * *member.values[kCurrent];
}

void measure_by(const MemberSnapshot& shunt, MemberSnapshot& battery) {
  MemberValues& values = battery.values;
  values[kVoltage] = shunt.values[kVoltage];
  values[kCurrent] = shunt.values[kCurrent];
  values[kPower] = power_w(shunt);
  // Of a SoC and ampere-hours of two sources neither would follow from the other.
  if (!shunt.values[kSoc]) return;
  for (const MemberQuantity item : {kSoc, kConsumed, kTimeToGo}) values[item] = shunt.values[item];
  battery.discharge_floor_percent = shunt.discharge_floor_percent;
}

void fill_in(const MemberSnapshot& shunt, MemberValues& values) {
  for (const MemberQuantity item : kAllMemberQuantities) {
    const Number& told = shunt.values[item];
    const bool has_own_rule =
        item == kConsumed || item == kTemperature || item.rule() == MergeRule::about;
    if (!told || has_own_rule) continue;
    if (!values[item])
      values[item] = told;
    else if (is_alarm(item))
      values[item] = std::max(*values[item], *told);
  }
}

Number sum_of_all(Members batteries, MemberQuantity item) {
  const Spread spread = spread_of(batteries, item);
  return spread.count == batteries.size() ? Number(spread.sum) : std::nullopt;
}

/// Of what says something about a battery, and is no voltage.
Number least_allowed(MemberQuantity item, const Spread& spread) {
  if (spread.count == 0) return std::nullopt;
  return item == q("/Alarms/BmsCable") ? spread.highest : spread.lowest;
}

bool is_current_or_charge(MemberQuantity item) {
  const std::string_view unit = unit_of(item.spec().text);
  return item.rule() == MergeRule::sum && (unit == "A" || unit == "Ah");
}

Number in_series(Members batteries, MemberQuantity item, const Number& as_bank) {
  if (std::ranges::find(kSummed, item) != kSummed.end()) return sum_of_all(batteries, item);
  const Spread spread = spread_of(batteries, item);
  if (item.rule() == MergeRule::about) return least_allowed(item, spread);
  if (is_current_or_charge(item) && spread.count > 0) return spread.mean();
  return as_bank;
}

Number string_power_w(Members batteries, const MemberValues& string) {
  double sum_w = 0;
  for (const MemberSnapshot& battery : batteries) {
    const Number own_w = power_w(battery);
    if (!own_w) {
      if (!string[kVoltage] || !string[kCurrent]) return std::nullopt;
      return *string[kVoltage] * *string[kCurrent];
    }
    sum_w += *own_w;
  }
  return sum_w;
}

Number least_capacity_ah(Members batteries) {
  Number least_ah;
  for (const MemberSnapshot& battery : batteries) {
    if (!battery.capacity_ah) return std::nullopt;
    least_ah = std::min(least_ah.value_or(*battery.capacity_ah), *battery.capacity_ah);
  }
  return least_ah;
}

std::string joined(Members batteries, std::string MemberSnapshot::*text) {
  std::string all;
  for (const MemberSnapshot& battery : batteries) all += (all.empty() ? "" : "+") + battery.*text;
  return all;
}

std::string first_reason(Members batteries, std::string MemberTexts::*text) {
  for (const MemberSnapshot& battery : batteries)
    if (!(battery.texts.*text).empty()) return battery.name + ": " + battery.texts.*text;
  return "";
}

MemberTexts texts_of(Members batteries, MemberTexts ids) {
  ids.ids_named = true;
  ids.charge_limitation = first_reason(batteries, &MemberTexts::charge_limitation);
  ids.discharge_limitation = first_reason(batteries, &MemberTexts::discharge_limitation);
  // Whose modes differ is in none that a charge voltage could be left out for.
  const std::string& mode = batteries.front().texts.charge_mode;
  const bool same = std::ranges::all_of(batteries, [&mode](const MemberSnapshot& battery) {
    return battery.texts.charge_mode == mode;
  });
  if (same) ids.charge_mode = mode;
  return ids;
}

}  // namespace

bool measures(const MemberSnapshot& shunt) {
  return shunt.values[q("/Connected")] != 0 && shunt.values[kVoltage] && shunt.values[kCurrent];
}

MemberSnapshot pair_of(MemberSnapshot battery, const MemberSnapshot& shunt) {
  if (!battery.values[kVoltage] || !measures(shunt)) return battery;
  measure_by(shunt, battery);
  if (!member_temperature_c(battery) && member_temperature_c(shunt)) {
    battery.values[kTemperature] = shunt.values[kTemperature];
    battery.values[kHasTemperature] = shunt.values[kHasTemperature];
  }
  fill_in(shunt, battery.values);
  if (!battery.capacity_ah) battery.capacity_ah = shunt.capacity_ah;
  return battery;
}

MemberSnapshot string_of(Members batteries, const TemperatureDanger& danger) {
  const Aggregate as_bank = aggregate(batteries, {.danger = danger});
  MemberSnapshot string;
  for (const MemberQuantity item : kAllMemberQuantities)
    string.values[item] = in_series(batteries, item, as_bank.values[item]);
  string.values[kPower] = string_power_w(batteries, string.values);
  // The middle of a string is not the middle of its batteries.
  string.values[q("/Dc/0/MidVoltage")].reset();
  string.values[q("/Dc/0/MidVoltageDeviation")].reset();
  string.values[kHasTemperature] = as_bank.values[kTemperature] ? 1 : 0;
  string.capacity_ah = string.values[kInstalledCapacity] = least_capacity_ah(batteries);
  string.discharge_floor_percent = as_bank.discharge_floor_percent;
  string.id = joined(batteries, &MemberSnapshot::id);
  string.name = joined(batteries, &MemberSnapshot::name);
  string.texts = texts_of(batteries, as_bank.texts);
  return string;
}

MemberSnapshot torn_string_of(Members batteries) {
  MemberSnapshot string;
  string.id = joined(batteries, &MemberSnapshot::id) + "+?";
  string.name = joined(batteries, &MemberSnapshot::name) + "+?";
  return string;
}

}  // namespace dmb
