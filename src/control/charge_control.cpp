// SPDX-License-Identifier: MIT
#include "dmb/control/charge_control.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace dmb {
namespace {

constexpr double kShareWithoutSensors = 0.1;
/// How far a cell must be back before what it stopped is released.
constexpr double kBackBelowNeverV = 0.05;
constexpr double kBelowEmptyV = 0.1;
/// A voltage per cell beyond these shares of what cells have is of another number of cells.
constexpr double kLowestShareOfEmpty = 0.6;
constexpr double kHighestShareOfNever = 1.1;
constexpr double kSocHysteresisPercent = 5;
constexpr double kImbalanceWarningV = 0.05;
constexpr double kImbalanceAlarmV = 0.10;

double rounded(double value, double steps) {
  return std::round(value * steps) / steps;
}

ChargeReason about(ChargeFactor factor, const Sensed& sensed) {
  const bool is_cell =
      factor == ChargeFactor::highest_cell || factor == ChargeFactor::lowest_cell ||
      factor == ChargeFactor::cell_too_high || factor == ChargeFactor::cell_too_low;
  return {factor, sensed.where, rounded(sensed.value, is_cell ? 1000 : 10)};
}

std::string joined(const std::vector<std::string>& list) {
  std::string text;
  for (const std::string& one : list) text += (text.empty() ? "" : ", ") + one;
  return text;
}

std::optional<unsigned> month_of(const std::optional<std::chrono::sys_days>& day) {
  if (!day) return std::nullopt;
  return static_cast<unsigned>(std::chrono::year_month_day(*day).month());
}

std::optional<double> value_of(const std::optional<Sensed>& sensed) {
  if (!sensed) return std::nullopt;
  return sensed->value;
}

std::optional<double> usable(std::optional<double> value) {
  return value && std::isfinite(*value) ? value : std::nullopt;
}

ChargeInputs without_nonsense(ChargeInputs inputs) {
  for (auto* value : {&inputs.voltage_v, &inputs.current_a, &inputs.capacity_ah,
                      &inputs.soc_percent, &inputs.charger_v})
    *value = usable(*value);
  if (inputs.voltage_v && *inputs.voltage_v <= 0) inputs.voltage_v.reset();
  inputs.series = std::max(inputs.series, 1);
  return inputs;
}

}  // namespace

bool ChargeControl::fits(const ChargeInputs& inputs) const {
  if (!cells_ || !inputs.voltage_v) return true;
  const double cell_v = *inputs.voltage_v / *cells_;
  return cell_v >= kLowestShareOfEmpty * rules_.cell_empty_v &&
         cell_v <= kHighestShareOfNever * rules_.cell_never_above_v;
}

void ChargeControl::look(const ChargeInputs& inputs, Instant now) {
  view_ = sensors_.look(inputs.packs, now);
  cells_ = rules_.cells;
  if (!cells_ && view_.cells) cells_ = *view_.cells * inputs.series;
  fits_ = fits(inputs);
  if (view_.highest || !rules_.cells || !inputs.voltage_v) return;
  const double mean_v = *inputs.voltage_v / *rules_.cells;
  view_.highest = view_.lowest = Sensed{mean_v, "(mean)"};
  view_.mean_cell_v = mean_v;
}

void ChargeControl::watch_stops(Instant now) {
  const double never_v = rules_.cell_never_above_v;
  const double empty_v = rules_.cell_empty_v;
  const auto watch = [now](Direction& direction, const std::optional<Sensed>& cell, bool stops,
                           ChargeFactor factor) {
    // One that is not known any more says nothing: what it stopped stays stopped.
    if (stops || (!cell && direction.stop.stopped()))
      direction.stop.stop(now);
    else
      direction.stop.clear(now);
    if (stops) direction.stopped_by = about(factor, *cell);
  };
  const double high_v = charge_.stop.stopped() ? never_v - kBackBelowNeverV : never_v;
  const double low_v = discharge_.stop.stopped() ? empty_v : empty_v - kBelowEmptyV;
  watch(charge_, view_.highest, view_.highest && view_.highest->value >= high_v,
        ChargeFactor::cell_too_high);
  watch(discharge_, view_.lowest, view_.lowest && view_.lowest->value < low_v,
        ChargeFactor::cell_too_low);
}

