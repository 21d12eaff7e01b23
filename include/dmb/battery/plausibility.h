// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/reading.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dmb {

/// What does not fit together in what a battery tells. Nothing is corrected: nobody knows which of
/// the numbers is wrong.
struct Doubt {
  enum class About : std::uint8_t {
    sign,   ///< power and current say different directions
    power,  ///< is not voltage times current
    cells,  ///< together are not the voltage
  };
  /// What is probably wrong, as far as the numbers tell.
  enum class Cause : std::uint8_t {
    unclear,
    wrong_sign,
    power_in_kilowatts,
    power_in_milliwatts,
    current_in_milliamperes,
    current_in_tenths,
    voltage_in_millivolts,
    voltage_in_hundredths,
    voltage_in_tenths,
    cells_missing,
  };
  About about = About::power;
  Cause cause = Cause::unclear;
  double told = 0;   ///< power in W; of the cells their sum in V
  double other = 0;  ///< voltage times current in W; of the sign the current in A; of the cells the
                     ///< voltage in V
  bool operator==(const Doubt&) const = default;
};

/// For people, one sentence without a full stop.
std::string text_of(const Doubt& doubt);

/// Compares what single messages tell of power, voltage, current and cells, every few seconds. Only
/// given numbers, of one message. A difference has to last for a minute: values are not measured at
/// quite the same time.
class Plausibility {
 public:
  void look(const Reading& reading, Instant now);
  /// Those that last, at most one about each thing.
  std::vector<Doubt> doubts() const;

 private:
  struct Entry {
    std::optional<Doubt> doubt;
    Instant since{};
    bool lasts = false;
  };

  std::optional<Instant> looked_at_;
  std::array<Entry, 3> entries_;  ///< by Doubt::About
};

}  // namespace dmb
