// SPDX-License-Identifier: MIT
#include "bank_watch.h"

#include "broken_rule.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace dmb::test {

namespace {

using Members = std::span<const ShuntSnapshot>;
using Number = std::optional<double>;

std::vector<double> values_of(Members members, std::string_view path) {
  std::vector<double> values;
  for (const ShuntSnapshot& member : members)
    if (const auto& value = member.values[find_shunt_item(path).value()]) values.push_back(*value);
  return values;
}

void check_within(Members members, const Aggregate& bank, std::string_view path) {
  const auto values = values_of(members, path);
  const Number& shown = bank.values[find_shunt_item(path).value()];
  rule_with(shown.has_value() == !values.empty(),
            [&] { return std::string(path) + " without a value, or a value from nowhere"; });
  if (!shown) return;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const double slack = 1e-9 * std::max(std::fabs(*low), std::fabs(*high));
  rule_with(*shown >= *low - slack && *shown <= *high + slack,
            [&] { return std::string(path) + " is outside its members'"; });
}

void check_sum(Members members, const Aggregate& bank, std::string_view path) {
  const auto values = values_of(members, path);
  const Number& shown = bank.values[find_shunt_item(path).value()];
  double sum = 0;
  double size = 0;
  for (const double value : values) {
    sum += value;
    size += std::fabs(value);
  }
  rule_with(
      shown.has_value() == !values.empty() && (!shown || std::fabs(*shown - sum) <= 1e-9 * size),
      [&] { return std::string(path) + " is not the sum"; });
}

void check_highest(Members members, const Aggregate& bank, std::string_view path) {
  const auto values = values_of(members, path);
  const Number& shown = bank.values[find_shunt_item(path).value()];
  const Number highest =
      values.empty() ? Number() : *std::max_element(values.begin(), values.end());
  rule_with(shown == highest, [&] { return std::string(path) + " is not the highest"; });
}

}  // namespace

void check_aggregate(Members members, const AggregateRules& rules, const Aggregate& bank) {
  for (const Number& value : bank.values) rule(!value || std::isfinite(*value), "not finite");
  for (const auto* path : {"/Soc", "/Dc/0/Voltage", "/Dc/0/Temperature", "/Dc/1/Voltage",
                           "/Dc/0/MidVoltage", "/History/MinimumVoltage"})
    check_within(members, bank, path);
  for (const auto* path : {"/Dc/0/Current", "/ConsumedAmphours", "/History/TotalAhDrawn"})
    check_sum(members, bank, path);
  for (const ShuntRow& row : kShuntRows)
    if (row.path.starts_with("/Alarms/")) check_highest(members, bank, row.path);

  const Number& installed = bank.values[shunt_item("/InstalledCapacity")];
  const bool all_known =
      !members.empty() && std::all_of(members.begin(), members.end(),
                                      [](const auto& m) { return m.capacity_ah.has_value(); });
  rule(installed.has_value() == (rules.total_capacity_ah || all_known), "an invented capacity");
  rule(
      !bank.capacity_ah || (*bank.capacity_ah >= 0 && *bank.capacity_ah <= *installed * (1 + 1e-9)),
      "more left than installed");
  const Number& current = bank.values[shunt_item("/Dc/0/Current")];
  rule(!bank.time_to_go_s ||
           (*current < 0 && *bank.time_to_go_s >= 0 && *bank.time_to_go_s <= 864'000),
       "no such time to go");
}

void BmsWatch::hear(const ShuntSnapshot& member) {
  Heard& heard = heard_[member.id];
  heard.present = true;
  for (ShuntItem item = 0; item < kShuntRows.size(); ++item)
    if (member.values[item]) heard.values[item] = member.values[item];
  const auto& temperature_c = member.values[shunt_item("/Dc/0/Temperature")];
  if (!temperature_c) return;
  const double hot_c = rules_.temp_hot_danger_c;
  const double cold_c = rules_.temp_cold_danger_c;
  heard.hot = *temperature_c > (heard.hot ? hot_c - 2 : hot_c);
  heard.cold = *temperature_c < (heard.cold ? cold_c + 2 : cold_c);
}

bool BmsWatch::any_alarm(std::string_view path) const {
  const ShuntItem item = find_shunt_item(path).value();
  return std::any_of(heard_.begin(), heard_.end(), [item](const auto& entry) {
    return entry.second.values[item].value_or(0) != 0;
  });
}

bool BmsWatch::any(bool Heard::*flag) const {
  return std::any_of(heard_.begin(), heard_.end(),
                     [flag](const auto& entry) { return entry.second.*flag; });
}

void BmsWatch::check(const BmsDirection& shown, Direction& direction, bool must_stop,
                     const Number& configured_a, Instant now) const {
  if (must_stop) direction.stopped_at = now;
  const bool waiting = direction.stopped_at && now - *direction.stopped_at < kBmsReleaseDelay;
  if (must_stop || waiting) {
    rule(!shown.allowed && shown.limit_a == 0, waiting && !must_stop
                                                   ? "released before its thirty seconds"
                                                   : "allowed although something stops it");
    rule(!shown.reason.empty(), "stopped without a reason");
    return;
  }
  rule(shown.allowed || direction.stopped_at, "stopped although nothing stops it");
  if (!shown.allowed) return rule(shown.limit_a == 0, "stopped with a limit above 0");
  // systemcalc never lifts a limit that turns invalid, so without a limit it says 10 000 A.
  if (!configured_a) return rule(shown.limit_a == 10'000, "no limit, and not told as a number");
  const auto lost = std::count_if(heard_.begin(), heard_.end(),
                                  [](const auto& entry) { return !entry.second.present; });
  const bool fits = shown.limit_a >= 0 && shown.limit_a <= *configured_a * (1 + 1e-9);
  rule(fits, "a limit above the configured one");
  rule(lost > 0 || shown.limit_a == *configured_a, "a limit that shrank for nothing");
  rule(lost == 0 || !shown.reason.empty(), "a limit that shrank without a reason");
}

void BmsWatch::look(Members members, Instant now, const BmsOutput& output) {
  for (auto& [id, heard] : heard_) heard.present = false;
  for (const ShuntSnapshot& member : members) hear(member);
  const bool hot_alarm = any_alarm("/Alarms/HighTemperature");
  const bool stop_charge = hot_alarm || any_alarm("/Alarms/LowTemperature") ||
                           any_alarm("/Alarms/HighVoltage") || any(&Heard::hot) ||
                           any(&Heard::cold);
  const bool stop_discharge =
      hot_alarm || any_alarm("/Alarms/LowVoltage") || any_alarm("/Alarms/LowSoc");
  check(output.charge, charge_, stop_charge, rules_.max_charge_current_a, now);
  check(output.discharge, discharge_, stop_discharge, rules_.max_discharge_current_a, now);
  rule(output.max_charge_voltage_v == rules_.max_charge_voltage_v, "another charge voltage");
  const bool lost = std::any_of(heard_.begin(), heard_.end(),
                                [](const auto& entry) { return !entry.second.present; });
  rule(output.member_lost == lost, "a lost member is not told");
}

}  // namespace dmb::test
