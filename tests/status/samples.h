// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/status/report.h"

namespace dmb::status {

/// A live battery with limits, on the bus.
inline BatteryStatus live_battery() {
  return {.name = "House",
          .topic = "home/battery",
          .service = {"com.victronenergy.battery.mqtt_battery", 100, true, ""},
          .life = Life::Phase::live,
          .timeout_s = 60,
          .last_sign_age_s = 0.4,
          .accepted = 7420,
          .values = {52.7, 6.1, 321.6, 63, 35},
          .limits = {LimitStatus{55.2, "as the payload gives it", false},
                     LimitStatus{80, "as the payload gives it", false},
                     LimitStatus{120, "as the payload gives it", false}}};
}

/// Two shunts, on the bus as a monitor.
inline AggregateStatus live_aggregate() {
  return {.name = "Bank",
          .service = {"com.victronenergy.battery.aggregate_shunts", 99, true, ""},
          .looked_round = true,
          .members = {{"com.victronenergy.battery.ttyS5", "Bow", 279, 0.3, 52.1, 4, 50, 300,
                       "from its own settings"},
                      {"com.victronenergy.battery.ttyS6", "Stern", 280, 0.2, 52.2, 2, 51, 100,
                       "from consumed Ah and SoC"}},
          .values = {52.1, 6, 312, 50, 12},
          .capacity_ah = 400};
}

/// Two packs with limits, one of which is not on the bus itself.
inline AggregateStatus live_bank() {
  AggregateStatus bank = live_aggregate();
  bank.name = "Packs";
  bank.of_batteries = true;
  bank.virtual_bms = true;
  bank.service = {"com.victronenergy.battery.bank_110", 110, true, ""};
  bank.members = {
      {"", "Pack1", {}, 0, 52.1, 4, 50, 300, "from its /InstalledCapacity", 55.2, 80, 120, "Bulk"},
      {"com.victronenergy.battery.ttyUSB0", "Pack2", 1, 0.2, 52.2, 2, 51, 100, ""}};
  return bank;
}

/// An hour that has ended and one that goes on, beside a battery that controls.
inline TrialStatus sample_trial() {
  return {
      .beside = "JK",
      .own = {55.2, 80, 120},
      .in_force = {55.4, 100, std::nullopt},
      .hours = {
          {.ended_age_s = 600,
           .compared_s = 3600,
           .beside = "JK",
           .not_compared = {},
           .max_charge_voltage_v = {.mean_difference = -0.2, .most_lower = 0.2, .lower_s = 3600},
           .max_charge_current_a = {.mean_difference = 15.5,
                                    .most_lower = 0,
                                    .most_higher = 60,
                                    .lower_s = 0,
                                    .higher_s = 900,
                                    .own_stops = 2,
                                    .own_stop_s = 120},
           .max_discharge_current_a = {.lower_s = 3600}},
          {.ended_age_s = {},
           .compared_s = 0,
           .beside = {},
           .not_compared = "DVCC is off",
           .max_charge_voltage_v = {},
           .max_charge_current_a = {},
           .max_discharge_current_a = {}}}};
}

inline ProcessStatus live_process() {
  return {.version = "1.2.3",
          .pid = 4711,
          .uptime_s = 7500,
          .config = {"/data/etc/dbus-mqtt-battery/config.ini",
                     ConfigState::in_force,
                     "0011223344556677",
                     {},
                     {}},
          .broker = BrokerStatus{"192.168.1.5", 1883, true, 7400, {}, "", {}, 0.4, 7420},
          .publish = BrokerStatus{"ha.local", 8883, true, 7300, {}, "", {}, 3, 1500},
          .batteries = {live_battery()},
          .aggregate = live_aggregate(),
          .banks = {live_bank()},
          .recording = RecordingStatus{"/run/media/sda1/boat.jsonl", 3600, 1'540'000, 0, ""}};
}

inline Report live_report() {
  return {.config_file = "/data/etc/dbus-mqtt-battery/config.ini", .processes = {live_process()}};
}

}  // namespace dmb::status
