// SPDX-License-Identifier: MIT
#pragma once

#include "pack.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace dmb::sim {

/// What a BMS knows of its pack. Absent is not known.
struct Measured {
  std::vector<std::optional<double>> cells_v;
  std::optional<double> temperature_c;
  double voltage_v = 0;
  double current_a = 0;
  double capacity_ah = 0;
  double told_s = 0;  ///< when it said so
};

/// One thing that is wrong with the sensors for a time.
struct Fault {
  enum class Kind : std::uint8_t {
    cell_missing,
    cell_stuck,     ///< at what it was when the fault began
    cell_absurd,    ///< 0 V
    cells_swapped,  ///< with its neighbour
    temperature_missing,
    stale,  ///< nothing is heard any more: all values stay
  };
  Kind kind = Kind::stale;
  std::size_t cell = 0;
  double from_s = 0;
  double until_s = 0;
};

class Sensors {
 public:
  explicit Sensors(std::vector<Fault> faults = {}) : faults_(std::move(faults)) {}
  Measured measure(const Pack& pack, double now_s);

 private:
  static void spoil(Measured& measured, const Fault& fault, const Measured& before);

  std::vector<Fault> faults_;
  std::optional<Measured> last_;
};

}  // namespace dmb::sim