bool ChargeControl::balance_due(const ChargeInputs& inputs) {
  if (rules_.balance_every.count() == 0) return full_wanted_;
  if (!inputs.today) return balancing_ || full_wanted_;
  if (std::exchange(balanced_undated_, false)) balanced_ = inputs.today;
  // From the first day on, and from a day again that a wrong clock took for a later one.
  if (!balanced_ || *balanced_ > *inputs.today) balanced_ = inputs.today;
  return full_wanted_ || *inputs.today - *balanced_ >= rules_.balance_every;
}

void ChargeControl::advance_cycle(const ChargeInputs& inputs, Instant now) {
  balancing_ = balance_due(inputs);
  double full_v = cell_full_in(rules_, month_of(inputs.today));
  if (balancing_) full_v = std::max(full_v, rules_.balance_cell_v);
  const bool completed = cycle_.update({.highest_v = value_of(view_.highest),
                                        .lowest_v = value_of(view_.lowest),
                                        .mean_v = view_.mean_cell_v,
                                        .current_a = inputs.current_a,
                                        .capacity_ah = inputs.capacity_ah,
                                        .soc_percent = inputs.soc_percent,
                                        .full_v = full_v,
                                        .balance_due = balancing_},
                                       rules_, now);
  if (completed && balancing_) {
    balanced_undated_ = !inputs.today;
    if (inputs.today) balanced_ = inputs.today;
    balancing_ = full_wanted_ = false;
  }
  const std::string purpose = full_wanted_ ? ", full charge" : ", balancing";
  charge_mode_ = describe(cycle_) + (balancing_ ? purpose : "");
}

/// A cell that nobody sees may be ahead of all others: there is no charging beyond float then. Not
/// at once below what the battery has, for that would discharge it in a rush; but never up again.
double ChargeControl::goal_v(const ChargeInputs& inputs) {
  if (!view_.cells_missing) blind_goal_v_.reset();
  const double goal_v = std::min(cycle_.goal_v(), blind_goal_v_.value_or(cycle_.goal_v()));
  if (!view_.cells_missing) return goal_v;
  const double present_v = inputs.voltage_v ? *inputs.voltage_v / *cells_ : 0;
  return *(blind_goal_v_ = std::min(goal_v, std::max(present_v, rules_.cell_float_v)));
}

void ChargeControl::vote_voltage(const ChargeInputs& inputs, Instant now) {
  if (!cells_ || !fits_) {
    if (shown_v_) votes_.push_back({Limit::charge_voltage, *shown_v_, Cause::charge_control});
    return;
  }
  const double all = inputs.series;
  const auto sum_v = view_.sum_v ? std::optional<double>(*view_.sum_v * all) : std::nullopt;
  shown_v_ = voltage_.update({.cells = *cells_,
                              .goal_v = goal_v(inputs),
                              .floor_v = rules_.cell_empty_v,
                              .highest_v = value_of(view_.highest),
                              .voltage_v = inputs.voltage_v,
                              .sum_v = sum_v,
                              .charger_v = inputs.charger_v,
                              .current_a = inputs.current_a,
                              .capacity_ah = inputs.capacity_ah,
                              .told_at = inputs.told_at},
                             now);
  if (voltage_.held_back() && view_.highest)
    votes_.push_back({Limit::charge_voltage, *shown_v_, Cause::charge_control,
                      about(ChargeFactor::highest_cell, *view_.highest)});
  else
    votes_.push_back({Limit::charge_voltage, *shown_v_, Cause::configured});
}

void ChargeControl::add_temperatures(const Curve& curve, std::vector<Factor>& factors) const {
  if (!view_.coldest || !view_.hottest) return;
  factors.push_back(
      {curve.share(view_.coldest->value), about(ChargeFactor::coldest, *view_.coldest)});
  factors.push_back(
      {curve.share(view_.hottest->value), about(ChargeFactor::hottest, *view_.hottest)});
  // Where one sensor is both, it is what it is too much of.
  if (view_.hottest->value > curve.middle()) std::swap(factors.back(), *(factors.end() - 2));
}

