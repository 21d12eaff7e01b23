// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

namespace dmb {

/// A charge voltage outside these shares of the measured voltage belongs to another battery or is
/// in another unit.
inline constexpr double kLowestChargeVoltageShare = 0.85;
inline constexpr double kHighestChargeVoltageShare = 1.4;

/// One that was right before still is while the battery is empty: a deeply discharged cell has less
/// than the voltage it is charged to divided by 1.4, and is the one that most needs charging.
inline constexpr double kHighestChargeVoltageShareOfEmpty = 1.75;

/// Whether a charge voltage can be right for a battery that has `measured_v`; nullopt: nobody
/// knows.
bool charge_voltage_fits(double charge_voltage_v, std::optional<double> measured_v,
                         double highest_share = kHighestChargeVoltageShare);

/// The same for one battery in the course of time: a charge voltage near the last that was right is
/// not taken for another battery's, or for one in another unit, because the battery is empty now.
class ChargeVoltageFit {
 public:
  ChargeVoltageFit() = default;
  /// From an earlier run of the program.
  explicit ChargeVoltageFit(std::optional<double> right_v) : right_v_(right_v) {}

  bool fits(double charge_voltage_v, std::optional<double> measured_v);
  /// The last one that fitted a measured voltage.
  std::optional<double> right_v() const { return right_v_; }

 private:
  std::optional<double> right_v_;
};

}  // namespace dmb
