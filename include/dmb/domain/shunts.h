// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace dmb {

/// How many shunts are remembered that are, or were, on the bus. Their ids come from other
/// programs: one that shows up under ever new ids must not fill the memory.
inline constexpr std::size_t kMaxShuntsSeen = 1000;

/// How the values of several shunts become one.
enum class ShuntRule : std::uint8_t {
  sum,
  mean,
  lowest,
  highest,
  own,    ///< a function of its own in aggregate.cpp
  about,  ///< says something about the shunt; no value of the bank
};

/// One quantity of a SmartShunt that takes part in an aggregate.
struct ShuntRow {
  std::string_view path;  ///< on the shunt and on the aggregate alike
  ShuntRule rule;
};

/// Everything read from a shunt, one row each. First what an
/// update of a running bank looks at for every member: side by side it is little memory to touch.
inline constexpr auto kShuntRows = std::to_array<ShuntRow>({
    {"/Dc/0/Voltage", ShuntRule::own},
    {"/Dc/0/Current", ShuntRule::sum},
    {"/Dc/0/Power", ShuntRule::own},
    {"/Soc", ShuntRule::own},
    {"/ConsumedAmphours", ShuntRule::sum},
    {"/Alarms/LowVoltage", ShuntRule::highest},
    {"/Alarms/HighVoltage", ShuntRule::highest},
    {"/Connected", ShuntRule::about},

    {"/Dc/0/Temperature", ShuntRule::own},
    {"/Dc/0/MidVoltage", ShuntRule::mean},
    {"/Dc/0/MidVoltageDeviation", ShuntRule::mean},
    {"/Dc/1/Voltage", ShuntRule::own},
    {"/InstalledCapacity", ShuntRule::own},

    {"/Alarms/Alarm", ShuntRule::highest},
    {"/Alarms/LowSoc", ShuntRule::highest},
    {"/Alarms/LowTemperature", ShuntRule::highest},
    {"/Alarms/HighTemperature", ShuntRule::highest},
    {"/Alarms/MidVoltage", ShuntRule::highest},
    {"/Alarms/LowStarterVoltage", ShuntRule::highest},
    {"/Alarms/HighStarterVoltage", ShuntRule::highest},

    {"/History/ChargeCycles", ShuntRule::highest},
    {"/History/FullDischarges", ShuntRule::highest},
    {"/History/AutomaticSyncs", ShuntRule::highest},
    {"/History/TimeSinceLastFullCharge", ShuntRule::highest},
    {"/History/TotalAhDrawn", ShuntRule::sum},
    {"/History/DischargedEnergy", ShuntRule::sum},
    {"/History/ChargedEnergy", ShuntRule::sum},
    {"/History/LowVoltageAlarms", ShuntRule::sum},
    {"/History/HighVoltageAlarms", ShuntRule::sum},
    {"/History/LowStarterVoltageAlarms", ShuntRule::sum},
    {"/History/HighStarterVoltageAlarms", ShuntRule::sum},
    {"/History/LastDischarge", ShuntRule::sum},
    {"/History/AverageDischarge", ShuntRule::sum},
    {"/History/DeepestDischarge", ShuntRule::sum},
    {"/History/MinimumVoltage", ShuntRule::lowest},
    {"/History/MaximumVoltage", ShuntRule::highest},
    {"/History/MinimumStarterVoltage", ShuntRule::own},
    {"/History/MaximumStarterVoltage", ShuntRule::own},

    {"/Settings/HasTemperature", ShuntRule::about},
    {"/TimeToGo", ShuntRule::about},
});

/// Index of a row in kShuntRows.
using ShuntItem = std::size_t;

/// The row at `path`: a path that is not in the table does not compile.
consteval ShuntItem shunt_item(std::string_view path) {
  for (ShuntItem item = 0; item < kShuntRows.size(); ++item)
    if (kShuntRows[item].path == path) return item;
  throw "no such path in the table";
}

/// The row at `path`, for paths that come over the bus.
std::optional<ShuntItem> find_shunt_item(std::string_view path);

/// Values by row; nullopt is invalid or not there. Always finite.
using ShuntValues = std::array<std::optional<double>, kShuntRows.size()>;

/// What a shunt counts for.
enum class Standing : std::uint8_t {
  counted,
  disconnected,   ///< its battery is not connected to the others: no voltage of the bank
  not_connected,  ///< it says so itself (/Connected); this and those below: not heard
  no_voltage,
  no_alarms,   ///< not one, which a virtual BMS goes by
  other_bank,  ///< its voltage cannot be of this bank
};

/// One member as last heard. The rules see nothing else of it. Capacity and first rows share two
/// lines of a cache.
struct alignas(64) ShuntSnapshot {
  std::optional<double> capacity_ah;  ///< of the battery behind it
  ShuntValues values{};
  Standing standing = Standing::counted;
  std::optional<double> discharge_floor_percent;  ///< SoC at which its time to go ends
  std::string id;       ///< tells this shunt from others, also after it comes back
  std::string service;  ///< its bus name
  std::string name;     ///< for people
};

}  // namespace dmb
