// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/item_spec.h"

#include <array>
#include <limits>
#include <string_view>

// The table of quantities: the single place where an item path is spelled, but for the page of
// cells (cell_page_rows.h). Types, units, texts and meaning are the platform's; ranges say what
// cannot be a true reading of any battery.
namespace dmb {

/// The numbers that stand for a '#' in a path.
struct PathNumbers {
  int first = 0;
  int last = 0;
  int step = 1;
};

/// One row; a path with '#' stands for a family of them.
struct QuantityRow {
  std::string_view path;
  Kind kind;
  TextFormat text;
  double min;
  double max;
  Trait traits;
  MergeRule merge = MergeRule::unmerged;
  PathNumbers numbers = {};

  constexpr bool is_family() const { return numbers.last > numbers.first; }
};

// Short, so that a row of the table below is a line.
// NOLINTBEGIN(readability-identifier-naming)
namespace rows {
using enum Trait;
using enum MergeRule;
using Style = TextFormat::Style;

// Text formats: those of the Python driver.
inline constexpr TextFormat A1{Style::rounded, 1, "A"};
inline constexpr TextFormat AH{Style::rounded, 1, "Ah"};
inline constexpr TextFormat N{Style::cut_off, 0, ""};
inline constexpr TextFormat N_V{Style::cut_off, 0, "", "V"};
inline constexpr TextFormat N_Ah{Style::cut_off, 0, "", "Ah"};
inline constexpr TextFormat N_kWh{Style::cut_off, 0, "", "kWh"};
inline constexpr TextFormat N_T{Style::cut_off, 0, "", "°C"};
inline constexpr TextFormat N_s{Style::cut_off, 0, "", "s"};
inline constexpr TextFormat P{Style::cut_off, 0, "%"};
inline constexpr TextFormat S{};
inline constexpr TextFormat T{Style::rounded, 1, "°C"};
inline constexpr TextFormat V2{Style::rounded, 2, "V"};
inline constexpr TextFormat V3{Style::rounded, 3, "V"};
inline constexpr TextFormat W{Style::cut_off, 0, "W"};
inline constexpr TextFormat percent2{Style::rounded, 2, "%"};
inline constexpr TextFormat hex{Style::hexadecimal, 0, ""};

inline constexpr Kind D = Kind::measure;
inline constexpr Kind C = Kind::count;
inline constexpr Kind E = Kind::enumeration;
inline constexpr Kind X = Kind::text;

inline constexpr double kMaxInt = std::numeric_limits<std::int32_t>::max();
inline constexpr double kMaxVolt = 1500;
inline constexpr double kMaxCellVolt = 20;  // 12 V blocks in series are "cells" to some
inline constexpr double kMaxAmp = 20000;
inline constexpr double kMaxWatt = 10'000'000;
inline constexpr double kMaxAh = 1'000'000;
inline constexpr double kMinCapacityAh = 0.001;  // a pack without capacity is no reading
inline constexpr double kMaxKwh = 100'000'000;
inline constexpr double kMinCelsius = -100;
inline constexpr double kMaxCelsius = 300;

inline constexpr Trait limit = payload | on_sight | urgent | exact;
inline constexpr Trait detail = payload | diagnostic;
inline constexpr Trait tally = detail | rising;
inline constexpr Trait alarm = payload | urgent | diagnostic;
}  // namespace rows
// NOLINTEND(readability-identifier-naming)

inline constexpr auto kQuantityRows = [] {
  using namespace rows;
  return std::to_array<QuantityRow>({
      // What the service is.
      {"/Mgmt/ProcessName", X, S, 0, 0, service},
      {"/Mgmt/ProcessVersion", X, S, 0, 0, service},
      {"/Mgmt/Connection", X, S, 0, 0, service},
      {"/DeviceInstance", C, N, 0, kMaxInt, service},
      {"/ProductId", C, hex, 0, 0xFFFFFF, service},
      {"/ProductName", X, S, 0, 0, service},
      {"/FirmwareVersion", X, S, 0, 0, service},
      {"/HardwareVersion", X, S, 0, 0, service},
      {"/Connected", E, N, 0, 1, service, about},
      {"/CustomName", X, S, 0, 0, service | writable},
      {"/Serial", X, S, 0, 0, service},
      {"/UpdateIndex", C, N, 0, 255, service | passive},

      {"/Dc/0/Power", D, W, -kMaxWatt, kMaxWatt, payload, own},
      {"/Dc/0/Voltage", D, V2, 0, kMaxVolt, payload, own},
      {"/Dc/0/Current", D, A1, -kMaxAmp, kMaxAmp, payload, sum},
      {"/Dc/0/Temperature", D, T, kMinCelsius, kMaxCelsius, payload, own},
      {"/Dc/0/MidVoltage", D, V2, 0, kMaxVolt, payload, mean},
      {"/Dc/0/MidVoltageDeviation", D, percent2, -100, 100, detail, mean},
      {"/Dc/1/Voltage", D, V2, -kMaxVolt, kMaxVolt, payload | on_sight, own},
      {"/InstalledCapacity", D, AH, kMinCapacityAh, kMaxAh, detail, own},
      {"/Capacity", D, AH, 0, kMaxAh, payload, bank},
      {"/ConsumedAmphours", D, AH, -kMaxAh, kMaxAh, payload | non_positive, sum},
      {"/Soc", D, P, 0, 100, payload | slack, own},
      {"/TimeToGo", C, N_s, 0, kMaxInt, payload, about},
      {"/Balancing", E, N, 0, 1, payload | pack, highest},
      {"/SystemSwitch", E, N, 0, 1, detail},
      {"/Soh", D, P, 0, 150, payload | pack, weighted},
      {"/SocBms", D, P, 0, 100, detail | slack},
      {"/State", E, N, 0, 255, detail},
      {"/CapacityBms", D, AH, 0, kMaxAh, detail | on_sight},
      {"/ConsumedAmphoursBms", D, AH, -kMaxAh, kMaxAh, detail | on_sight | non_positive},
      {"/Mode", E, N, 0, 255, detail | on_sight},
      {"/DeviceState", E, N, 0, 65535, detail | on_sight},
      {"/ErrorCode", E, N, 0, 255, detail | on_sight | urgent | pack, highest},
      {"/CurrentAvg", D, A1, -kMaxAmp, kMaxAmp, detail | pack, sum},
      {"/Heating", E, N, 0, 1, payload | pack, highest},
      {"/ConnectionInformation", X, S, 0, 0, detail},
      {"/Settings/HasTemperature", E, N, 0, 1, payload | unlisted, about},

      {"/Alarms/LowVoltage", E, N, 0, 2, alarm, highest},
      {"/Alarms/HighVoltage", E, N, 0, 2, alarm, highest},
      {"/Alarms/LowSoc", E, N, 0, 2, alarm, highest},
      {"/Alarms/HighChargeCurrent", E, N, 0, 2, alarm | pack, highest},
      {"/Alarms/HighDischargeCurrent", E, N, 0, 2, alarm | pack, highest},
      {"/Alarms/HighCurrent", E, N, 0, 2, alarm | pack, highest},
      {"/Alarms/CellImbalance", E, N, 0, 2, alarm | pack, highest},
      {"/Alarms/HighChargeTemperature", E, N, 0, 2, alarm | pack, highest},
      {"/Alarms/LowChargeTemperature", E, N, 0, 2, alarm | pack, highest},
      {"/Alarms/LowCellVoltage", E, N, 0, 2, alarm | pack, highest},
      {"/Alarms/LowTemperature", E, N, 0, 2, alarm, highest},
      {"/Alarms/HighTemperature", E, N, 0, 2, alarm, highest},
      {"/Alarms/FuseBlown", E, N, 0, 2, alarm | pack, highest},
      {"/Alarms/BmsCable", E, N, 0, 2, alarm | pack, about},
      {"/Alarms/HighCellVoltage", E, N, 0, 2, alarm | pack, highest},
      {"/Alarms/HighInternalTemperature", E, N, 0, 2, alarm | pack, highest},
      {"/Alarms/InternalFailure", E, N, 0, 2, alarm | pack, highest},
      {"/Alarms/StateOfHealth", E, N, 0, 2, alarm | pack, highest},

      {"/Alarms/Alarm", E, N, 0, 2, alarm | on_sight, highest},
      {"/Alarms/MidVoltage", E, N, 0, 2, alarm | on_sight, highest},
      {"/Alarms/LowStarterVoltage", E, N, 0, 2, alarm | on_sight, highest},
      {"/Alarms/HighStarterVoltage", E, N, 0, 2, alarm | on_sight, highest},

      {"/Info/ChargeRequest", E, N, 0, 1, detail | urgent | pack, highest},
      {"/Info/MaxChargeVoltage", D, V2, 0, kMaxVolt, limit | pack, about},
      {"/Info/MaxChargeCurrent", D, A1, 0, kMaxAmp, limit | pack, about},
      {"/Info/MaxDischargeCurrent", D, A1, 0, kMaxAmp, limit | pack, about},
      {"/Info/BatteryLowVoltage", D, N_V, 0, kMaxVolt, detail | urgent | exact | pack, highest},
      {"/Info/MaxChargeCellVoltage", D, V3, 0, kMaxCellVolt, detail | pack, lowest},
      {"/Info/HeatingCurrent", D, A1, -kMaxAmp, kMaxAmp, detail | pack, sum},
      {"/Info/HeatingPower", D, W, 0, kMaxWatt, detail | pack, sum},
      {"/Info/HeatingTemperatureStart", D, T, kMinCelsius, kMaxCelsius, detail},
      {"/Info/HeatingTemperatureStop", D, T, kMinCelsius, kMaxCelsius, detail},
      {"/Info/ChargeMode", X, S, 0, 0, payload},
      {"/Info/ChargeLimitation", X, S, 0, 0, payload},
      {"/Info/DischargeLimitation", X, S, 0, 0, payload},

      {"/History/ChargeCycles", C, N, 0, kMaxInt, tally, highest},
      {"/History/FullDischarges", C, N, 0, kMaxInt, tally, highest},
      {"/History/MinimumVoltage", D, V2, 0, kMaxVolt, detail, lowest},
      {"/History/MaximumVoltage", D, V2, 0, kMaxVolt, detail, highest},
      {"/History/TotalAhDrawn", D, AH, -1e9, 1e9, detail | non_positive, sum},
      {"/History/DeepestDischarge", D, N_Ah, -kMaxAh, kMaxAh, detail | non_positive, sum},
      {"/History/LastDischarge", D, N_Ah, -kMaxAh, kMaxAh, detail | non_positive, sum},
      {"/History/AverageDischarge", D, N_Ah, -kMaxAh, kMaxAh, detail | non_positive, sum},
      {"/History/ChargedEnergy", D, N_kWh, 0, kMaxKwh, payload | rising, sum},
      {"/History/DischargedEnergy", D, N_kWh, 0, kMaxKwh, payload | rising, sum},
      {"/History/LowVoltageAlarms", C, N, 0, kMaxInt, tally, sum},
      {"/History/HighVoltageAlarms", C, N, 0, kMaxInt, tally, sum},
      {"/History/MinimumCellVoltage", D, N_V, 0, kMaxCellVolt, detail | pack, lowest},
      {"/History/MaximumCellVoltage", D, N_V, 0, kMaxCellVolt, detail | pack, highest},
      {"/History/MinimumTemperature", D, N_T, kMinCelsius, kMaxCelsius, detail | pack, lowest},
      {"/History/MaximumTemperature", D, N_T, kMinCelsius, kMaxCelsius, detail | pack, highest},
      {"/History/TimeSinceLastFullCharge", C, N_s, 0, kMaxInt, detail, highest},
      {"/History/AutomaticSyncs", C, N, 0, kMaxInt, tally | on_sight, highest},
      {"/History/LowStarterVoltageAlarms", C, N, 0, kMaxInt, tally | on_sight, sum},
      {"/History/HighStarterVoltageAlarms", C, N, 0, kMaxInt, tally | on_sight, sum},
      {"/History/MinimumStarterVoltage", D, V2, -kMaxVolt, kMaxVolt, detail | on_sight, own},
      {"/History/MaximumStarterVoltage", D, V2, -kMaxVolt, kMaxVolt, detail | on_sight, own},

      {"/System/MinVoltageCellId", X, S, 0, 0, detail | pack, bank},
      {"/System/MaxVoltageCellId", X, S, 0, 0, detail | pack, bank},
      {"/System/MinCellVoltage", D, V3, 0, kMaxCellVolt, payload | pack, lowest},
      {"/System/MaxCellVoltage", D, V3, 0, kMaxCellVolt, payload | pack, highest},
      {"/System/MinTemperatureCellId", X, S, 0, 0, detail | pack, bank},
      {"/System/MaxTemperatureCellId", X, S, 0, 0, detail | pack, bank},
      {"/System/MinCellTemperature", D, T, kMinCelsius, kMaxCelsius, payload | pack, own},
      {"/System/MaxCellTemperature", D, T, kMinCelsius, kMaxCelsius, payload | pack, own},
      {"/System/MOSTemperature", D, T, kMinCelsius, kMaxCelsius, payload | pack, highest},
      {"/System/NrOfCellsPerBattery", C, N, 0, 10000, detail | pack, own},
      {"/System/NrOfModulesOnline", C, N, 0, 10000, detail, bank},
      {"/System/NrOfModulesOffline", C, N, 0, 10000, detail, bank},
      {"/System/NrOfModulesBlockingCharge", C, N, 0, 10000, detail | pack, bank},
      {"/System/NrOfModulesBlockingDischarge", C, N, 0, 10000, detail | pack, bank},
      {"/System/Temperature#", D, T, kMinCelsius, kMaxCelsius, payload, unmerged, {1, 4}},
      {"/System/Temperature#Name", X, S, 0, 0, detail, unmerged, {1, 4}},

      {"/Voltages/Cell#", D, V3, 0, kMaxCellVolt, detail, unmerged, {1, 24}},
      {"/Voltages/Cell#", D, V3, 0, kMaxCellVolt, detail | on_sight, unmerged, {25, 128}},
      {"/Voltages/Sum", D, V2, 0, kMaxVolt, detail | pack, mean},
      {"/Voltages/Diff", D, V3, 0, kMaxCellVolt, payload | pack, own},
      {"/Balances/Cell#", E, N, 0, 1, detail | optional, unmerged, {1, 24}},
      {"/Balances/Cell#", E, N, 0, 1, detail | optional | on_sight, unmerged, {25, 128}},

      {"/Io/AllowToCharge", E, N, 0, 1, detail | urgent | pack, about},
      {"/Io/AllowToDischarge", E, N, 0, 1, detail | urgent | pack, about},
      {"/Io/AllowToBalance", E, N, 0, 1, detail | pack, highest},
      {"/Io/AllowToHeat", E, N, 0, 1, detail | pack, highest},
      {"/Io/ExternalRelay", E, N, 0, 1, detail},
      {"/Io/ForceChargingOff", E, N, 0, 1, detail},
      {"/Io/ForceDischargingOff", E, N, 0, 1, detail},
      {"/Io/TurnBalancingOff", E, N, 0, 1, detail},

      // An aggregate says what it was made of, so that nobody counts it twice.
      {"/Measurement/Kind", X, S, 0, 0, service},
      {"/Measurement/TracksServices", X, S, 0, 0, service},
      {"/Measurement/PhysicalDevice", X, S, 0, 0, service},
      {"/Measurement/PeerServices", X, S, 0, 0, service},
      {"/Measurement/LineAuthority", X, S, 0, 0, service},

      // Only services of others have it.
      {"/Devices/0/Virtual", E, N, 0, 1, none},

      {"/TimeToSoC/#", X, S, 0, 0, detail | optional, unmerged, {0, 100, 5}},
  });
}();

}  // namespace dmb
