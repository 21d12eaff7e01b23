// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/value.h"

#include <optional>

namespace dmb {

/// The CVL that ends charging where nobody measures whether it goes on: chargers stand up to 0.4 V
/// above the CVL that they are told, and a voltage measured while charging is above the battery's
/// own by what falls off in cells and wires, taken as 2 %. Where that is
/// no voltage any more, `voltage_v` itself.
double blind_stop_voltage_v(double voltage_v);

/// What ChargeStop goes by. nullopt: not known.
struct ChargeStopInputs {
  bool stopped = false;                        ///< charging must stop: CCL goes out as 0
  std::optional<double> max_charge_voltage_v;  ///< CVL as it would be without the stop; > 0
  std::optional<double> voltage_v;             ///< measured, of the battery
  std::optional<double> current_a;             ///< measured; positive is charging
  std::optional<double> capacity_ah;           ///< installed
  std::optional<int> cells;                    ///< in series; else from the nominal voltage
  /// When the current was told: what was told before a step down does not say what that did.
  /// nullopt: anew with each update.
  std::optional<Instant> current_at = {};
};

/// Makes a stop of charging true. CCL 0 alone does not stop solar chargers where DC-coupled feed-in
/// is allowed: systemcalc then lifts their current limit for every battery but a Lynx, and only the
/// charge voltage still acts. So while current flows into the battery in spite of the stop, CVL
/// goes down: first to the present voltage, then by 5 mV per cell and second, because the chargers'
/// own set-point may stand up to 0.4 V above CVL; slower where little current is left, so that the
/// battery is not driven into the grid instead. Never below 3.0 V per cell, or 0.9 of the nominal
/// voltage. After the stop CVL rises by 10 mV per cell and second, so that it ends without a rush.
class ChargeStop {
 public:
  /// CVL as it is to be published; nullopt only where none is given. Call it with every change of
  /// an input, and when next_change() has come.
  std::optional<double> update(const ChargeStopInputs& inputs, Instant now);

  /// CVL is below where it belongs, because of a stop that is in force or has just ended.
  bool lowered() const { return level_v_.has_value(); }

  /// When update() can change by the mere passing of time.
  std::optional<Instant> next_change(Instant now) const;

 private:
  void resist(const ChargeStopInputs& inputs, Instant now);
  void release(const ChargeStopInputs& inputs, Instant now);
  double seconds_to_step(Instant now);

  std::optional<double> level_v_;    ///< CVL while it is lowered
  std::optional<Instant> begin_at_;  ///< when lowering begins, if the current goes on until then
  std::optional<Instant> stepped_at_;
  std::optional<Instant> stepped_for_;  ///< the current's of the last step down
  bool waits_for_news_ = false;         ///< of what that step did
};

}  // namespace dmb