void ChargeControl::add_mosfet(const Curve& curve, std::vector<Factor>& factors) const {
  if (view_.mosfet)
    factors.push_back(
        {curve.share(view_.mosfet->value), about(ChargeFactor::mosfet, *view_.mosfet)});
}

/// One that is not known limits nothing: cells and temperatures do.
void ChargeControl::add_soc(const Curve& curve, const ChargeInputs& inputs,
                            std::vector<Factor>& factors) {
  if (inputs.soc_percent)
    factors.push_back({curve.share(*inputs.soc_percent),
                       {ChargeFactor::soc, "", rounded(*inputs.soc_percent, 1)}});
}

bool ChargeControl::soc_reached(const ChargeInputs& inputs) {
  if (rules_.charge_to_soc_percent >= 100 || balancing_) return soc_reached_ = false;
  if (!inputs.soc_percent) return soc_reached_;
  const double back_percent = soc_reached_ ? kSocHysteresisPercent : 0;
  return soc_reached_ = *inputs.soc_percent >= rules_.charge_to_soc_percent - back_percent;
}

void ChargeControl::vote_charge(const ChargeInputs& inputs, Instant now) {
  std::vector<Factor> factors;
  if (!view_.highest || !cells_) factors.push_back({0, {ChargeFactor::nothing_known, ""}});
  if (!fits_)
    factors.push_back({0,
                       {ChargeFactor::cells_misfit, std::to_string(*cells_) + " cells",
                        rounded(*inputs.voltage_v, 100)}});
  if (!view_.missing.empty())
    factors.push_back(
        {kShareWithoutSensors, {ChargeFactor::sensors_missing, joined(view_.missing)}});
  if (view_.highest)
    factors.push_back({rules_.charge_by_cell.share(view_.highest->value),
                       about(ChargeFactor::highest_cell, *view_.highest)});
  add_temperatures(rules_.charge_by_temperature, factors);
  add_mosfet(rules_.charge_by_mosfet, factors);
  add_soc(rules_.charge_by_soc, inputs, factors);
  if (soc_reached(inputs))
    factors.push_back({0, {ChargeFactor::soc_reached, "", rules_.charge_to_soc_percent}});
  vote_current(Limit::charge_current, charge_, factors, rules_.max_charge_current_a, now);
}

void ChargeControl::vote_discharge(const ChargeInputs& inputs, Instant now) {
  std::vector<Factor> factors;
  if (view_.lowest)
    factors.push_back({rules_.discharge_by_cell.share(view_.lowest->value),
                       about(ChargeFactor::lowest_cell, *view_.lowest)});
  add_temperatures(rules_.discharge_by_temperature, factors);
  add_mosfet(rules_.discharge_by_mosfet, factors);
  add_soc(rules_.discharge_by_soc, inputs, factors);
  vote_current(Limit::discharge_current, discharge_, factors, rules_.max_discharge_current_a, now);
}

void ChargeControl::vote_current(Limit limit, Direction& direction,
                                 const std::vector<Factor>& factors, double max_a, Instant now) {
  votes_.push_back({limit, std::max(max_a, 0.0), Cause::configured});
  const auto least = std::ranges::min_element(factors, {}, &Factor::share);
  double share = least != factors.end() ? least->share : 1;
  const bool stopped = direction.stop.stopped();
  if (stopped) share = 0;
  const double limit_a = direction.ramp.update(share * max_a, max_a, now);
  if (stopped) {
    ChargeReason reason = direction.stopped_by;
    reason.passing = direction.stop.ends_at().has_value();
    votes_.push_back({limit, 0, Cause::alarm, reason});
  }
  if (limit_a >= max_a) return;
  const bool passing = direction.ramp.held();
  if (!passing && !stopped && least != factors.end()) direction.limited_by = least->reason;
  if (stopped) direction.limited_by = direction.stopped_by;
  ChargeReason reason = direction.limited_by;
  reason.limit_a = limit_a;
  reason.passing = passing;
  votes_.push_back({limit, limit_a, Cause::charge_control, std::move(reason)});
}

