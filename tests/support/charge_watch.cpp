// SPDX-License-Identifier: MIT
#include "charge_watch.h"

#include "dmb/bank/aggregate.h"
#include "dmb/battery/quantity.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <utility>

namespace dmb::test {

using namespace std::chrono_literals;

namespace {

constexpr double kRounding = 1e-9;
constexpr auto kHold = 30s;  // before a limit rises, or a stop ends

bool is_cell(double voltage_v) {
  return voltage_v >= 0.5 && voltage_v <= 5;
}

bool is_temperature(double temperature_c) {
  return temperature_c >= -60 && temperature_c <= 150;
}

std::string text(const ItemValues& values, Quantity id) {
  const OptValue& value = values[id].value;
  const auto* text = value ? std::get_if<std::string>(&*value) : nullptr;
  return text != nullptr ? *text : std::string();
}

/// Not below what either of them says.
double share(const Curve& curve, const std::optional<double>& at) {
  return at ? curve.share(*at) : 1;
}

double least(const ChargeControl& control, Limit limit) {
  const Vote* vote = decide(control.votes(), limit);
  rule(vote != nullptr, "the charge control lets a current be what it will");
  return vote->value;
}

/// Where a cell may stand at most, at whatever time.
double highest_goal_v(const ChargeRules& rules) {
  double goal_v = rules.cell_full_v;
  for (const auto& month_v : rules.season_full_v) goal_v = std::max(goal_v, month_v.value_or(0));
  return rules.balance_every.count() > 0 ? std::max(goal_v, rules.balance_cell_v) : goal_v;
}

}  // namespace

void CellsSeen::add_cell(double voltage_v) {
  if (!is_cell(voltage_v)) {
    less = true;
    return;
  }
  highest_v = std::max(highest_v.value_or(voltage_v), voltage_v);
  lowest_v = std::min(lowest_v.value_or(voltage_v), voltage_v);
}

void CellsSeen::add_temperature(double temperature_c) {
  if (!is_temperature(temperature_c)) {
    less = true;
    return;
  }
  hottest_c = std::max(hottest_c.value_or(temperature_c), temperature_c);
  coldest_c = std::min(coldest_c.value_or(temperature_c), temperature_c);
}

void CellsSeen::set_mosfet(double temperature_c) {
  if (is_temperature(temperature_c))
    mosfet_c = std::max(mosfet_c.value_or(temperature_c), temperature_c);
  else
    less = true;
}

CellsSeen BatteryCells::look(const ItemValues& values) {
  CellsSeen seen;
  std::size_t cells = 0;
  for (int number = 1; number <= kMaxCells; ++number) {
    const auto voltage_v = values.number(cell_voltage(number));
    if (voltage_v) seen.add_cell(*voltage_v);
    cells += voltage_v && is_cell(*voltage_v);
  }
  for (const Quantity id : {q("/System/MaxCellVoltage"), q("/System/MinCellVoltage")})
    if (const auto voltage_v = values.number(id)) seen.add_cell(*voltage_v);
  std::size_t temperatures = 0;
  for (const Quantity id :
       {q("/Dc/0/Temperature"), q("/System/Temperature1"), q("/System/MaxCellTemperature")})
    if (const auto temperature_c = values.number(id)) {
      seen.add_temperature(*temperature_c);
      temperatures += is_temperature(*temperature_c);
    }
  if (const auto mosfet_c = values.number(q("/System/MOSTemperature"))) seen.set_mosfet(*mosfet_c);
  cells_ = std::max(cells_, cells);
  temperatures_ = std::max(temperatures_, temperatures);
  mosfet_ = mosfet_ || seen.mosfet_c;
  seen.less =
      seen.less || cells < cells_ || temperatures < temperatures_ || (mosfet_ && !seen.mosfet_c);
  return seen;
}

CellsSeen MemberCells::look(std::span<const MemberSnapshot> members) {
  CellsSeen all;
  for (const MemberSnapshot& member : members) {
    CellsSeen one;
    const MemberValues& values = member.values;
    const auto& highest_v = values[q("/System/MaxCellVoltage")];
    const auto& lowest_v = values[q("/System/MinCellVoltage")];
    for (const auto& voltage_v : {highest_v, lowest_v})
      if (voltage_v) one.add_cell(*voltage_v);
    // Of a pack that tells only one of them the other is not known.
    if (!highest_v || !is_cell(*highest_v)) one.highest_v.reset();
    if (!lowest_v || !is_cell(*lowest_v)) one.lowest_v.reset();
    all.less = all.less || one.less;
    if (one.highest_v) all.highest_v = std::max(all.highest_v.value_or(0), *one.highest_v);
    if (one.lowest_v) all.lowest_v = std::min(all.lowest_v.value_or(9), *one.lowest_v);
    std::size_t temperatures = 0;
    for (const auto& temperature_c :
         {member_temperature_c(member), values[q("/System/MinCellTemperature")],
          values[q("/System/MaxCellTemperature")]})
      if (temperature_c) {
        all.add_temperature(*temperature_c);
        temperatures += is_temperature(*temperature_c);
      }
    if (const auto& mosfet_c = values[q("/System/MOSTemperature")]) {
      one.set_mosfet(*mosfet_c);
      all.set_mosfet(*mosfet_c);
    }
    Seen& seen = seen_[member.id];
    seen.cells = seen.cells || one.highest_v;
    seen.mosfet = seen.mosfet || one.mosfet_c;
    seen.temperatures = std::max(seen.temperatures, temperatures);
    const auto& in_series = values[q("/System/NrOfCellsPerBattery")];
    seen.in_series = std::max(seen.in_series, in_series.value_or(0));
    all.less = all.less || (seen.cells && !one.highest_v) || (seen.mosfet && !one.mosfet_c) ||
               temperatures < seen.temperatures ||
               (in_series && *in_series >= 1 && *in_series < seen.in_series);
  }
  return all;
}

void ChargeWatch::restarted() {
  for (Direction* direction : {&charge_, &discharge_}) {
    direction->clear_since.reset();
    direction->before_a.reset();
    direction->fell_at.reset();
  }
  voltage_before_v_.reset();
}

void ChargeWatch::change_rules(ChargeRules rules) {
  rules_ = std::move(rules);
  look_away();
}

void ChargeWatch::look_away() {
  for (Direction* direction : {&charge_, &discharge_}) {
    direction->before_a.reset();
    direction->unseen = true;
    if (!direction->fell_at) direction->fell_at = Instant{};
  }
  voltage_before_v_.reset();
}

void ChargeWatch::look(CellsSeen cells, const ItemValues& values, const ChargeControl& control,
                       Instant now) {
  const auto voltage_v = values.number(q("/Dc/0/Voltage"));
  if (!cells.highest_v && rules_.cells && voltage_v && *voltage_v > 0)
    cells.highest_v = cells.lowest_v = *voltage_v / *rules_.cells;
  check_numbers(values, control);
  check_charge(cells, *values.number(q("/Info/MaxChargeCurrent")));
  check_discharge(cells, *values.number(q("/Info/MaxDischargeCurrent")));
  check_stops(cells, values, control, now);
  check_rise(charge_, least(control, Limit::charge_current), rules_.max_charge_current_a, now);
  check_rise(discharge_, least(control, Limit::discharge_current), rules_.max_discharge_current_a,
             now);
  check_voltage(cells, values, control);
  check_words(values);
  const auto due = control.next_change(now);
  rule(!due || *due >= now, "the charge control names a time that has passed");
}

void ChargeWatch::check_numbers(const ItemValues& values, const ChargeControl& control) const {
  for (const Vote& vote : control.votes())
    rule(std::isfinite(vote.value) && vote.value >= 0, "a vote that is no limit");
  for (const auto& [id, limit] : {std::pair(q("/Info/MaxChargeCurrent"), Limit::charge_current),
                                  {q("/Info/MaxDischargeCurrent"), Limit::discharge_current},
                                  {q("/Info/MaxChargeVoltage"), Limit::charge_voltage}}) {
    const Vote* vote = decide(control.votes(), limit);
    if (vote == nullptr) continue;
    const auto shown = values.number(id);
    rule(shown && *shown <= vote->value + kRounding,
         std::string(id.spec().path) + " is above what the charge control lets through");
  }
}

void ChargeWatch::check_charge(const CellsSeen& cells, double limit_a) const {
  const auto within = [&](double allowed, const char* what) {
    rule(limit_a <= allowed * rules_.max_charge_current_a + kRounding, what);
  };
  within(1, "CCL is above its maximum");
  within(cells.highest_v ? 1 : 0, "no cell is known, and CCL");
  within(share(rules_.charge_by_cell, cells.highest_v),
         "CCL is above what the highest cell allows");
  within(share(rules_.charge_by_temperature, cells.coldest_c), "CCL is above what the cold allows");
  within(share(rules_.charge_by_temperature, cells.hottest_c), "CCL is above what the heat allows");
  within(share(rules_.charge_by_mosfet, cells.mosfet_c), "CCL is above what the MOSFETs allow");
  within(cells.less ? 0.1 : 1, "a sensor is missing, and CCL is above a tenth");
}

void ChargeWatch::check_discharge(const CellsSeen& cells, double limit_a) const {
  const auto within = [&](double allowed, const char* what) {
    rule(limit_a <= allowed * rules_.max_discharge_current_a + kRounding, what);
  };
  within(1, "DCL is above its maximum");
  within(share(rules_.discharge_by_cell, cells.lowest_v),
         "DCL is above what the lowest cell allows");
  within(share(rules_.discharge_by_temperature, cells.coldest_c),
         "DCL is above what the cold allows");
  within(share(rules_.discharge_by_temperature, cells.hottest_c),
         "DCL is above what the heat allows");
}

void ChargeWatch::follow_stop(Direction& direction, bool stops, bool known, bool alarm,
                              double limit_a, Instant now) {
  if (std::exchange(direction.unseen, false) && alarm) direction.stopped = true;
  if (stops) {
    direction.stopped = true;
    rule(alarm, "a cell is out of its bounds, and no alarm");
  }
  rule(!alarm || limit_a == 0, "a cell was out of its bounds, and the limit is not 0");
  rule(!alarm || direction.stopped, "an alarm of a cell that was within its bounds");
  if (!direction.stopped) return;
  if (stops || !known)
    direction.clear_since.reset();
  else if (!direction.clear_since)
    direction.clear_since = now;
  if (alarm) return;
  rule(direction.clear_since && now - *direction.clear_since >= kHold,
       "what a cell stopped is released early");
  direction = {.before_a = direction.before_a, .fell_at = direction.fell_at};
}

void ChargeWatch::check_stops(const CellsSeen& cells, const ItemValues& values,
                              const ChargeControl& control, Instant now) {
  const double high_v = rules_.cell_never_above_v - (charge_.stopped ? 0.05 : 0);
  const double low_v = rules_.cell_empty_v - (discharge_.stopped ? 0 : 0.1);
  const auto& alarms = control.alarms();
  follow_stop(charge_, cells.highest_v && *cells.highest_v >= high_v, cells.highest_v.has_value(),
              alarms.high_cell_voltage == 2, *values.number(q("/Info/MaxChargeCurrent")), now);
  follow_stop(discharge_, cells.lowest_v && *cells.lowest_v < low_v, cells.lowest_v.has_value(),
              alarms.low_cell_voltage == 2, *values.number(q("/Info/MaxDischargeCurrent")), now);
  for (const auto& [id, level] : {std::pair(q("/Alarms/HighCellVoltage"), alarms.high_cell_voltage),
                                  {q("/Alarms/LowCellVoltage"), alarms.low_cell_voltage},
                                  {q("/Alarms/CellImbalance"), alarms.cell_imbalance}})
    rule(!level || values.number(id) >= *level, "an alarm of the charge control is not shown");
}

void ChargeWatch::check_rise(Direction& direction, double limit_a, double max_a, Instant now) {
  auto& before_a = direction.before_a;
  if (before_a && limit_a > *before_a) {
    rule(now - *direction.fell_at >= kHold, "a limit is raised within 30 s of its fall");
    rule(limit_a <= *before_a + 0.2 * max_a + kRounding, "a limit is raised in a jump");
  }
  if (!direction.fell_at || (before_a && limit_a < *before_a)) direction.fell_at = now;
  before_a = limit_a;
}

/// Down at once, never up while a cell stands above its goal, and never above what all may have.
void ChargeWatch::check_voltage(const CellsSeen& cells, const ItemValues& values,
                                const ChargeControl& control) {
  const Vote* vote = decide(control.votes(), Limit::charge_voltage);
  const auto in_series = control.cells_in_series();
  if (vote == nullptr || !in_series) return voltage_before_v_.reset();
  goal_v_ = std::max(goal_v_, highest_goal_v(rules_));
  const double goal_v = std::min(goal_v_, rules_.cell_never_above_v);
  const bool same_cells = cells_before_ == in_series;
  if (same_cells && voltage_before_v_ && cells.highest_v && *cells.highest_v > goal_v + 0.001)
    rule(vote->value <= *voltage_before_v_ + kRounding, "CVL is raised while a cell is too high");
  const auto voltage_v = values.number(q("/Dc/0/Voltage"));
  const bool is_news = voltage_v && *voltage_v / *in_series > 0.6 * rules_.cell_empty_v &&
                       *voltage_v / *in_series < 1.1 * rules_.cell_never_above_v;
  if (is_news)
    rule(vote->value <= *in_series * (goal_v + WireDrop::kMostPerCellV) + kRounding,
         "CVL is above what all cells may have");
  voltage_before_v_ = vote->value;
  cells_before_ = in_series;
}

void ChargeWatch::check_words(const ItemValues& values) const {
  rule(!text(values, q("/Info/ChargeMode")).empty(), "no charge mode");
  const auto says = [&](Quantity limit, double max_a, Quantity reason, Quantity allowed) {
    const double limit_a = *values.number(limit);
    rule(limit_a > 0 || values.number(allowed) == 0, "0 A, and it is allowed");
    rule(limit_a >= max_a || values[reason].value.has_value(), "less than all, and no word why");
  };
  says(q("/Info/MaxChargeCurrent"), rules_.max_charge_current_a, q("/Info/ChargeLimitation"),
       q("/Io/AllowToCharge"));
  says(q("/Info/MaxDischargeCurrent"), rules_.max_discharge_current_a,
       q("/Info/DischargeLimitation"), q("/Io/AllowToDischarge"));
}

}  // namespace dmb::test
