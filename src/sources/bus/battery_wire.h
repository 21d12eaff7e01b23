// SPDX-License-Identifier: MIT
#pragma once

#include "battery_record.h"

#include <systemd/sd-bus.h>

#include <string_view>

/// The messages of a battery service, whoever wrote it and however badly:
/// values that cannot be used are skipped, the rest is taken. False: the message is of another form
/// altogether.
namespace dmb::battery_wire {

/// `a{sa{sv}}`: the answer of GetItems, and ItemsChanged.
bool take_items(sd_bus_message* message, BatteryRecord& record);

/// The answer of GetValue on the path of one item, whose variant it holds.
bool take_value(sd_bus_message* message, std::string_view path, BatteryRecord& record);

/// The answer of GetValue on "/": a variant with `a{sv}`, paths without their leading slash.
bool take_tree(sd_bus_message* message, BatteryRecord& record);

/// PropertiesChanged, `a{sv}`, on the path it concerns.
bool take_properties(sd_bus_message* message, BatteryRecord& record);

}  // namespace dmb::battery_wire
