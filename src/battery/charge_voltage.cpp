// SPDX-License-Identifier: MIT
#include "dmb/battery/charge_voltage.h"

#include <cmath>

namespace dmb {

bool charge_voltage_fits(double charge_voltage_v, std::optional<double> measured_v,
                         double highest_share) {
  if (charge_voltage_v <= 0) return false;
  if (!measured_v) return true;
  return charge_voltage_v >= *measured_v * kLowestChargeVoltageShare &&
         charge_voltage_v <= *measured_v * highest_share;
}

bool ChargeVoltageFit::fits(double charge_voltage_v, std::optional<double> measured_v) {
  constexpr double kNear = 0.1;
  const bool known = right_v_ && std::fabs(charge_voltage_v - *right_v_) <= kNear * *right_v_;
  if (!charge_voltage_fits(charge_voltage_v, measured_v,
                           known ? kHighestChargeVoltageShareOfEmpty : kHighestChargeVoltageShare))
    return false;
  if (measured_v) right_v_ = charge_voltage_v;
  return true;
}

}  // namespace dmb
