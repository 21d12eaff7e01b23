// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/codec/bus_value.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dmb::why {

// What was read of a GX device at one moment: batteries, who hands their limits on, and who
// charges. nullopt and empty: not there, invalid, or nothing that can be believed; never 0 in its
// place. Currents are positive into the battery. Texts come from anybody: printable() before they
// are shown.

/// Any battery service, ours too.
struct BatteryFacts {
  std::string service;
  std::string name;  ///< its custom name, else its product's
  std::optional<double> instance;
  std::optional<double> voltage_v;
  std::optional<double> current_a;
  std::optional<double> soc_percent;
  std::optional<double> max_charge_voltage_v;     ///< CVL; whoever gives one is a BMS
  std::optional<double> max_charge_current_a;     ///< CCL
  std::optional<double> max_discharge_current_a;  ///< DCL
  std::string charge_limitation;                  ///< why, in its own words
  std::string discharge_limitation;
  std::string charge_mode;
  bool operator==(const BatteryFacts&) const = default;
};

/// A solar charger, or anything else that DVCC tells what to give: alternator, RS inverter/charger.
struct ChargerFacts {
  std::string service;
  std::string name;
  bool solar = false;
  std::optional<double> current_a;
  std::optional<double> told_current_a;
  std::optional<double> told_voltage_v;
  std::optional<double> own_limit_a;  ///< the most it gives, as it is set itself
  std::optional<double> state;  ///< 0 off, 2 fault, 3 bulk, 4 absorption, 5 float, 252 external
  std::optional<double> error;  ///< 0: none
  std::optional<double> mode;   ///< 1 on, 4 off
  std::optional<double> off_reason;  ///< bits, 1: no input power
  std::optional<double>
      tracker;  ///< 0 off, 1 limited by voltage or current, 2 all the sun there is
  std::optional<double> pv_voltage_v;
  std::optional<double> had_bms;  ///< 1: without one it stops with error 67
  bool operator==(const ChargerFacts&) const = default;
};

/// An inverter/charger on VE.Bus.
struct InverterFacts {
  std::string service;
  std::string name;
  std::optional<double> current_a;
  std::optional<double> told_voltage_v;
  std::optional<double> told_charge_a;
  std::optional<double> told_discharge_a;
  std::optional<double> mode;  ///< 1 charger only, 2 inverter only, 3 on, 4 off
  std::optional<double> error;
  std::optional<double> ac_connected;
  std::optional<double> ess;  ///< there when the ESS assistant is installed
  bool operator==(const InverterFacts&) const = default;
};

/// Of systemcalc, which hands on the limits of one battery.
struct SystemFacts {
  std::string bms;      ///< bus name of the battery whose limits count
  std::string monitor;  ///< bus name, or "com.victronenergy.battery/<instance>"
  std::string active;   ///< likewise
  std::optional<double> dvcc;
  std::optional<double> charge_voltage_v;  ///< as it hands it on
  std::optional<double> several_bms;       ///< 1: more than one battery gives limits
  std::optional<double> firmware_too_old;  ///< 1: a charger cannot be told what to do
  std::optional<double> low_soc;           ///< 1: ESS keeps what is left
  std::optional<double> current_a;         ///< of the battery
  bool operator==(const SystemFacts&) const = default;
};

/// What the owner has set on the GX.
struct SettingsFacts {
  std::optional<double> bol;                   ///< bit 0: DVCC
  std::optional<double> max_charge_current_a;  ///< below 0: none
  std::optional<double> max_charge_voltage_v;  ///< 0: none
  std::optional<double> feed_in;               ///< 1: surplus of DC-coupled PV goes to the grid
  std::optional<double> bms_instance;          ///< -1: automatic; -255: none
  std::optional<double> min_soc_percent;       ///< of ESS
  std::optional<double> max_discharge_w;       ///< of ESS; 0: the inverter takes nothing
  bool operator==(const SettingsFacts&) const = default;
};

struct GxFacts {
  std::optional<SystemFacts> system;  ///< nullopt: systemcalc is not on the bus
  std::optional<SettingsFacts> settings;
  std::vector<BatteryFacts> batteries;
  std::vector<ChargerFacts> chargers;
  std::vector<InverterFacts> inverters;
  std::vector<std::string> silent;  ///< services that did not answer
  std::string own_trouble;          ///< why a process of ours told nothing
  bool operator==(const GxFacts&) const = default;
};

/// Items of one service as they were read, by path.
using Items = std::map<std::string, BusValue, std::less<>>;

/// Whether anything of the service with this bus name, or of this path, is a fact.
bool is_asked(std::string_view service);
bool is_wanted(std::string_view path);

/// Adds what `service` told. nullopt: it did not answer.
void take(const std::string& service, const std::optional<Items>& items, GxFacts& facts);

}  // namespace dmb::why
