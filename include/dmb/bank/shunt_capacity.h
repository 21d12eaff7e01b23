// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

namespace dmb {

/// What one shunt tells about the capacity of its battery, and how far each source can be trusted.
struct CapacitySources {
  std::optional<double> register_ah;   ///< VregLink 0x1000
  std::optional<double> installed_ah;  ///< its /InstalledCapacity
};

/// Where to look first; `soc` never asks the shunt's register.
enum class CapacityMode : std::uint8_t { registers, soc };

/// Where a capacity comes from.
enum class CapacityOrigin : std::uint8_t { unknown, shunt_register, installed_item, estimate };

/// Ampere hours of one member. Unknown stays unknown: nothing is ever assumed.
class MemberCapacity {
 public:
  /// `consumed_ah` is negative or 0. Between 10 and 90 % it tells, with the SoC, the capacity; the
  /// estimate from the lowest SoC seen is kept, being the most exact.
  void learn(std::optional<double> consumed_ah, std::optional<double> soc_percent);

  /// From an earlier run of the program; anything better replaces it.
  void remember(double capacity_ah) { estimate_ah_ = capacity_ah; }

  /// What the shunt tells now, with what it told before where it tells nothing: while it is away,
  /// and while its registers are asked again.
  const CapacitySources& complete(const CapacitySources& sources);
  const CapacitySources& told() const { return told_; }

  std::optional<double> capacity_ah(const CapacitySources& sources, CapacityMode mode) const;
  /// Of what capacity_ah() says.
  CapacityOrigin origin(const CapacitySources& sources, CapacityMode mode) const;

 private:
  CapacitySources told_;
  std::optional<double> estimate_ah_;
  double estimated_at_percent_ = 100;
};

}  // namespace dmb
