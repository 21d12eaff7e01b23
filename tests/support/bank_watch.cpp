// SPDX-License-Identifier: MIT
#include "bank_watch.h"

#include "broken_rule.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace dmb::test {

namespace {

using Members = std::span<const MemberSnapshot>;
using Number = std::optional<double>;

std::vector<double> values_of(Members members, std::string_view path) {
  std::vector<double> values;
  for (const MemberSnapshot& member : members)
    if (const auto& value = member.values[find_member_quantity(path).value()])
      values.push_back(*value);
  return values;
}

void check_within(Members members, const Aggregate& bank, std::string_view path) {
  const auto values = values_of(members, path);
  const Number& shown = bank.values[find_member_quantity(path).value()];
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
  const Number& shown = bank.values[find_member_quantity(path).value()];
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
  const Number& shown = bank.values[find_member_quantity(path).value()];
  const Number highest =
      values.empty() ? Number() : *std::max_element(values.begin(), values.end());
  rule_with(shown == highest, [&] { return std::string(path) + " is not the highest"; });
}

bool is_of_shunts(MemberQuantity row) {
  return !has(row.spec().traits, Trait::pack);
}

double value_of(const MemberSnapshot& member, std::string_view path, double otherwise = 0) {
  return member.values[find_member_quantity(path).value()].value_or(otherwise);
}

/// Chargers regulate by it: too low is what must not be.
void check_voltage(Members members, const Aggregate& bank) {
  double sum_a = 0;
  double charging_v = 0;
  int charging = 0;
  bool alarm = false;
  std::vector<double> voltages;
  for (const MemberSnapshot& member : members) {
    const double current_a = value_of(member, "/Dc/0/Current");
    sum_a += current_a;
    const double voltage_v = value_of(member, "/Dc/0/Voltage", -1);
    if (voltage_v < 0 || member.standing == Standing::disconnected) continue;
    voltages.push_back(voltage_v);
    alarm = alarm || value_of(member, "/Alarms/LowVoltage") != 0 ||
            value_of(member, "/Alarms/HighVoltage") != 0;
    if (current_a <= 0) continue;
    charging_v += voltage_v;
    ++charging;
  }
  if (voltages.empty()) return;
  const double shown_v = bank.values[q("/Dc/0/Voltage")].value();
  double mean_v = 0;
  for (const double voltage_v : voltages)
    mean_v += voltage_v / static_cast<double>(voltages.size());
  rule(charging == 0 || shown_v >= charging_v / charging * (1 - 1e-9),
       "the voltage is lower than that of the batteries being charged");
  rule(sum_a <= 0 || shown_v >= mean_v * (1 - 1e-9), "charging by less than the mean voltage");
  rule(alarm || charging > 0 || std::fabs(shown_v - mean_v) <= 1e-9 * mean_v,
       "at rest the voltage is not the mean");
}

void check_temperature(Members members, const Aggregate& bank) {
  double low = 1000;
  double high = -1000;
  for (const MemberSnapshot& member : members) {
    const auto& temperature = member.values[q("/Dc/0/Temperature")];
    if (!temperature || value_of(member, "/Settings/HasTemperature", 1) == 0) continue;
    low = std::min(low, *temperature);
    high = std::max(high, *temperature);
  }
  const Number& shown = bank.values[q("/Dc/0/Temperature")];
  rule(shown.has_value() == (low <= high), "a temperature without a sensor, or none with one");
  rule(!shown || (*shown >= low - 1e-9 && *shown <= high + 1e-9), "a temperature of nobody");
}

void check_starter(Members members, const Aggregate& bank) {
  Number lowest;
  for (const double voltage_v : values_of(members, "/Dc/1/Voltage"))
    if (voltage_v > 5 && voltage_v < lowest.value_or(1e9)) lowest = voltage_v;
  rule(bank.values[q("/Dc/1/Voltage")] == lowest, "not the lowest starter battery");
}

}  // namespace

void check_standings(Members all, bool alarms_needed) {
  double lowest = 1e9;
  double highest = 0;
  for (const MemberSnapshot& member : all) {
    const bool told = member.values[q("/Dc/0/Voltage")].has_value();
    const bool heard =
        member.standing == Standing::counted || member.standing == Standing::disconnected;
    rule(!heard || told, "a member without a voltage is heard");
    rule(!heard || value_of(member, "/Connected", 1) != 0, "one that is not connected is heard");
    bool alarms = false;
    for (const MemberQuantity row : kAllMemberQuantities)
      alarms = alarms || (is_of_shunts(row) && row.spec().path.starts_with("/Alarms/") &&
                          member.values[row].has_value());
    rule(!heard || !alarms_needed || alarms, "a member that guards nothing is heard");
    rule(heard || !told || !alarms || member.standing == Standing::other_bank ||
             value_of(member, "/Connected", 1) == 0,
         "a member that tells everything is not heard");
    if (member.standing != Standing::counted) continue;
    lowest = std::min(lowest, value_of(member, "/Dc/0/Voltage"));
    highest = std::max(highest, value_of(member, "/Dc/0/Voltage"));
  }
  rule(highest <= lowest * 1.33 / 0.75 * (1 + 1e-9), "two banks are taken for one");
}

