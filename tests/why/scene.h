// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/why/explain.h"

#include <string>
#include <vector>

namespace dmb::why {

/// A GX with one battery of ours that controls a solar charger in full sun and a Multi without AC
/// input.
struct Scene {
  GxFacts gx;
  std::vector<status::ProcessStatus> processes;

  Scene() {
    gx.system = SystemFacts{.bms = "com.victronenergy.battery.mqtt_battery",
                            .monitor = "com.victronenergy.battery/100",
                            .active = "com.victronenergy.battery/100",
                            .dvcc = 1,
                            .charge_voltage_v = 55.2};
    gx.settings = SettingsFacts{.bol = 1, .max_charge_current_a = -1, .max_charge_voltage_v = 0};
    gx.chargers = {{.service = "com.victronenergy.solarcharger.ttyO1",
                    .name = "Roof",
                    .solar = true,
                    .current_a = 12,
                    .told_current_a = 20,
                    .told_voltage_v = 55.2,
                    .own_limit_a = 35,
                    .state = 252,
                    .error = 0,
                    .mode = 1,
                    .tracker = 2,
                    .pv_voltage_v = 80,
                    .had_bms = 1}};
    gx.inverters = {{.service = "com.victronenergy.vebus.ttyS4",
                     .name = "Multi",
                     .current_a = 0,
                     .told_voltage_v = 55.2,
                     .told_charge_a = 8,
                     .told_discharge_a = 120,
                     .mode = 3,
                     .error = 0,
                     .ac_connected = 0}};
    status::BatteryStatus house{.name = "House",
                                .service = {"com.victronenergy.battery.mqtt_battery", 100, true},
                                .life = Life::Phase::live};
    house.values = {53.1, 12, 637, 63, 35};
    house.limits.max_charge_voltage_v = status::LimitStatus{55.2, "as the payload gives it"};
    house.limits.max_charge_current_a =
        status::LimitStatus{20,
                            "highest cell C7 3.451 V: 20 A",
                            false,
                            {{100, "as configured"}, {20, "highest cell C7 3.451 V: 20 A"}}};
    house.limits.max_discharge_current_a = status::LimitStatus{120, "as the payload gives it"};
    processes = {{.batteries = {house}}};
  }

  status::BatteryStatus& house() { return processes.front().batteries.front(); }
  status::LimitStatus& cvl() { return *house().limits.max_charge_voltage_v; }
  status::LimitStatus& ccl() { return *house().limits.max_charge_current_a; }
  status::LimitStatus& dcl() { return *house().limits.max_discharge_current_a; }
  ChargerFacts& roof() { return gx.chargers.front(); }
  InverterFacts& multi() { return gx.inverters.front(); }
  Why why(std::string_view name = "") const { return explain(gx, processes, name); }
  /// Another battery on the bus, that is a BMS.
  void add_other() {
    gx.batteries.push_back({.service = "com.victronenergy.battery.ttyUSB0",
                            .name = "JK",
                            .instance = 1,
                            .voltage_v = 53.1,
                            .current_a = 12,
                            .max_charge_voltage_v = 56,
                            .max_charge_current_a = 30,
                            .charge_limitation = "cell 3"});
  }
};

}  // namespace dmb::why
