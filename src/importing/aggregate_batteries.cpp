// SPDX-License-Identifier: MIT
#include "dmb/battery/letter_case.h"
#include "readers.h"
#include "section.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace dmb::importing {
namespace {

/// Where it has a charge control of its own.
constexpr std::array<std::string_view, 20> kChargeKeys{"BALANCING_VOLTAGE",
                                                       "BALANCING_REPETITION",
                                                       "CHARGE_VOLTAGE",
                                                       "CHARGE_VOLTAGE_LIST",
                                                       "MAX_CELL_VOLTAGE",
                                                       "MIN_CELL_VOLTAGE",
                                                       "MIN_CELL_HYSTERESIS",
                                                       "DISCHARGE_VOLTAGE",
                                                       "CELL_DIFF_MAX",
                                                       "BATTERY_EFFICIENCY",
                                                       "CELL_CHARGE_LIMITING_VOLTAGE",
                                                       "CELL_CHARGE_LIMITED_CURRENT",
                                                       "CELL_DISCHARGE_LIMITING_VOLTAGE",
                                                       "CELL_DISCHARGE_LIMITED_CURRENT",
                                                       "CELL_FULL_LIMITING_VOLTAGE",
                                                       "CELL_FULL_LIMITED_CURRENT",
                                                       "CELL_EMPTY_LIMITING_VOLTAGE",
                                                       "CELL_EMPTY_LIMITED_CURRENT",
                                                       "MAX_CELL_VOLTAGE_SOC_FULL",
                                                       "MIN_CELL_VOLTAGE_SOC_EMPTY"};

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
  if (settings.has("NR_OF_CELLS_PER_BATTERY"))
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

void import_charge_control(const SettingsText& settings, Section& bank) {
  if (settings.flag("OWN_CHARGE_PARAMETERS") != true) {
    if (settings.flag("KEEP_MAX_CVL") == true)
      bank.remark(
          "KEEP_MAX_CVL is not needed: a battery in float does not lower the charge voltage "
          "while others still charge");
    return;
  }
  for (const auto& [key, ours] : {std::pair("MAX_CHARGE_CURRENT", "max_charge_current"),
                                  std::pair("MAX_DISCHARGE_CURRENT", "max_discharge_current")})
    if (const auto current_a = settings.number(key); current_a && *current_a > 0)
      bank.set(ours, settings.text(key));
  const bool any = std::ranges::any_of(
      kChargeKeys, [&settings](std::string_view key) { return settings.has(key); });
  bank.remark(
      std::string(
          "OWN_CHARGE_PARAMETERS: the batteries' own limits are taken until this driver has "
          "a [CHARGE CONTROL] of its own") +
      (any ? "; then these become its keys:" : ""));
  for (const std::string_view key : kChargeKeys)
    if (settings.has(key)) bank.remark("  " + std::string(key) + " = " + settings.text(key));
}

void import_rest(const SettingsText& settings, Section& bank) {
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
  Section bank("House");
  bank.set("device_instance", "110");
  import_members(settings, bank);
  import_current(settings, bank);
  import_charge_control(settings, bank);
  import_rest(settings, bank);
  return {.sections = bank.text()};
}

}  // namespace dmb::importing
