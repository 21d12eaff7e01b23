// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/value.h"
#include "dmb/control/charge_cells.h"
#include "dmb/control/charge_current.h"
#include "dmb/control/charge_phase.h"
#include "dmb/control/charge_reason.h"
#include "dmb/control/charge_rules.h"
#include "dmb/control/charge_voltage_control.h"
#include "dmb/control/release_delay.h"
#include "dmb/control/vote.h"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dmb {

/// What a charge control goes by at one moment. nullopt: not known, or stale.
struct ChargeInputs {
  std::span<const PackCells> packs;  ///< those that are there
  int series = 1;                    ///< so many of them in series
  std::optional<double> voltage_v;   ///< of the battery or bank
  std::optional<double> current_a;   ///< positive is charging
  std::optional<double> capacity_ah;
  std::optional<double> soc_percent;
  std::optional<double> charger_v;  ///< what the chargers see at their end of the wires
  std::optional<std::chrono::sys_days> today;
  /// When the last of that was told; nullopt: anew with each update.
  std::optional<Instant> told_at = {};
};

/// As of /Alarms: 0 none, 1 warning, 2 alarm; nullopt: nobody can know.
struct ChargeAlarms {
  std::optional<int> high_cell_voltage;
  std::optional<int> low_cell_voltage;
  std::optional<int> cell_imbalance;
  bool operator==(const ChargeAlarms&) const = default;
};

/// What outlives the program.
struct ChargeMemory {
  struct Stop {
    bool active = false;
    std::chrono::seconds delay{0};
    bool operator==(const Stop&) const = default;
  };
  PhaseMemory phase;
  KnownSensors::ById sensors;
  std::optional<Stop> too_high;
  std::optional<Stop> too_low;
  bool soc_reached = false;
  bool full_wanted = false;
  double wire_drop_per_cell_v = 0;  ///< to 1 mV
  std::optional<std::chrono::sys_days> balanced;
  bool operator==(const ChargeMemory&) const = default;
};

/// Makes limits for a battery or bank of what is known of its cells, and tells why. Time is an
/// argument; whatever comes in, what comes out are numbers.
///
/// - CVL holds the highest cell at its goal, see ChargeVoltageControl and ChargeCycle.
/// - CCL and DCL are the least that any curve allows, see CurrentRamp.
/// - A cell above cell_never_above stops charging, one 0.1 V below cell_empty discharging, until it
///   is well clear and ReleaseDelay has passed.
/// - What was known before and is not now, or stands still while all else moves, leaves a tenth of
///   the charge current; where that is a cell, there is no charging beyond float. Where no cell is
///   known the mean of the configured number of cells counts; else there is no charging.
class ChargeControl {
 public:
  /// `rules` as faults_of() lets them pass.
  explicit ChargeControl(ChargeRules rules) : rules_(std::move(rules)) {}
  /// Nothing that is known, or stopped, is forgotten.
  void change_rules(ChargeRules rules) { rules_ = std::move(rules); }

  /// With every change of an input, and when next_change() has come.
  void update(const ChargeInputs& inputs, Instant now);

  /// Of the last update(). CCL and DCL always have one, CVL once the number of cells is known.
  std::span<const Vote> votes() const { return votes_; }
  const ChargeAlarms& alarms() const { return alarms_; }
  /// For people: "Absorption, 12 min left".
  const std::string& charge_mode() const { return charge_mode_; }
  const CellView& cells() const { return view_; }
  ChargePhase phase() const { return cycle_.phase(); }
  /// Of the whole battery or bank; nullopt: nobody knows.
  std::optional<int> cells_in_series() const { return cells_; }

  /// When update() can change by the mere passing of time.
  std::optional<Instant> next_change(Instant now) const;

  /// Charges full once, to the goal of balancing, whatever the rest says; until it is, or false.
  void want_full_charge(bool is_wanted) { full_wanted_ = is_wanted; }
  bool full_charge_wanted() const { return full_wanted_; }

  /// What is missing now is not missed any more from the next update() on. False: nothing is.
  bool forget_missing();
  ChargeMemory memory(Instant now) const;
  /// Before the first update().
  void resume(const ChargeMemory& memory, Instant now);

 private:
  /// One that limits a current: to what share of the maximum.
  struct Factor {
    double share = 1;
    ChargeReason reason;
  };
  /// CCL or DCL.
  struct Direction {
    CurrentRamp ramp;
    ReleaseDelay stop;  ///< by a cell
    ChargeReason stopped_by;
    ChargeReason limited_by;  ///< last
  };

  void look(const ChargeInputs& inputs, Instant now);
  bool fits(const ChargeInputs& inputs) const;
  void watch_stops(Instant now);
  void advance_cycle(const ChargeInputs& inputs, Instant now);
  bool balance_due(const ChargeInputs& inputs);
  double goal_v(const ChargeInputs& inputs);
  void vote_voltage(const ChargeInputs& inputs, Instant now);
  void vote_charge(const ChargeInputs& inputs, Instant now);
  void vote_discharge(const ChargeInputs& inputs, Instant now);
  void vote_current(Limit limit, Direction& direction, const std::vector<Factor>& factors,
                    double max_a, Instant now);
  void add_temperatures(const Curve& curve, std::vector<Factor>& factors) const;
  void add_mosfet(const Curve& curve, std::vector<Factor>& factors) const;
  static void add_soc(const Curve& curve, const ChargeInputs& inputs, std::vector<Factor>& factors);
  bool soc_reached(const ChargeInputs& inputs);
  void watch_alarms();

  ChargeRules rules_;
  KnownSensors sensors_;
  ChargeCycle cycle_;
  ChargeVoltageControl voltage_;
  Direction charge_;
  Direction discharge_;
  CellView view_;
  std::optional<int> cells_;  ///< in series, of all
  bool fits_ = true;
  bool balancing_ = false;
  bool full_wanted_ = false;
  bool soc_reached_ = false;
  bool balanced_undated_ = false;  ///< it was, and nobody knew the day
  std::optional<std::chrono::sys_days> balanced_;
  std::optional<double> blind_goal_v_;  ///< of a cell, while some are missing
  std::optional<double> shown_v_;       ///< the last CVL
  std::vector<Vote> votes_;
  ChargeAlarms alarms_;
  std::string charge_mode_;
};

/// nullopt: there is none from now on. Else nothing that it knows, or has stopped, is forgotten.
void change_rules(std::optional<ChargeControl>& control, const std::optional<ChargeRules>& rules);

}  // namespace dmb
