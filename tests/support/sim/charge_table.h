// SPDX-License-Identifier: MIT
#pragma once

#include "closed_loop.h"

#include <span>
#include <string>
#include <vector>

namespace dmb::sim {

/// What came of a scenario with each contender.
struct TableRow {
  Scenario scenario;
  std::vector<Metrics> metrics;  ///< by contender
};

/// Ours first, then those that others use.
std::vector<Contender> charge_contenders();
std::vector<TableRow> play(std::span<const Scenario> scenarios,
                           std::span<const Contender> contenders);
std::string to_markdown(std::span<const TableRow> rows, std::span<const Contender> contenders);

}  // namespace dmb::sim
