// SPDX-License-Identifier: MIT
#pragma once

#include "day.h"
#include "sensors.h"
#include "site.h"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace dmb::sim {

/// Packs of LFP cells, chargers and a day for a charge control to prove itself in.
struct Scenario {
  std::string name;
  SiteSpec site;
  DaySpec day;
  std::vector<Fault> faults;     ///< of the first pack's sensors
  double soc_error_percent = 0;  ///< of what a control is told at the start
  bool tells_charger_v = false;  ///< a control knows the voltage at the chargers' end
  bool careful = false;          ///< cells may take little: who is faster does them harm
  bool killed = false;           ///< for half a minute, once in each mode that it tells
  bool imbalanced = false;       ///< a cell is ahead of the others
  double from_s = 6 * 3600;      ///< since midnight
  double until_s = 15 * 3600;
};

/// What a control can see.
struct Seen {
  std::span<const Measured> packs;
  std::optional<double> charger_v;
  double now_s = 0;
};

struct Answer {
  Limits limits;
  std::string mode;     ///< "Bulk", "Absorption, 12 min left", … as on the bus
  bool feed_in = true;  ///< false: it switches the user's DC feed-in off
};

/// Whatever makes limits of what is measured in each pack.
class Controller {
 public:
  virtual ~Controller() = default;
  /// Once a second.
  virtual Answer update(const Seen& seen) = 0;
  /// Its program was killed, and starts with what it keeps over restarts.
  virtual void restart(double now_s) = 0;
};

/// A fresh one for a scenario.
struct Contender {
  std::string name;
  std::function<std::unique_ptr<Controller>(const Scenario&)> create;
};

struct Metrics {
  double highest_cell_v = 0;    ///< ever
  double full_s = 0;            ///< from the start until all packs hold 98.5 %; 0: never
  bool floated = false;         ///< full, and in the last hour in float, below 3.40 V a cell
  double not_taken_wh = 0;      ///< sun that was left
  double fed_in_wh = 0;         ///< of that, given to the grid
  double cold_ah = 0;           ///< charged below 5 °C beyond a tenth of the capacity per hour
  double ripple_v = 0;          ///< of CVL a cell, peak to peak, in the last hour
  double changes_per_hour = 0;  ///< of any limit, by more than 1 mV a cell or 0.1 A
  double above_3v5_s = 0;       ///< any cell
  int trips = 0;                ///< of any pack's contactor
};

/// One second of it.
struct Moment {
  double now_s = 0;
  Weather weather;
  Answer answer;
  const Site& site;
};

Metrics run(Controller& controller, const Scenario& scenario,
            const std::function<void(const Moment&)>& visit = {});

}  // namespace dmb::sim
