// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/value.h"

#include <chrono>
#include <optional>

namespace dmb {

/// What the charge voltage goes by. nullopt: not known.
struct ChargeVoltageInputs {
  int cells = 1;                    ///< in series
  double goal_v = 0;                ///< where the highest cell is to stand
  double floor_v = 0;               ///< of a cell; CVL never goes below so many of them
  std::optional<double> highest_v;  ///< cell
  std::optional<double> voltage_v;  ///< of the battery, as its BMS or shunt measures it
  std::optional<double> sum_v;      ///< of its cells, when all are known
  std::optional<double> charger_v;  ///< what the chargers see at their end of the wires
  std::optional<double> current_a;  ///< positive is charging
  std::optional<double> capacity_ah;
  /// When all this was told: the same once more says nothing of the last step down. nullopt: anew
  /// with each update.
  std::optional<Instant> told_at = {};
};

/// What falls off between chargers and cells while charging, learned by and by. 0 … kMostPerCellV
/// for each cell: more is no wire but a wrong number.
class WireDrop {
 public:
  static constexpr double kMostPerCellV = 0.5 / 16;

  void learn(const ChargeVoltageInputs& inputs, Instant now);
  double per_cell_v() const { return per_cell_v_; }
  void resume(double per_cell_v);

 private:
  double per_cell_v_ = 0;
  std::optional<Instant> learned_at_;
};

/// Holds CVL where the highest cell stands at its goal: the one limit that chargers obey even where
/// DC-coupled feed-in is allowed.
///
/// - Above its goal: while current flows in, CVL falls at once to the present voltage less the
///   excess, and on by a fifth of the excess of all cells per second, but by no more than 5 mV per
///   cell and second, and the less current the slower. At rest it falls to the present voltage, and
///   on by 0.1 mV per cell and second, to no less than 25 mV per cell below it: so far chargers may
///   stand above CVL. Not where current flows out: a lower CVL would only drive the battery's
///   energy into the grid.
/// - A cell that is well ahead of the others counts up to 20 mV higher than it is while much
/// current
///   flows in: it rises steeply, and chargers obey some seconds late.
/// - Below its goal for 30 s: CVL rises by 1 mV per cell and second, to no more than the goal of
/// all
///   cells and the wires' drop.
class ChargeVoltageControl {
 public:
  /// CVL of the battery, in steps of half a millivolt per cell.
  double update(const ChargeVoltageInputs& inputs, Instant now);

  /// CVL is below the goal of all cells, because one of them stands higher than the others.
  bool held_back() const { return held_back_; }
  std::optional<Instant> next_change(Instant now) const;

  const WireDrop& drop() const { return drop_; }
  WireDrop& drop() { return drop_; }

 private:
  bool is_news(const ChargeVoltageInputs& inputs);
  void lower(const ChargeVoltageInputs& inputs, double excess_v, Instant now);
  double lower_at_rest(double measured_v, double excess_v, double cells, Instant now);
  void rise(const ChargeVoltageInputs& inputs, double ceiling_v, Instant now);
  double seconds_to_step(Instant now);

  WireDrop drop_;
  std::optional<double> level_v_;
  std::optional<Instant> stepped_at_;  ///< of the last step up or down
  std::optional<Instant> rises_at_;
  std::optional<Instant> stepped_for_;  ///< the news of the last step down
  bool held_back_ = false;
};

}  // namespace dmb
