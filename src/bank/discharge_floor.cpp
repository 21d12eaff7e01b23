// SPDX-License-Identifier: MIT
#include "dmb/bank/discharge_floor.h"

#include "dmb/bank/aggregate.h"
#include "dmb/battery/time_to_go.h"

#include <algorithm>
#include <cmath>

namespace dmb {
namespace {

/// SoC less what the shunt says that it lasts. Its current is averaged, so this is one of many.
std::optional<double> floor_by_own_figure(const MemberValues& values,
                                          std::optional<double> capacity_ah) {
  const auto& time_to_go_s = values[q("/TimeToGo")];
  const auto& soc = values[q("/Soc")];
  const auto& current_a = values[q("/Dc/0/Current")];
  if (!time_to_go_s || !soc || !current_a || !capacity_ah) return std::nullopt;
  const bool says_something = *time_to_go_s > 0 && *time_to_go_s < kTimeToGoCap;
  // A small current is mostly error.
  constexpr double kLeastPerAh = 0.01;
  if (!says_something || *current_a > -kLeastPerAh * *capacity_ah) return std::nullopt;
  const double lasts_percent = *time_to_go_s * -*current_a / 3600 / *capacity_ah * 100;
  return std::clamp(*soc - lasts_percent, 0.0, 100.0);
}

}  // namespace

void DischargeFloor::learn(const FloorRegister& told, const MemberValues& values,
                           std::optional<double> capacity_ah) {
  if (told.percent) {
    register_percent_ = told.percent;
    doubtful_ = told.doubtful;
  }
  const auto figure = floor_by_own_figure(values, capacity_ah);
  if (!figure) return;
  constexpr double kNew = 0.05;  // the current swings for minutes before its average follows
  estimate_percent_ =
      estimate_percent_ ? *estimate_percent_ * (1 - kNew) + *figure * kNew : *figure;
}

/// Where nothing proves it, 0.1 % is the likelier.
std::optional<double> DischargeFloor::percent() const {
  if (!register_percent_ && estimate_percent_) return std::round(*estimate_percent_);
  if (!doubtful_) return register_percent_;
  const double tenth = *register_percent_ / 10;
  if (!estimate_percent_) return tenth;
  const bool whole =
      std::fabs(*estimate_percent_ - *register_percent_) < std::fabs(*estimate_percent_ - tenth);
  return whole ? *register_percent_ : tenth;
}

std::optional<double> bank_discharge_floor_percent(std::span<const MemberSnapshot> members) {
  const double usual_ah = usual_capacity_ah(members);
  double weights = 0;
  double weighted = 0;
  for (const MemberSnapshot& member : members) {
    if (!member.discharge_floor_percent) continue;
    const double weight = member.capacity_ah.value_or(usual_ah);
    weights += weight;
    weighted += weight * *member.discharge_floor_percent;
  }
  if (weights <= 0) return std::nullopt;
  return weighted / weights;
}

}  // namespace dmb
