// SPDX-License-Identifier: MIT
#include "protection.h"

namespace dmb::sim {
namespace {

constexpr double kOpensAboveV = 3.65;
constexpr double kOpensBelowV = 2.50;
constexpr double kClosesBelowV = 3.45;
constexpr double kClosesAboveV = 2.80;
constexpr double kNoChargeBelowC = 0;
constexpr double kChargeAgainC = 2;

}  // namespace

void Protection::look(Pack& pack) {
  const double highest_v = pack.highest_cell_v();
  const double lowest_v = pack.lowest_cell_v();
  if (!pack.contactor_open && (highest_v > kOpensAboveV || lowest_v < kOpensBelowV)) {
    pack.contactor_open = true;
    ++trips_;
  } else if (highest_v < kClosesBelowV && lowest_v > kClosesAboveV) {
    pack.contactor_open = false;
  }
  if (pack.temperature_c() < kNoChargeBelowC) pack.blocks_charge = true;
  if (pack.temperature_c() > kChargeAgainC) pack.blocks_charge = false;
}

}  // namespace dmb::sim
