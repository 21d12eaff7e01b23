// SPDX-License-Identifier: MIT
#pragma once

#include "day.h"
#include "protection.h"
#include "serial_bms.h"
#include "site.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dmb::sim {

/// A pack with its BMS, which the bank hears but for a while.
struct Battery {
  std::string name;
  PackSpec pack;
  SerialBmsSettings bms;
  std::vector<Fault> faults;
  double lost_from_s = 0;
  double lost_until_s = 0;
};

struct BankDaySpec {
  std::vector<Battery> batteries;
  SiteSpec site;  ///< its packs are those of the batteries
  DaySpec day;
  double from_s = 0;  ///< since midnight
  double until_s = kDayS;
};

/// What one battery of the bank shows at a moment.
struct BatteryMoment {
  Wishes wishes;
  double voltage_v = 0;
  double current_a = 0;
  double soc_percent = 0;  ///< real, not counted
  double highest_cell_v = 0;
  double lowest_cell_v = 0;
  double temperature_c = 0;
  bool heard = true;
};

struct BankMoment {
  double now_s = 0;
  Limits limits;  ///< of the bank
  std::string mode;
  double bus_v = 0;
  double current_a = 0;
  double not_taken_wh = 0;
  std::vector<BatteryMoment> batteries;
};

/// What the bank lets chargers and loads do, asked once a second.
struct BankAnswer {
  Limits limits;
  std::string mode;
};
using DecideForBank = std::function<BankAnswer(std::span<const BatteryMoment>, double now_s)>;

/// A day of several packs with BMSes of the serial driver's kind; `visit` sees each second.
void run(const BankDaySpec& spec, const DecideForBank& decide,
         const std::function<void(const BankMoment&)>& visit);

/// 280 Ah and 100 Ah in parallel; the smaller one is set to a lower voltage and is full earlier,
/// the larger one has a cell that is ahead.
BankDaySpec two_unequal_packs();

}  // namespace dmb::sim
