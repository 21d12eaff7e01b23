// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace dmb {

/// What makes a charge control limit. Of several that allow the same the first is told.
enum class ChargeFactor : std::uint8_t {
  cell_too_high,  ///< above cell_never_above: stops charging
  cell_too_low,   ///< well below cell_empty: stops discharging
  alarm,          ///< of the battery itself
  nothing_known,  ///< neither cells, nor a voltage and how many cells it is of
  cells_misfit,   ///< the voltage cannot be that of so many cells
  sensors_missing,
  highest_cell,
  lowest_cell,
  coldest,
  hottest,
  mosfet,
  soc,
  soc_reached,  ///< as full as it is wanted
};

/// Why a charge control limits, for people.
struct ChargeReason {
  ChargeFactor factor = ChargeFactor::highest_cell;
  std::string where = {};          ///< "Pack2 C7"; of missing sensors which they are
  std::optional<double> measured;  ///< V to 1 mV, °C to 0.1 °C, or %
  std::optional<double> limit_a;
  bool passing = false;  ///< it allows more by now, which follows slowly
  bool operator==(const ChargeReason&) const = default;
};

/// Whether nothing but numbers differs, and which cell or sensor it is that limits as it does every
/// day: the log need not tell that again.
bool same_cause(const ChargeReason& a, const ChargeReason& b);

/// Something that a person should look at; else it limits as it does every day.
bool is_trouble(const ChargeReason& reason);

/// "highest cell Pack2 C7 3.451 V: 20 A".
std::string describe(const ChargeReason& reason);

}  // namespace dmb
