// SPDX-License-Identifier: MIT
#include "charge_section.h"
#include "dmb/battery/letter_case.h"
#include "dmb/battery/shortest.h"
#include "dmb/config/charge_keys.h"
#include "readers.h"
#include "section.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

namespace dmb::importing {
namespace {

bool controls_charging(const SettingsText& settings) {
  return settings.flag("OWN_CHARGE_PARAMETERS") == true;
}

/// What is asked about here; of charging see foreign_charge_keys().
constexpr std::array<std::string_view, 17> kRead{"NR_OF_BATTERIES",
                                                 "NR_OF_CELLS_PER_BATTERY",
                                                 "NR_OF_MPPTS",
                                                 "MULTI_KEYWORD",
                                                 "BATTERY_PRODUCT_NAME",
                                                 "BATTERY_SERVICE_NAME",
                                                 "CURRENT_FROM_VICTRON",
                                                 "USE_SMARTSHUNTS",
                                                 "OWN_CHARGE_PARAMETERS",
                                                 "OWN_SOC",
                                                 "KEEP_MAX_CVL",
                                                 "DC_LOADS",
                                                 "INVERT_SMARTSHUNTS",
                                                 "INVERT_SMARTSHUNT",
                                                 "LOG_PERIOD",
                                                 "MAX_CHARGE_CURRENT",
                                                 "MAX_DISCHARGE_CURRENT"};

bool is_positive_whole(double number) {
  return number >= 1 && number <= 1000 && number == static_cast<int>(number);
}

void import_members(const SettingsText& settings, Section& bank) {
  const std::string product = settings.text("BATTERY_PRODUCT_NAME");
  if (!settings.has("BATTERY_PRODUCT_NAME") || product.starts_with("SerialBattery")) {
    bank.set("members", "serialbattery");
  } else {
    bank.remark(
        "BATTERY_PRODUCT_NAME = " + product +
        " has no counterpart: without \"members\" every battery that is no sum of others and "
        "no monitor takes part; if that is too many, name yours in \"members\"");
  }
  const auto count = settings.number("NR_OF_BATTERIES");
  if (count && is_positive_whole(*count))
    bank.set("expected", std::to_string(static_cast<int>(*count)));
  const std::string service = settings.text("BATTERY_SERVICE_NAME");
  if (!service.empty() && service != "com.victronenergy.battery")
    bank.remark("BATTERY_SERVICE_NAME = " + service + " has no counterpart: members are batteries");
  if (settings.has("NR_OF_CELLS_PER_BATTERY") && !controls_charging(settings))
    bank.remark("NR_OF_CELLS_PER_BATTERY is not needed: the batteries tell their cells");
}

/// Its current is the sum of what the inverters, the solar chargers and perhaps shunts measure.
void import_current(const SettingsText& settings, Section& bank) {
  if (settings.flag("CURRENT_FROM_VICTRON") != true) return;
  const std::string use = settings.text("USE_SMARTSHUNTS");
  const bool uses_shunts = !use.empty() && settings.flag("USE_SMARTSHUNTS") != false;
  const bool adds_chargers = !settings.has("MULTI_KEYWORD") ||
                             !settings.text("MULTI_KEYWORD").empty() ||
                             settings.number("NR_OF_MPPTS").value_or(0) > 0;
  if (adds_chargers) {
    bank.remark(
        "CURRENT_FROM_VICTRON has no counterpart where the current is made of the inverters' and "
        "solar chargers': the members' own sum is taken; a monitor that carries the whole bank's "
        "current can be named in \"shunt\"");
    return;
  }
  const bool is_all = settings.flag("USE_SMARTSHUNTS") == true;
  const auto shunts = settings.list("USE_SMARTSHUNTS");
  if (uses_shunts && !is_all && shunts.size() == 1) {
    bank.set("shunt", shunts.front());
  } else if (uses_shunts) {
    bank.remark(
        "USE_SMARTSHUNTS = " + use +
        ": if each measures for one battery, say which in \"pair = BATTERY:SHUNT, ...\"; if "
        "one measures for all, name it in \"shunt\"");
  }
}

void set_where_empty(ChargeLines& lines, const char* key, const std::string& value) {
  std::string& line = lines[key];
  if (line.empty()) line = value;
}

/// There discharging ends at MIN_CELL_VOLTAGE, whatever else is set.
void add_discharge_curve(const SettingsText& settings, ChargeLines& lines) {
  constexpr double kUsualEmptyV = 2.9;
  if (!settings.list("CELL_EMPTY_LIMITING_VOLTAGE").empty()) return;
  const double empty_v = settings.number("MIN_CELL_VOLTAGE").value_or(kUsualEmptyV);
  set_where_empty(lines, "cell_discharge_limiting_voltage",
                  shortest(empty_v) + " " + shortest(std::round(empty_v * 1000 + 100) / 1000) +
                      " " + shortest(std::round(empty_v * 1000 + 200) / 1000));
  set_where_empty(lines, "cell_discharge_limited_current", "0 0.05 1");
}

/// Its first versions had one voltage of a cell for the whole year.
void add_months(const SettingsText& settings, ChargeLines& lines) {
  const auto all_year_v = settings.number("CHARGE_VOLTAGE");
  if (!all_year_v || !settings.list("CHARGE_VOLTAGE_LIST").empty()) return;
  std::string months;
  for (int month = 0; month < 12; ++month) months += settings.text("CHARGE_VOLTAGE") + " ";
  lines["charge_voltage_list"] = months;
  lines.erase("charge_voltage");
}

void import_charge_control(const SettingsText& settings, Section& section) {
  ChargeLines lines = charge_lines_of(settings);
  constexpr const char* kUsualA = "200";
  for (const char* key : {"max_charge_current", "max_discharge_current"}) {
    if (!lines[key].empty()) continue;
    lines[key] = kUsualA;
    section.remark(std::string(key) + " was not set; 200 A was that program's default: check it");
  }
  if (const auto full_v = settings.number("MAX_CELL_VOLTAGE"))
    lines["chemistry"] = chemistry_of(*full_v);
  // The voltages of this one follow from others when it is empty.
  if (settings.list("CELL_CHARGE_LIMITING_VOLTAGE").empty())
    lines.erase("cell_charge_limited_current");
  add_discharge_curve(settings, lines);
  add_months(settings, lines);
  write_charge_control(lines, section);
  section.remark(
      "the setting of DC feed-in is left as it is: the charge voltage holds with it, too");
}

void import_log_period(const SettingsText& settings, Section& bank) {
  const auto period_s = settings.number("LOG_PERIOD");
  if (period_s && (*period_s == 0 || is_positive_whole(*period_s / 60)))
    bank.set("log_period", shortest(*period_s));
}

/// Its behaviour that no key of ours brings back.
void remark_differences(const SettingsText& settings, Section& last) {
  last.remark(
      "that program ended while a battery was missing; here the limits shrink, see "
      "when_member_lost");
  if (!controls_charging(settings) && settings.flag("KEEP_MAX_CVL") != true)
    last.remark(
        "the charge voltage was the least of all batteries at all times; here one in float does "
        "not lower it while others still charge");
  std::vector<std::string> rest;
  for (const std::string& key : settings.keys())
    if (std::ranges::count(kRead, key) == 0 &&
        std::ranges::count(foreign_charge_keys(), to_lower(key)) == 0)
      rest.push_back(key);
  if (!rest.empty()) last.remark("has no counterpart, or is not needed: " + join(rest));
}

void import_rest(const SettingsText& settings, Section& bank) {
  if (!controls_charging(settings) && settings.flag("KEEP_MAX_CVL") == true)
    bank.remark(
        "KEEP_MAX_CVL is not needed: a battery in float does not lower the charge voltage "
        "while others still charge");
  if (settings.flag("OWN_SOC") == true)
    bank.remark(
        "OWN_SOC has no counterpart: the state of charge is the batteries' own, weighted by "
        "capacity, or that of the monitor named in \"shunt\"");
  if (settings.flag("DC_LOADS") == true || settings.flag("INVERT_SMARTSHUNTS") == true ||
      settings.flag("INVERT_SMARTSHUNT") == true)
    bank.remark("DC loads are not subtracted: they are in what the batteries measure");
}

}  // namespace

bool is_aggregate_batteries(const SettingsText& settings) {
  return settings.has("NR_OF_BATTERIES");
}

Imported import_aggregate_batteries(const SettingsText& settings) {
  Section bank("BANK House");
  bank.set("device_instance", "110");
  import_members(settings, bank);
  import_current(settings, bank);
  import_log_period(settings, bank);
  import_rest(settings, bank);
  if (!controls_charging(settings)) {
    remark_differences(settings, bank);
    return {.sections = bank.text()};
  }
  Section control("CHARGE CONTROL House");
  import_charge_control(settings, control);
  remark_differences(settings, control);
  return {.sections = bank.text() + "\n" + control.text()};
}

}  // namespace dmb::importing
