// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/importing/import.h"
#include "settings_text.h"

#include <string_view>

namespace dmb::importing {

bool is_aggregate_batteries(const SettingsText& settings);
Imported import_aggregate_batteries(const SettingsText& settings);

bool is_serial_driver(const SettingsText& settings);
Imported import_serial_driver(const SettingsText& settings);

Imported import_battery_aggregator(std::string_view json);

}  // namespace dmb::importing
