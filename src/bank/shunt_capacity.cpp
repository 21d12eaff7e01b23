// SPDX-License-Identifier: MIT
#include "dmb/bank/shunt_capacity.h"

#include <cmath>

namespace dmb {
namespace {

// Near full little was consumed, near empty the SoC is clamped: both make a wild quotient.
constexpr double kLowestPercent = 10;
constexpr double kHighestPercent = 90;

}  // namespace

void MemberCapacity::learn(std::optional<double> consumed_ah, std::optional<double> soc_percent) {
  if (!consumed_ah || !soc_percent || *consumed_ah == 0) return;
  if (*soc_percent < kLowestPercent || *soc_percent > kHighestPercent) return;
  if (estimate_ah_ && *soc_percent >= estimated_at_percent_) return;
  estimate_ah_ = std::fabs(*consumed_ah) / (1 - *soc_percent / 100);
  estimated_at_percent_ = *soc_percent;
}

const CapacitySources& MemberCapacity::complete(const CapacitySources& sources) {
  if (sources.register_ah) told_.register_ah = sources.register_ah;
  if (sources.installed_ah) told_.installed_ah = sources.installed_ah;
  return told_;
}

CapacityOrigin MemberCapacity::origin(const CapacitySources& sources, CapacityMode mode) const {
  if (mode == CapacityMode::registers) {
    if (sources.register_ah) return CapacityOrigin::shunt_register;
    if (sources.installed_ah) return CapacityOrigin::installed_item;
  }
  return estimate_ah_ ? CapacityOrigin::estimate : CapacityOrigin::unknown;
}

std::optional<double> MemberCapacity::capacity_ah(const CapacitySources& sources,
                                                  CapacityMode mode) const {
  switch (origin(sources, mode)) {
    case CapacityOrigin::shunt_register:
      return sources.register_ah;
    case CapacityOrigin::installed_item:
      return sources.installed_ah;
    case CapacityOrigin::estimate:
      return estimate_ah_;
    case CapacityOrigin::unknown:
      break;
  }
  return std::nullopt;
}

}  // namespace dmb
