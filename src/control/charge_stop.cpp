// SPDX-License-Identifier: MIT
#include "dmb/control/charge_stop.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

namespace dmb {
namespace {

using namespace std::chrono_literals;

/// A current that flows this long in spite of the stop is no tail of what was under way: systemcalc
/// writes limits every 3 s.
constexpr auto kPatience = 5s;
constexpr auto kStep = 1s;
/// What one step makes up for at most: after we stood still, nothing jumps.
constexpr double kMaxStepS = 5;
constexpr double kFallPerCellV = 0.005;  // each second, at most
/// The less current there is still, the less it takes to end it; and chargers obey some seconds
/// late. More would drive the battery's own energy into the grid.
constexpr double kFallPerCellAndC = 0.04;  // each second, by a current of the capacity per hour
/// More at once for a current that is told seldom would be more than it takes.
constexpr double kMostSecondsByCurrent = 2.0;
constexpr double kRisePerCellV = 0.010;  // each second
constexpr double kMinCellV = 3.0;
constexpr double kMinShareOfNominal = 0.9;
constexpr double kNominalCellV = 3.2;
constexpr double kCurrentPerAh = 0.01;
constexpr double kCurrentWithoutCapacityA = 2;

/// Of the usual lithium batteries of 4, 8, 12, 16 cells, the one whose charge voltage is nearest;
/// beyond them by number of cells.
double nominal_v(double max_charge_voltage_v) {
  constexpr double kChargedCellV = 3.5;
  const double cells = std::max(1.0, std::round(max_charge_voltage_v / kChargedCellV));
  constexpr std::array<double, 4> kUsualCells{4, 8, 12, 16};
  const auto near = std::ranges::find_if(
      kUsualCells, [cells](double usual) { return std::fabs(usual - cells) <= 1; });
  return kNominalCellV * (near != kUsualCells.end() ? *near : cells);
}

double cells_of(const ChargeStopInputs& inputs) {
  if (inputs.cells && *inputs.cells > 0) return *inputs.cells;
  return nominal_v(*inputs.max_charge_voltage_v) / kNominalCellV;
}

double floor_v(const ChargeStopInputs& inputs) {
  if (inputs.cells && *inputs.cells > 0) return *inputs.cells * kMinCellV;
  return nominal_v(*inputs.max_charge_voltage_v) * kMinShareOfNominal;
}

/// For so many seconds since the last step, at least one.
double fall_per_cell_v(const ChargeStopInputs& inputs, double seconds) {
  const double capacity_ah = inputs.capacity_ah && *inputs.capacity_ah > 0
                                 ? *inputs.capacity_ah
                                 : kCurrentWithoutCapacityA / kCurrentPerAh;
  return std::min(kFallPerCellV * seconds, kFallPerCellAndC * *inputs.current_a / capacity_ah *
                                               std::min(seconds, kMostSecondsByCurrent));
}

bool charging_goes_on(const ChargeStopInputs& inputs) {
  const double limit_a = inputs.capacity_ah && *inputs.capacity_ah > 0
                             ? *inputs.capacity_ah * kCurrentPerAh
                             : kCurrentWithoutCapacityA;
  return inputs.current_a && *inputs.current_a > limit_a;
}

/// A CVL that is below the floor already stays where it is.
double down_to(double wanted_v, const ChargeStopInputs& inputs) {
  return std::min(*inputs.max_charge_voltage_v, std::max(wanted_v, floor_v(inputs)));
}

}  // namespace

double blind_stop_voltage_v(double voltage_v) {
  constexpr double kChargersAboveV = 0.4;
  constexpr double kShareThatFallsOff = 0.02;
  const double lower_v = voltage_v * (1 - kShareThatFallsOff) - kChargersAboveV;
  return lower_v > 0 ? lower_v : voltage_v;
}

/// Whole steps only, so that CVL does not change with every message.
double ChargeStop::seconds_to_step(Instant now) {
  if (!stepped_at_) stepped_at_ = now;
  const auto since = now - *stepped_at_;
  if (since < kStep) return 0;
  stepped_at_ = now;
  return std::min(std::chrono::duration<double>(since).count(), kMaxStepS);
}

void ChargeStop::resist(const ChargeStopInputs& inputs, Instant now) {
  waits_for_news_ = false;
  const auto lower_to = [&](double voltage_v) {
    level_v_ = down_to(voltage_v, inputs);
    stepped_at_ = now;
    stepped_for_ = inputs.current_at;
  };
  if (!inputs.current_a) {  // nobody can tell whether charging goes on
    begin_at_.reset();
    stepped_at_.reset();
    if (!level_v_ && inputs.voltage_v) lower_to(blind_stop_voltage_v(*inputs.voltage_v));
    return;
  }
  if (!charging_goes_on(inputs)) {
    begin_at_.reset();
    stepped_at_.reset();
    return;
  }
  if (level_v_) {
    waits_for_news_ = inputs.current_at && inputs.current_at == stepped_for_;
    const double seconds = waits_for_news_ ? 0 : seconds_to_step(now);
    if (seconds == 0) return;
    stepped_for_ = inputs.current_at;
    const double fall_v = fall_per_cell_v(inputs, seconds) * cells_of(inputs);
    // The floor may have risen with another CVL: the level does not rise with it during a stop.
    level_v_ = std::min(*level_v_, down_to(*level_v_ - fall_v, inputs));
  } else if (!begin_at_) {
    begin_at_ = now + kPatience;
  } else if (now >= *begin_at_) {
    lower_to(inputs.voltage_v.value_or(*inputs.max_charge_voltage_v));
  }
}

void ChargeStop::release(const ChargeStopInputs& inputs, Instant now) {
  begin_at_.reset();
  waits_for_news_ = false;
  if (!level_v_) return;
  *level_v_ += kRisePerCellV * cells_of(inputs) * seconds_to_step(now);
  if (*level_v_ < *inputs.max_charge_voltage_v) return;
  level_v_.reset();
  stepped_at_.reset();
}

std::optional<double> ChargeStop::update(const ChargeStopInputs& inputs, Instant now) {
  if (!inputs.max_charge_voltage_v) {
    *this = {};
    return std::nullopt;
  }
  if (inputs.stopped)
    resist(inputs, now);
  else
    release(inputs, now);
  return level_v_ ? std::min(*level_v_, *inputs.max_charge_voltage_v)
                  : *inputs.max_charge_voltage_v;
}

std::optional<Instant> ChargeStop::next_change(Instant now) const {
  if (begin_at_ && !level_v_) return std::max(*begin_at_, now);
  if (level_v_ && stepped_at_ && !waits_for_news_) return std::max(*stepped_at_ + kStep, now);
  return std::nullopt;
}

}  // namespace dmb
