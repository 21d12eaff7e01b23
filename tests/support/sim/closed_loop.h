// SPDX-License-Identifier: MIT
#pragma once

#include "day.h"
#include "sensors.h"
#include "site.h"

#include <functional>
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
  double until_s = 17 * 3600;    ///< before the evening
};

/// Whatever makes limits of what is measured in each pack. Asked once a second.
struct Answer {
  Limits limits;
  bool feed_in = true;  ///< false: it switches the user's DC feed-in off
};
using Controller = std::function<Answer(std::span<const Measured>, double now_s)>;
/// A fresh one for a scenario.
struct Contender {
  std::string name;
  std::function<Controller(const Scenario&)> create;
};

struct Metrics {
  double highest_cell_v = 0;    ///< ever
  double full_s = 0;            ///< until all packs hold 99 %; 0: never
  bool floated = false;         ///< full, and in the last hour not held above 3.40 V a cell
  double not_taken_wh = 0;      ///< sun that was left
  double ripple_v = 0;          ///< of CVL a cell, peak to peak, in the last hour
  double changes_per_hour = 0;  ///< of any limit, by 1 mV a cell or 0.1 A
  double above_3v5_s = 0;       ///< any cell
  int trips = 0;                ///< of any pack's contactor
};

Metrics run(const Controller& controller, const Scenario& scenario);

/// One cell 3 Ah ahead; two packs, one full earlier; a cold morning; a sensor lost; SoC wrong by
/// 30 %; feed-in on, and off.
std::vector<Scenario> charge_scenarios();

/// The serial driver's algorithm; of several packs DVCC goes by the first one's.
Contender serial_driver();
/// That of dbus-aggregate-batteries, in March.
Contender aggregate_batteries();

}  // namespace dmb::sim
