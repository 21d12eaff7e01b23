// SPDX-License-Identifier: MIT
#include "dmb/bank/shunt_capacity.h"

#include <gtest/gtest.h>

namespace dmb {
namespace {

using Number = std::optional<double>;

TEST(MemberCapacity, PrefersTheRegisterThenTheItemThenTheEstimate) {
  MemberCapacity capacity;
  EXPECT_EQ(capacity.capacity_ah({}, CapacityMode::registers), std::nullopt);
  capacity.learn(-100, 50);
  EXPECT_EQ(capacity.capacity_ah({290, 280}, CapacityMode::registers), 290);
  EXPECT_EQ(capacity.capacity_ah({{}, 280}, CapacityMode::registers), 280);
  EXPECT_EQ(capacity.capacity_ah({}, CapacityMode::registers), 200);
  EXPECT_EQ(capacity.capacity_ah({290, 280}, CapacityMode::soc), 200);
}

TEST(MemberCapacity, LearnsOnlyWhereTheQuotientIsSound) {
  struct Case {
    Number consumed, soc, want;
  };
  const Case cases[]{
      {-131.099, 54.8, 131.099 / 0.452},
      {131.099, 54.8, 131.099 / 0.452},
      {-20, 90, 200},
      {-180, 10, 200},
      {-1, 90.1, {}},
      {-181, 9.9, {}},
      {0, 100, {}},
      {0, 50, {}},
      {{}, 50, {}},
      {-100, {}, {}},
  };
  for (const Case& c : cases) {
    MemberCapacity capacity;
    capacity.learn(c.consumed, c.soc);
    const Number learnt = capacity.capacity_ah({}, CapacityMode::soc);
    ASSERT_EQ(learnt.has_value(), c.want.has_value());
    if (learnt) {
      EXPECT_NEAR(*learnt, *c.want, 1e-6);
    }
  }
}

TEST(MemberCapacity, KeepsTheMostExactEstimate) {
  MemberCapacity capacity;
  capacity.learn(-25, 88);
  capacity.learn(-100, 50);
  capacity.learn(-30, 88);   // less exact: changes nothing
  capacity.learn(-1, 99.5);  // out of range: kept
  EXPECT_EQ(capacity.capacity_ah({}, CapacityMode::soc), 200);
}

TEST(MemberCapacity, IsKeptWhileTheShuntIsAwayOrAskedAgain) {
  MemberCapacity capacity;
  EXPECT_EQ(capacity.complete({}).register_ah, std::nullopt);
  capacity.complete({.register_ah = 290, .installed_ah = {}});
  EXPECT_EQ(capacity.complete({}).register_ah, 290);
  EXPECT_EQ(capacity.capacity_ah(capacity.complete({}), CapacityMode::registers), 290);
  EXPECT_EQ(capacity.complete({.register_ah = 300, .installed_ah = {}}).register_ah, 300);
  EXPECT_EQ(capacity.told().register_ah, 300);
}

}  // namespace
}  // namespace dmb