void ChargeControl::watch_alarms() {
  alarms_.high_cell_voltage.reset();
  alarms_.low_cell_voltage.reset();
  if (charge_.stop.stopped())
    alarms_.high_cell_voltage = 2;
  else if (view_.highest)
    alarms_.high_cell_voltage =
        view_.highest->value > (cycle_.goal_v() + rules_.cell_never_above_v) / 2 ? 1 : 0;
  if (discharge_.stop.stopped())
    alarms_.low_cell_voltage = 2;
  else if (view_.lowest)
    alarms_.low_cell_voltage = view_.lowest->value < rules_.cell_empty_v ? 1 : 0;
  if (!view_.highest || !view_.lowest) {
    alarms_.cell_imbalance.reset();
  } else if (cycle_.at_rest() || !alarms_.cell_imbalance) {
    const double spread_v = cycle_.at_rest() ? view_.highest->value - view_.lowest->value : 0;
    alarms_.cell_imbalance = spread_v > kImbalanceAlarmV     ? 2
                             : spread_v > kImbalanceWarningV ? 1
                                                             : 0;
  }
}

void ChargeControl::update(const ChargeInputs& told, Instant now) {
  const ChargeInputs inputs = without_nonsense(told);
  votes_.clear();
  look(inputs, now);
  watch_stops(now);
  advance_cycle(inputs, now);
  vote_voltage(inputs, now);
  vote_charge(inputs, now);
  vote_discharge(inputs, now);
  watch_alarms();
}

std::optional<Instant> ChargeControl::next_change(Instant now) const {
  std::optional<Instant> next = earlier(cycle_.next_change(now), sensors_.next_change(now));
  // While its voltage cannot be right CVL stands still, whatever step was due.
  if (cells_ && fits_) next = earlier(next, voltage_.next_change(now));
  for (const Direction* direction : {&charge_, &discharge_}) {
    next = earlier(next, direction->ramp.next_change(now));
    next = earlier(next, direction->stop.ends_at());
  }
  return next;
}

bool ChargeControl::forget_missing() {
  if (view_.missing.empty()) return false;
  sensors_.forget_missing();
  return true;
}

ChargeMemory ChargeControl::memory(Instant now) const {
  const auto of = [now](const ReleaseDelay& stop) -> std::optional<ChargeMemory::Stop> {
    if (stop.is_at_rest(now)) return std::nullopt;
    return ChargeMemory::Stop{stop.stopped(), stop.delay()};
  };
  ChargeMemory memory{.phase = cycle_.memory(),
                      .sensors = sensors_.seen(),
                      .too_high = of(charge_.stop),
                      .too_low = of(discharge_.stop),
                      .soc_reached = soc_reached_,
                      .full_wanted = full_wanted_,
                      .wire_drop_per_cell_v = rounded(voltage_.drop().per_cell_v(), 1000),
                      .balanced = balanced_};
  for (auto& [id, seen] : memory.sensors) {
    seen.less_since.reset();
    seen.differs_since.reset();
  }
  return memory;
}

void ChargeControl::resume(const ChargeMemory& memory, Instant now) {
  cycle_.resume(memory.phase);
  sensors_.resume(memory.sensors);
  if (memory.too_high) charge_.stop.resume(memory.too_high->active, memory.too_high->delay, now);
  if (memory.too_low) discharge_.stop.resume(memory.too_low->active, memory.too_low->delay, now);
  charge_.stopped_by = {ChargeFactor::cell_too_high, "(before the start)"};
  discharge_.stopped_by = {ChargeFactor::cell_too_low, "(before the start)"};
  soc_reached_ = memory.soc_reached;
  full_wanted_ = memory.full_wanted;
  voltage_.drop().resume(memory.wire_drop_per_cell_v);
  balanced_ = memory.balanced;
}

void change_rules(std::optional<ChargeControl>& control, const std::optional<ChargeRules>& rules) {
  if (!rules)
    control.reset();
  else if (control)
    control->change_rules(*rules);
  else
    control.emplace(*rules);
}

}  // namespace dmb
