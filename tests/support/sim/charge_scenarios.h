// SPDX-License-Identifier: MIT
#pragma once

#include "closed_loop.h"

#include <vector>

namespace dmb::sim {

/// A sunny day with feed-in off, and on; a cell 3 Ah ahead, with both; two packs, one full earlier;
/// a cold morning; a sensor lost; SoC wrong by 30 %; long wires; a program that is killed.
std::vector<Scenario> charge_scenarios();

}  // namespace dmb::sim
