// SPDX-License-Identifier: MIT
#include "dmb/importing/import.h"

#include "readers.h"

namespace dmb {

Imported import_config(std::string_view text) {
  if (text.size() > kMaxImportBytes) return {.error = "it is longer than any such config"};
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin != std::string_view::npos && text[begin] == '{')
    return importing::import_battery_aggregator(text);
  const importing::SettingsText settings(text);
  if (importing::is_aggregate_batteries(settings))
    return importing::import_aggregate_batteries(settings);
  if (importing::is_serial_driver(settings)) return importing::import_serial_driver(settings);
  return {.error =
              "it is neither a config.ini or settings.py of dbus-aggregate-batteries, which has "
              "NR_OF_BATTERIES, nor a config.ini of the serial driver, which has "
              "MAX_BATTERY_CHARGE_CURRENT, nor a config.json of BatteryAggregator, which begins "
              "with {"};
}

}  // namespace dmb
