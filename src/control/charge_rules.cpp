// SPDX-License-Identifier: MIT
#include "dmb/control/charge_rules.h"

#include "dmb/battery/quantity.h"
#include "dmb/battery/shortest.h"
#include "dmb/control/guard.h"

#include <algorithm>
#include <cmath>

namespace dmb {
namespace {

constexpr double kNothing = 1e-6;
/// How far below cell_empty a cell may stand before discharging ends.
constexpr double kBelowEmptyV = 0.1;

std::string volts(double value_v) {
  return shortest(value_v) + " V";
}

/// Of all months.
double least_goal_v(const ChargeRules& rules) {
  return cell_full_in(rules, std::nullopt);
}

class Checks {
 public:
  void within(std::string_view key, double value, double low, double high, const char* unit) {
    if (value >= low && value <= high) return;
    add(key, shortest(value) + unit + " is not within " + shortest(low) + " and " + shortest(high));
  }
  /// `lower` must not be above `upper`.
  void order(std::string_view lower_key, double lower_v, std::string_view upper_key,
             double upper_v) {
    if (lower_v <= upper_v) return;
    add(lower_key, volts(lower_v) + " is above " + std::string(upper_key) + ", " + volts(upper_v));
  }
  void curve(std::string_view key, const Curve& curve, CurveShape shape) {
    if (auto fault = fault_of(curve, shape)) add(key, std::move(*fault));
  }
  /// There nothing must flow any more.
  void ends(std::string_view key, const Curve& curve, double at, const std::string& where) {
    if (curve.points().empty() || curve.share(at) < kNothing) return;
    add(key, "allows " + shortest(std::round(curve.share(at) * 1e4) / 100) + " % " + where +
                 ": it must be 0 there");
  }
  void add(std::string_view key, std::string problem) {
    faults_.push_back({key, std::move(problem)});
  }
  std::vector<ChargeFault> take() { return std::move(faults_); }

