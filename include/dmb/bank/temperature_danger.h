// SPDX-License-Identifier: MIT
#pragma once

namespace dmb {

/// Beyond these a bank must not be charged, and tells the temperature of its worst member.
struct TemperatureDanger {
  double cold_c = 5;
  double hot_c = 45;
  bool operator==(const TemperatureDanger&) const = default;
};

}  // namespace dmb
