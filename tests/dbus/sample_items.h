// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/item_values.h"

#include <array>

namespace dmb::test {

/// A small tree with every kind of item: three levels, writable and not, and one on sight.
inline constexpr Quantity kVoltage = Quantity::at(0);
inline constexpr Quantity kCurrent = Quantity::at(1);
inline constexpr Quantity kSoc = Quantity::at(2);
inline constexpr Quantity kSocBms = Quantity::at(3);
inline constexpr Quantity kState = Quantity::at(4);
inline constexpr Quantity kProductId = Quantity::at(5);
inline constexpr Quantity kProductName = Quantity::at(6);
inline constexpr Quantity kCustomName = Quantity::at(7);
inline constexpr Quantity kSwitch = Quantity::at(8);
inline constexpr Quantity kLimit = Quantity::at(9);
inline constexpr Quantity kCell = Quantity::at(10);
inline constexpr std::size_t kItemCount = 11;

inline constexpr std::array<ItemSpec, kItemCount> kSampleItems{{
    {.path = "/Dc/0/Voltage", .text = {.decimals = 2, .unit = "V"}, .min = 0, .max = 1000},
    {.path = "/Dc/0/Current", .text = {.decimals = 1, .unit = "A"}, .min = -9999, .max = 9999},
    {.path = "/Soc",
     .text = {.style = TextFormat::Style::cut_off, .unit = "%"},
     .min = 0,
     .max = 100},
    {.path = "/SocBms", .min = 0, .max = 100},
    {.path = "/State", .kind = Kind::enumeration, .min = 0, .max = 20},
    {.path = "/ProductId",
     .kind = Kind::enumeration,
     .text = {.style = TextFormat::Style::hexadecimal},
     .min = 0,
     .max = 65535},
    {.path = "/ProductName", .kind = Kind::text},
    {.path = "/CustomName", .kind = Kind::text, .traits = Trait::writable},
    {.path = "/Settings/Switch",
     .kind = Kind::enumeration,
     .min = 0,
     .max = 100,
     .traits = Trait::writable},
    {.path = "/Settings/Limit",
     .text = {.decimals = 1, .unit = "A"},
     .min = -100,
     .max = 100,
     .traits = Trait::writable},
    {.path = "/Voltages/Cell25",
     .text = {.decimals = 3, .unit = "V"},
     .min = 0,
     .max = 10,
     .traits = Trait::on_sight},
}};

/// Every item but the cell; the current is invalid.
inline ItemValues sample_values() {
  ItemValues values(kItemCount);
  values.set(kVoltage, 52.7);
  values.set(kCurrent, std::nullopt);
  values.set(kSoc, 63.9);
  values.set(kSocBms, std::nullopt);
  values.set(kState, 9);
  values.set(kProductId, 0xBA77);
  values.set(kProductName, "MQTT Battery");
  values.set(kCustomName, "Shed");
  values.set(kSwitch, 1);
  values.set(kLimit, 12.5);
  return values;
}

}  // namespace dmb::test
