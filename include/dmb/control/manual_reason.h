// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace dmb {

/// What of the things that a person can switch limits now.
enum class ManualLimit : std::uint8_t {
  stop,
  charge_to,  ///< the state of charge up to which charging is wanted is reached
  maximum,    ///< of a current
};

/// That a person limits, and how.
struct ManualReason {
  ManualLimit limit = ManualLimit::stop;
  bool charging = true;                    ///< else it is about discharging
  double value = 0;                        ///< of charge_to in %, of a maximum in A
  std::optional<double> soc_percent = {};  ///< of charge_to: to 0.1 %
  bool operator==(const ManualReason&) const = default;
};

/// Whether nothing but numbers differs: the log need not tell that again.
bool same_cause(const ManualReason& a, const ManualReason& b);

/// A stop, which somebody may have forgotten; the rest limits as it does every day.
bool is_trouble(const ManualReason& reason);

/// For people: "charge to 80 %: reached (SoC 80.3 %)".
std::string describe(const ManualReason& reason);

}  // namespace dmb