 private:
  std::vector<ChargeFault> faults_;
};

void check_cells(const ChargeRules& rules, Checks& checks) {
  const ChemistryNumbers& numbers = numbers_of(rules.chemistry);
  checks.within("cell_never_above", rules.cell_never_above_v, numbers.lowest_v, numbers.highest_v,
                " V");
  checks.within("cell_empty", rules.cell_empty_v, numbers.lowest_v + kBelowEmptyV,
                numbers.highest_v, " V");
  checks.within("cell_float", rules.cell_float_v, numbers.lowest_v, numbers.highest_v, " V");
  checks.within("cell_full", rules.cell_full_v, numbers.lowest_v, numbers.highest_v, " V");
  checks.order("cell_full", rules.cell_full_v, "cell_never_above", rules.cell_never_above_v);
  checks.order("cell_float", rules.cell_float_v, "cell_full", rules.cell_full_v);
  checks.order("cell_empty", rules.cell_empty_v + kBelowEmptyV, "cell_float", rules.cell_float_v);
  for (const auto& full_v : rules.season_full_v) {
    if (!full_v) continue;
    checks.within("season_full", *full_v, numbers.lowest_v, numbers.highest_v, " V");
    checks.order("season_full", *full_v, "cell_never_above", rules.cell_never_above_v);
    checks.order("cell_float", rules.cell_float_v, "season_full", *full_v);
  }
  if (rules.balance_every.count() == 0) return;
  checks.within("balance_cell", rules.balance_cell_v, numbers.lowest_v, numbers.highest_v, " V");
  checks.order("balance_cell", rules.balance_cell_v, "cell_never_above", rules.cell_never_above_v);
  if (least_goal_v(rules) > rules.balance_cell_v)
    checks.add("balance_cell", volts(rules.balance_cell_v) + " is below every goal of charging, " +
                                   volts(least_goal_v(rules)) + " at least");
}

/// A goal that the highest cell has no current to get to is never reached.
void check_reached(const ChargeRules& rules, std::string_view key, double goal_v, Checks& checks) {
  if (goal_v > rules.cell_never_above_v) return;  // that is wrong enough
  constexpr double kReachedWithinV = 0.01;
  const double near_v = std::round((goal_v - kReachedWithinV) * 1000) / 1000;
  if (rules.charge_by_cell.share(near_v) < kNothing)
    checks.add("charge_by_cell", "allows nothing at " + volts(near_v) + ": " + std::string(key) +
                                     ", " + volts(goal_v) + ", is never reached");
}

void check_goals(const ChargeRules& rules, Checks& checks) {
  if (rules.charge_by_cell.points().empty()) return;
  double highest_v = rules.cell_full_v;
  for (const auto& full_v : rules.season_full_v)
    highest_v = std::max(highest_v, full_v.value_or(0));
  check_reached(rules, highest_v > rules.cell_full_v ? "season_full" : "cell_full", highest_v,
                checks);
  if (rules.balance_every.count() > 0 && rules.balance_cell_v > highest_v)
    check_reached(rules, "balance_cell", rules.balance_cell_v, checks);
}

/// One that says nothing allows all.
void check_optional(const Curve& curve, std::string_view key, CurveShape shape, Checks& checks) {
  if (!curve.points().empty()) checks.curve(key, curve, shape);
}

void check_soc_points(const Curve& curve, std::string_view key, Checks& checks) {
  for (const CurvePoint& point : curve.points()) checks.within(key, point.at, 0, 100, " %");
}

void check_curves(const ChargeRules& rules, Checks& checks) {
  checks.curve("charge_by_cell", rules.charge_by_cell, CurveShape::falling);
  checks.curve("discharge_by_cell", rules.discharge_by_cell, CurveShape::rising);
  checks.curve("charge_by_temperature", rules.charge_by_temperature, CurveShape::hump);
  checks.curve("discharge_by_temperature", rules.discharge_by_temperature, CurveShape::hump);
  checks.curve("charge_by_mosfet", rules.charge_by_mosfet, CurveShape::falling);
  check_optional(rules.discharge_by_mosfet, "discharge_by_mosfet", CurveShape::falling, checks);
  check_optional(rules.charge_by_soc, "charge_by_soc", CurveShape::falling, checks);
  check_optional(rules.discharge_by_soc, "discharge_by_soc", CurveShape::rising, checks);
  check_soc_points(rules.charge_by_soc, "charge_by_soc", checks);
  check_soc_points(rules.discharge_by_soc, "discharge_by_soc", checks);
  checks.ends("charge_by_cell", rules.charge_by_cell, rules.cell_never_above_v,
              "at cell_never_above");
  constexpr double kAnyC = 1000;
  checks.ends("charge_by_temperature", rules.charge_by_temperature, -kAnyC, "in any cold");
  checks.ends("charge_by_temperature", rules.charge_by_temperature, kAnyC, "in any heat");
  checks.ends("charge_by_mosfet", rules.charge_by_mosfet, kAnyC, "in any heat");
}

}  // namespace

ChargeRules::ChargeRules(Chemistry of) : chemistry(of) {
  const ChemistryNumbers& numbers = numbers_of(of);
  cell_full_v = numbers.cell_full_v;
  cell_float_v = numbers.cell_float_v;
  cell_empty_v = numbers.cell_empty_v;
  cell_never_above_v = numbers.cell_never_above_v;
  cell_bulk_again_v = numbers.cell_bulk_again_v;
  balance_cell_v = numbers.balance_cell_v;
  charge_by_cell = numbers.charge_by_cell;
  discharge_by_cell = numbers.discharge_by_cell;
  charge_by_temperature = numbers.charge_by_temperature;
  discharge_by_temperature = numbers.discharge_by_temperature;
}

double cell_full_in(const ChargeRules& rules, std::optional<unsigned> month) {
  std::optional<double> least_v;
  for (const auto& full_v : rules.season_full_v)
    if (full_v) least_v = std::min(least_v.value_or(*full_v), *full_v);
  if (!least_v) return rules.cell_full_v;
  if (!month || *month < 1 || *month > 12) return *least_v;
  for (unsigned back = 0; back < 12; ++back)
    if (const auto& full_v = rules.season_full_v[(*month + 11 - back) % 12]) return *full_v;
  return *least_v;
}

std::vector<ChargeFault> faults_of(const ChargeRules& rules) {
  Checks checks;
  constexpr double kLeastA = 0.1;
  checks.within("max_charge_current", rules.max_charge_current_a, kLeastA, kNoCurrentLimitA, " A");
  checks.within("max_discharge_current", rules.max_discharge_current_a, kLeastA, kNoCurrentLimitA,
                " A");
  if (rules.cells) checks.within("cells", *rules.cells, 1, kMaxCells, "");
  check_cells(rules, checks);
  check_curves(rules, checks);
  check_goals(rules, checks);
  constexpr double kDayS = 86'400;
  checks.within("tail_current", rules.tail_current_percent, 0.1, 20, " %");
  checks.within("full_for", static_cast<double>(rules.full_for.count()), 0, kDayS, " s");
  checks.within("bulk_again_soc", rules.bulk_again_soc_percent, 0, 99, " %");
  checks.within("bulk_again_spread", rules.bulk_again_spread_v, 0.01, 1, " V");
  checks.within("charge_to_soc", rules.charge_to_soc_percent, 10, 100, " %");
  checks.within("balance_every_days", static_cast<double>(rules.balance_every.count()), 0, 365,
                " days");
  return checks.take();
}

std::optional<std::string> misfit_of(double max_charge_voltage_v, int cells,
                                     const ChargeRules& rules) {
  const double cell_v = max_charge_voltage_v / std::max(cells, 1);
  if (cell_v >= rules.cell_empty_v && cell_v <= rules.cell_never_above_v) return std::nullopt;
  const double rounded_v = std::round(cell_v * 1000) / 1000;
  return volts(max_charge_voltage_v) + " is " + volts(rounded_v) + " for each of " +
         std::to_string(cells) + " cells, which must be within cell_empty " +
         volts(rules.cell_empty_v) + " and cell_never_above " + volts(rules.cell_never_above_v);
}

}  // namespace dmb
