// SPDX-License-Identifier: MIT
// The algorithms that others use, as models: that they do what their descriptions say.
#include "../support/sim/aggregate_rules.h"
#include "../support/sim/serial_bms.h"

#include <gtest/gtest.h>

namespace dmb::sim {
namespace {

Measured cells(std::size_t count, double cell_v) {
  Measured measured{.temperature_c = 20, .current_a = 0, .capacity_ah = 100};
  measured.cells_v.assign(count, cell_v);
  measured.voltage_v = static_cast<double>(count) * cell_v;
  return measured;
}

Wishes update_for(SerialBms& bms, const Measured& measured, int from_s, int until_s) {
  Wishes wishes;
  for (int now_s = from_s; now_s < until_s; ++now_s) wishes = bms.update(measured, now_s);
  return wishes;
}

TEST(TheSerialDriversAlgorithm, FloatsAfterFifteenMinutesFullByARamp) {
  SerialBms bms({});
  const Measured full = cells(16, 3.45);
  EXPECT_EQ(update_for(bms, full, 0, 10).mode, "Absorption");
  EXPECT_EQ(update_for(bms, full, 10, 900).mode, "Absorption");
  EXPECT_EQ(update_for(bms, full, 900, 910).mode, "Float Transition");
  const Wishes later = update_for(bms, full, 910, 1010);
  EXPECT_NEAR(later.limits.cvl_v, 55.2 - 0.110, 0.012);
  EXPECT_EQ(later.soc_percent, 100);
  const Wishes end = update_for(bms, full, 1010, 3600);
  EXPECT_EQ(end.mode, "Float");
  EXPECT_NEAR(end.limits.cvl_v, 54, 1e-9);
}

TEST(TheSerialDriversAlgorithm, NeverFloatsWithOneHighCell) {
  SerialBms bms({});
  Measured uneven = cells(16, 3.40);
  uneven.cells_v[3] = 3.47;
  const Wishes wishes = update_for(bms, uneven, 0, 7200);
  EXPECT_EQ(wishes.mode, "Bulk");
  EXPECT_NEAR(wishes.limits.cvl_v, 15 * 3.40 + 3.45, 1e-9);
}

TEST(TheSerialDriversAlgorithm, LimitsByCellAndTemperature) {
  SerialBms bms({});
  EXPECT_EQ(bms.update(cells(16, 3.3), 0).limits.ccl_a, 50);
  EXPECT_NEAR(bms.update(cells(16, 3.4), 1).limits.ccl_a, 12.5, 1e-9);
  Measured cold = cells(16, 3.3);
  cold.temperature_c = -1;
  EXPECT_EQ(bms.update(cold, 2).limits.ccl_a, 0);
  EXPECT_EQ(update_for(bms, cells(16, 3.3), 3, 30).limits.ccl_a, 0);  // held for 30 s
  EXPECT_EQ(update_for(bms, cells(16, 3.3), 30, 60).limits.ccl_a, 50);
}

TEST(TheSerialDriversAlgorithm, FallsToFloatVoltageWithoutACell) {
  SerialBms bms({});
  Measured measured = cells(16, 3.3);
  measured.cells_v[5].reset();
  EXPECT_NEAR(bms.update(measured, 0).limits.cvl_v, 54, 1e-9);
}

TEST(TheAggregatorsAlgorithm, LowersCvlByTheExcessAndSwitchesFeedInOff) {
  AggregateRulesOfOthers rules({.month = 0});
  std::vector<Measured> packs(2, cells(16, 3.35));
  EXPECT_NEAR(rules.update(packs).cvl_v, 16 * 3.55, 1e-9);
  EXPECT_TRUE(rules.wants_feed_in());
  packs[1].cells_v[0] = 3.50;
  const Limits limits = rules.update(packs);
  EXPECT_NEAR(limits.cvl_v, 16 * 3.35, 1e-9);  // of the lower pack
  EXPECT_EQ(limits.ccl_a, 0);
  EXPECT_FALSE(rules.wants_feed_in());
  packs[1].cells_v[0] = 3.44;
  rules.update(packs);
  EXPECT_FALSE(rules.wants_feed_in());  // cells differ: it stays off
}

TEST(TheAggregatorsAlgorithm, BlocksDischargeUntilCellsAreWellAboveTheirMinimum) {
  AggregateRulesOfOthers rules({});
  EXPECT_EQ(rules.update(std::vector{cells(16, 2.90)}).dcl_a, 0);
  EXPECT_EQ(rules.update(std::vector{cells(16, 2.98)}).dcl_a, 0);
  EXPECT_GT(rules.update(std::vector{cells(16, 3.01)}).dcl_a, 0);
}

}  // namespace
}  // namespace dmb::sim