void check_aggregate(Members members, const AggregateRules& rules, const Aggregate& bank) {
  for (const MemberQuantity quantity : kAllMemberQuantities) {
    const Number& value = bank.values[quantity];
    rule(!value || std::isfinite(*value), "not finite");
  }
  for (const auto* path : {"/Soc", "/Dc/0/Voltage", "/Dc/0/MidVoltage", "/History/MinimumVoltage"})
    check_within(members, bank, path);
  check_voltage(members, bank);
  check_temperature(members, bank);
  check_starter(members, bank);
  for (const auto* path : {"/Dc/0/Current", "/ConsumedAmphours", "/History/TotalAhDrawn"})
    check_sum(members, bank, path);
  for (const MemberQuantity row : kAllMemberQuantities)
    if (is_of_shunts(row) && row.spec().path.starts_with("/Alarms/"))
      check_highest(members, bank, row.spec().path);

  const Number& installed = bank.values[q("/InstalledCapacity")];
  const bool all_known =
      !members.empty() && std::all_of(members.begin(), members.end(),
                                      [](const auto& m) { return m.capacity_ah.has_value(); });
  rule(installed.has_value() == (rules.total_capacity_ah || all_known), "an invented capacity");
  rule(
      !bank.capacity_ah || (*bank.capacity_ah >= 0 && *bank.capacity_ah <= *installed * (1 + 1e-9)),
      "more left than installed");
  const Number& current = bank.values[q("/Dc/0/Current")];
  rule(!bank.time_to_go_s ||
           (current && installed && *bank.time_to_go_s >= 0 && *bank.time_to_go_s <= 864'000),
       "no such time to go");
}

void BmsWatch::hear(const MemberSnapshot& member) {
  Heard& heard = heard_[member.id];
  heard.present = true;
  heard.disconnected = member.standing == Standing::disconnected;
  if (member.capacity_ah) heard.capacity_ah = member.capacity_ah;
  for (const MemberQuantity item : kAllMemberQuantities)
    if (member.values[item]) heard.values[item] = member.values[item];
  if (value_of(member, "/Settings/HasTemperature", 1) == 0) {
    heard.hot = heard.cold = false;
    return;
  }
  const auto& temperature_c = member.values[q("/Dc/0/Temperature")];
  if (!temperature_c) return;
  const double hot_c = rules_.danger.hot_c;
  const double cold_c = rules_.danger.cold_c;
  heard.hot = *temperature_c > (heard.hot ? hot_c - 2 : hot_c);
  heard.cold = *temperature_c < (heard.cold ? cold_c + 2 : cold_c);
}

bool BmsWatch::any_alarm(std::string_view path) const {
  const MemberQuantity item = find_member_quantity(path).value();
  return std::any_of(heard_.begin(), heard_.end(), [item](const auto& entry) {
    return entry.second.values[item].value_or(0) != 0;
  });
}

bool BmsWatch::any(bool Heard::*flag) const {
  return std::any_of(heard_.begin(), heard_.end(),
                     [flag](const auto& entry) { return entry.second.*flag; });
}

std::size_t BmsWatch::lost() const {
  const auto present = static_cast<std::size_t>(std::count_if(
      heard_.begin(), heard_.end(), [](const auto& entry) { return entry.second.present; }));
  const std::size_t expected =
      rules_.expected_shunts.value_or(std::max(together_, present + mute_));
  return expected > present ? expected - present : 0;
}

double BmsWatch::share() const {
  std::vector<Number> there, cut_off, away;
  for (const auto& [id, heard] : heard_)
    (heard.present ? heard.disconnected ? cut_off : there : away).push_back(heard.capacity_ah);
  std::size_t missing = lost();
  if (missing == 0) away.clear();
  const auto sum = [](const std::vector<Number>& list) {
    double ah = 0;
    for (const Number& one : list) ah += one.value_or(0);
    return ah;
  };
  const auto all_known = [](const std::vector<Number>& list) {
    return std::all_of(list.begin(), list.end(), [](const Number& ah) { return ah.has_value(); });
  };
  const std::size_t count = there.size() + cut_off.size() + missing;
  if (count == there.size()) return 1;
  const bool by_capacity = all_known(there) && all_known(cut_off) && all_known(away);
  std::sort(away.rbegin(), away.rend());
  away.resize(std::min(away.size(), missing));
  const double known_ah = sum(there) + sum(cut_off) + sum(away);
  const auto known = double(there.size() + cut_off.size() + away.size());
  if (by_capacity && known_ah > 0) return sum(there) / (known_ah / known * double(count));
  return double(there.size()) / double(count);
}

void BmsWatch::follow_stop(Direction& direction, bool must_stop, Instant now) {
  using namespace std::chrono_literals;
  if (must_stop) {
    const bool again = direction.released_at && now - *direction.released_at <= 10min;
    if (!direction.stopped)
      direction.delay = again ? std::min<std::chrono::seconds>(2 * direction.delay, 10min) : 30s;
    direction.stopped = true;
    direction.clear_since.reset();
  } else if (direction.stopped) {
    if (!direction.clear_since) direction.clear_since = now;
    if (now - *direction.clear_since >= direction.delay) {
      direction.stopped = false;
      direction.released_at = now;
    }
  }
}

void BmsWatch::note_share(Direction& direction, double share, Instant now) {
  using namespace std::chrono_literals;
  auto& shares = direction.shares;
  if (shares.empty() || std::fabs(shares.back().second - share) > 1e-9) direction.same_since = now;
  shares.emplace_back(now, share);
  std::erase_if(shares, [now](const auto& old) { return now - old.first >= 30s; });
}

void BmsWatch::check_share(const Direction& direction, double shown, Instant now) {
  using namespace std::chrono_literals;
  constexpr double kSlack = 0.0101;  // within 1 % nothing is gained or lost
  const double share = direction.shares.back().second;
  rule(shown <= share + kSlack, "more than the share that is there");
  for (const auto& [when, was] : direction.shares)
    rule(shown <= was + kSlack, "a share that was given back too early");
  rule(now - direction.same_since <= 45min || shown >= share - kSlack,
       "a share that never comes back");
}

/// All are lost, and what was allowed last goes on.
bool BmsWatch::keeps_limit(const Direction& direction) const {
  const bool some = any(&Heard::present);
  return !some && lost() > 0 && &direction == &discharge_ && !rules_.stop_discharge_when_all_lost;
}

void BmsWatch::follow(Direction& direction, bool must_stop, Instant now) const {
  if (keeps_limit(direction))
    direction.same_since = now;
  else
    note_share(direction, !any(&Heard::present) && lost() > 0 ? 0 : share(), now);
  follow_stop(direction, must_stop, now);
}

void BmsWatch::check(const ShownLimit& shown, const Direction& direction, bool must_stop,
                     const Number& configured_a, Instant now) const {
  rule(shown.allowed == (shown.limit_a > 0), "the flag and the limit disagree");
  if (direction.stopped) {
    rule(!shown.allowed,
         must_stop ? "allowed although something stops it" : "released before its delay is over");
    return rule(!shown.reason.empty(), "stopped without a reason");
  }
  // systemcalc never lifts a limit that turns invalid, so without a limit it says 10 000 A.
  const double full_a = configured_a.value_or(10'000);
  rule(shown.limit_a == full_a || !shown.reason.empty(), "a limit that shrank without a reason");
  if (keeps_limit(direction)) return;
  if (configured_a || !shown.allowed)
    check_share(direction, shown.limit_a / full_a, now);
  else
    rule(shown.limit_a == full_a, "no limit, and not told as a number");
}

void BmsWatch::look(Members members, Instant now, const std::optional<ShownLimits>& shown) {
  for (auto& [id, heard] : heard_) heard.present = false;
  for (const MemberSnapshot& member : members) hear(member);
  together_ = std::max(together_, members.size());
  const bool hot_alarm = any_alarm("/Alarms/HighTemperature");
  const bool stop_charge = hot_alarm || any_alarm("/Alarms/LowTemperature") ||
                           any_alarm("/Alarms/HighVoltage") || any(&Heard::hot) ||
                           any(&Heard::cold);
  const bool stop_discharge =
      hot_alarm || any_alarm("/Alarms/LowVoltage") || any_alarm("/Alarms/LowSoc");
  follow(charge_, stop_charge, now);
  follow(discharge_, stop_discharge, now);
  if (!shown) return;
  check(shown->charge, charge_, stop_charge, rules_.max_charge_current_a, now);
  check(shown->discharge, discharge_, stop_discharge, rules_.max_discharge_current_a, now);
  rule(shown->member_lost == (lost() > 0), "a lost member is not told");
}

void BmsWatch::restarted(Instant now) {
  for (Direction* direction : {&charge_, &discharge_}) {
    direction->clear_since.reset();
    direction->released_at.reset();
    direction->same_since = now;
  }
}

}  // namespace dmb::test
