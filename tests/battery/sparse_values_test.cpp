// SPDX-License-Identifier: MIT
#include "dmb/battery/sparse_values.h"

#include <gtest/gtest.h>

namespace dmb {
namespace {

TEST(SparseValues, KeepsWhatWasSetInTheOrderOfTheTable) {
  SparseValues values;
  EXPECT_TRUE(values.set(cell_voltage(2), 3.3));
  EXPECT_TRUE(values.set(q("/Info/ChargeMode"), "Bulk"));
  EXPECT_TRUE(values.set(cell_voltage(1), 3.2));
  ASSERT_EQ(values.all().size(), 3U);
  EXPECT_EQ(values.all()[0].quantity, q("/Info/ChargeMode"));
  EXPECT_EQ(values.all()[1].quantity, cell_voltage(1));
  EXPECT_EQ(*values.find(cell_voltage(2)), Value(3.3));
  EXPECT_EQ(values.find(cell_voltage(3)), nullptr);
}

TEST(SparseValues, TellsWhetherAnythingChanged) {
  SparseValues values;
  EXPECT_FALSE(values.set(cell_voltage(1), std::nullopt));
  EXPECT_TRUE(values.set(cell_voltage(1), 3.2));
  EXPECT_FALSE(values.set(cell_voltage(1), 3.2));
  EXPECT_TRUE(values.set(cell_voltage(1), 3.3));
  EXPECT_TRUE(values.set(cell_voltage(1), std::nullopt));
  EXPECT_TRUE(values.all().empty());
}

}  // namespace
}  // namespace dmb
