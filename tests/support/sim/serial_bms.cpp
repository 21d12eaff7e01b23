// SPDX-License-Identifier: MIT
#include "serial_bms.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace dmb::sim {
namespace {

constexpr double kTimerLostV = 0.5;
constexpr double kCvlHoldS = 60;
constexpr double kCvlRampVPerS = 0.001;
constexpr double kRiseHoldS = 30;
constexpr double kRiseAPerS = 5;
constexpr double kSmallFallS = 60;
constexpr double kLargeFall = 0.33;
constexpr double kFromZero = 0.015;

constexpr std::array<Point, 5> kChargeByCell{
    {{3.375, 1}, {3.400, 0.25}, {3.425, 0.05}, {3.450, 0.005}, {3.500, 0}}};
constexpr std::array<Point, 5> kDischargeByCell{
    {{2.800, 0}, {2.900, 0.005}, {3.000, 0.05}, {3.100, 0.25}, {3.190, 1}}};
constexpr std::array<Point, 8> kChargeByC{
    {{0, 0}, {2, 0.25}, {5, 0.5}, {10, 1}, {40, 1}, {45, 0.5}, {50, 0.25}, {55, 0}}};
constexpr std::array<Point, 8> kDischargeByC{
    {{-10, 0}, {0, 0.25}, {5, 0.5}, {10, 1}, {40, 1}, {45, 0.5}, {50, 0.25}, {55, 0}}};

}  // namespace

double PacedLimit::follow(double wanted_a, double now_s) {
  const double passed_s = now_s - followed_s_;
  followed_s_ = now_s;
  if (wanted_a <= shown_a_) {
    clear_since_s_.reset();
    const bool falls_far = shown_a_ - wanted_a >= kLargeFall * shown_a_;
    if (wanted_a == 0 || falls_far || now_s - changed_s_ >= kSmallFallS) {
      shown_a_ = wanted_a;
      changed_s_ = now_s;
    }
    return shown_a_;
  }
  if (shown_a_ == 0 && wanted_a < kFromZero * max_a_) return shown_a_;
  if (!clear_since_s_) clear_since_s_ = now_s;
  if (now_s - *clear_since_s_ < kRiseHoldS) return shown_a_;
  shown_a_ = std::min(wanted_a, shown_a_ + kRiseAPerS * passed_s);
  changed_s_ = now_s;
  return shown_a_;
}

Wishes SerialBms::update(const Measured& measured, double now_s) {
  const double passed_s = updated_s_ ? now_s - *updated_s_ : 0;
  updated_s_ = now_s;
  const auto n = static_cast<double>(measured.cells_v.size());
  const double float_v = n * settings_.float_cell_v;
  const double full_v = n * settings_.max_cell_v;
  count(measured, passed_s);

  std::vector<double> cells_v;
  for (const auto& cell_v : measured.cells_v)
    if (cell_v) cells_v.push_back(*cell_v);
  const bool all_known = cells_v.size() == measured.cells_v.size();
  const double highest_v = cells_v.empty() ? 0 : *std::ranges::max_element(cells_v);
  const double lowest_v = cells_v.empty() ? 0 : *std::ranges::min_element(cells_v);
  if (!cvl_v_) cvl_v_ = full_v;
  if (!all_known) {
    cvl_v_ = float_v;
  } else {
    const double sum_v = std::accumulate(cells_v.begin(), cells_v.end(), 0.0);
    advance(sum_v, highest_v - lowest_v, full_v, now_s);
    if (max_allowed_) {
      hold_cells(cells_v, full_v, now_s, passed_s);
      mode_ = full_since_s_ ? "Absorption" : "Bulk";
    } else {
      ramp_to_float(float_v, passed_s);
    }
  }
  const double charge_a = settings_.max_charge_a * charge_part(measured, highest_v);
  const double discharge_a = settings_.max_discharge_a * discharge_part(measured, lowest_v);
  return {.limits = {.cvl_v = *cvl_v_ + settings_.voltage_drop_v,
                     .ccl_a = charge_.follow(charge_a, now_s),
                     .dcl_a = discharge_.follow(discharge_a, now_s)},
          .mode = mode_,
          .soc_percent = soc_percent_};
}

void SerialBms::count(const Measured& measured, double passed_s) {
  const double part = measured.current_a * passed_s / 3600 / measured.capacity_ah;
  soc_percent_ = std::clamp(soc_percent_ + 100 * part, 0.0, 100.0);
}

void SerialBms::advance(double sum_v, double spread_v, double full_v, double now_s) {
  if (!full_since_s_) {
    if (max_allowed_ && sum_v >= full_v && spread_v <= settings_.to_float_spread_v)
      full_since_s_ = now_s;
    else if (!max_allowed_ && (soc_percent_ < settings_.to_bulk_soc_percent ||
                               spread_v >= settings_.to_bulk_spread_v))
      max_allowed_ = true;
    return;
  }
  if (spread_v > settings_.to_float_spread_v + settings_.to_float_deviation_v)
    full_since_s_ = now_s;
  if (now_s - *full_since_s_ > settings_.to_float_after_s) {
    max_allowed_ = false;
    full_since_s_.reset();
    soc_percent_ = 100;
  } else if (sum_v < full_v - kTimerLostV) {
    full_since_s_.reset();
  }
}

void SerialBms::hold_cells(const std::vector<double>& cells_v, double full_v, double now_s,
                           double passed_s) {
  double excess_v = 0;
  double sum_v = 0;
  for (const double cell_v : cells_v) {
    excess_v += std::max(0.0, cell_v - settings_.max_cell_v);
    sum_v += cell_v;
  }
  const double least_v = static_cast<double>(cells_v.size()) * settings_.min_cell_v;
  const double target_v = excess_v > 0 ? std::clamp(sum_v - excess_v, least_v, full_v) : full_v;
  if (target_v <= *cvl_v_) {
    if (target_v < *cvl_v_) reduced_s_ = now_s;
    cvl_v_ = target_v;
  } else if (now_s - reduced_s_ >= kCvlHoldS) {
    cvl_v_ = std::min(target_v, *cvl_v_ + kCvlRampVPerS * passed_s);
  }
}

void SerialBms::ramp_to_float(double float_v, double passed_s) {
  cvl_v_ = std::max(float_v, *cvl_v_ - kCvlRampVPerS * passed_s);
  mode_ = *cvl_v_ > float_v ? "Float Transition" : "Float";
}

double SerialBms::charge_part(const Measured& measured, double highest_v) const {
  const double by_cell = Curve(kChargeByCell).at(highest_v);
  if (!measured.temperature_c) return by_cell;
  return std::min(by_cell, Curve(kChargeByC).at(*measured.temperature_c));
}

double SerialBms::discharge_part(const Measured& measured, double lowest_v) const {
  const double by_cell = Curve(kDischargeByCell).at(lowest_v);
  if (!measured.temperature_c) return by_cell;
  return std::min(by_cell, Curve(kDischargeByC).at(*measured.temperature_c));
}

}  // namespace dmb::sim
