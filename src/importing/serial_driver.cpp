// SPDX-License-Identifier: MIT
#include "charge_section.h"
#include "dmb/battery/letter_case.h"
#include "readers.h"
#include "section.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace dmb::importing {
namespace {

/// Any of these tells its config from others.
constexpr std::array<std::string_view, 8> kItsOwn{"MAX_BATTERY_CHARGE_CURRENT",
                                                  "MAX_BATTERY_DISCHARGE_CURRENT",
                                                  "FLOAT_CELL_VOLTAGE",
                                                  "CELL_VOLTAGES_WHILE_CHARGING",
                                                  "SOC_RESET_CELL_VOLTAGE",
                                                  "CVCM_ENABLE",
                                                  "BLUETOOTH_BMS",
                                                  "BMS_TYPE"};

/// Every number of amperes that is in force there is told here, too.
void set_maximum(ChargeLines& lines, const char* key, const char* usual, Section& section) {
  std::string& value = lines[key];
  if (!value.empty()) return;
  value = usual;
  section.remark(std::string(key) + " was not set; " + usual + " A is that driver's default");
}

void remark_rest(const SettingsText& settings, const ChargeLines& lines, Section& section) {
  std::vector<std::string> rest;
  for (const std::string& key : settings.keys())
    if (!lines.contains(to_lower(key))) rest.push_back(key);
  if (!rest.empty()) section.remark("not about charging, and left out: " + join(rest));
}

}  // namespace

bool is_serial_driver(const SettingsText& settings) {
  return std::ranges::any_of(kItsOwn, [&](std::string_view key) { return settings.has(key); });
}

Imported import_serial_driver(const SettingsText& settings) {
  Section section("CHARGE CONTROL");
  section.remark(
      "for a config that has batteries or a bank; the currents were those of one battery: for a "
      "[BANK] of several in parallel add them up");
  ChargeLines lines = charge_lines_of(settings);
  set_maximum(lines, "max_battery_charge_current", "50", section);
  set_maximum(lines, "max_battery_discharge_current", "60", section);
  if (const auto full_v = settings.number("MAX_CELL_VOLTAGE"))
    lines["chemistry"] = chemistry_of(*full_v);
  write_charge_control(lines, section);
  remark_rest(settings, lines, section);
  return {.sections = section.text()};
}

}  // namespace dmb::importing
