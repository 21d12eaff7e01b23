// SPDX-License-Identifier: MIT
// What charge algorithms do to cells: those that others use, in one table.
#include "../support/sim/closed_loop.h"

#include "../support/sanitized.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <vector>

namespace dmb::sim {
namespace {

void print(const Scenario& scenario, const Contender& contender, const Metrics& metrics) {
  std::printf(
      "%-22s %-20s cell %.3f V, full %4.1f h, float %d, left %5.1f kWh, ripple %4.1f mV, "
      "%6.1f changes/h, above 3.5 V %5.0f s, trips %d\n",
      scenario.name.c_str(), contender.name.c_str(), metrics.highest_cell_v, metrics.full_s / 3600,
      static_cast<int>(metrics.floated), metrics.not_taken_wh / 1000, metrics.ripple_v * 1000,
      metrics.changes_per_hour, metrics.above_3v5_s, metrics.trips);
}

TEST(TheClosedLoop, ShowsWhatTheKnownAlgorithmsDo) {
  for (const Contender& contender : {serial_driver(), aggregate_batteries()}) {
    std::vector<Scenario> scenarios = charge_scenarios();
    scenarios.resize(test::in_scale(scenarios.size()));
    for (const Scenario& scenario : scenarios) {
      const Metrics metrics = run(contender.create(scenario), scenario);
      print(scenario, contender, metrics);
      EXPECT_GT(metrics.highest_cell_v, 3.3);
      EXPECT_LT(metrics.highest_cell_v, 3.7);
      EXPECT_GT(metrics.not_taken_wh, 1000);
      if (contender.name == "aggregate batteries") {
        EXPECT_FALSE(metrics.floated) << "it has no float";
      }
    }
  }
}

}  // namespace
}  // namespace dmb::sim
