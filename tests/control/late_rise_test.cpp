// SPDX-License-Identifier: MIT
#include "dmb/control/late_rise.h"

#include <gtest/gtest.h>

namespace dmb {
namespace {

using namespace std::chrono_literals;

Instant at(std::chrono::milliseconds when) {
  return Instant(when);
}

double update(LateRise& limit, double wanted, Instant now) {
  return limit.update({wanted, Cause::given, {}}, now).value;
}

TEST(LateRise, FallsAtOnceAndRisesToTheLeastOfThirtySeconds) {
  LateRise limit;
  EXPECT_EQ(update(limit, 100, at(0s)), 100) << "the first has no past";
  EXPECT_EQ(update(limit, 40, at(1s)), 40);
  EXPECT_EQ(update(limit, 70, at(5s)), 40);
  EXPECT_EQ(update(limit, 100, at(15s)), 40);
  EXPECT_EQ(limit.rises_at(), at(35s));
  EXPECT_EQ(update(limit, 100, at(35s)), 70);
  EXPECT_EQ(update(limit, 100, at(45s)), 100);
  EXPECT_EQ(limit.rises_at(), std::nullopt);
}

TEST(LateRise, AFallByMoreThanATenthSoonAfterARiseDoublesTheDelay) {
  LateRise limit;
  update(limit, 100, at(0s));
  update(limit, 0, at(1s));
  update(limit, 100, at(2s));
  EXPECT_EQ(update(limit, 100, at(32s)), 100);
  update(limit, 95, at(33s));
  EXPECT_EQ(limit.delay(), 30s) << "a small one does not count";
  update(limit, 0, at(34s));
  EXPECT_EQ(limit.delay(), 60s);
  update(limit, 100, at(35s));
  EXPECT_EQ(update(limit, 100, at(94s)), 0);
  EXPECT_EQ(update(limit, 100, at(95s)), 100);
}

TEST(LateRise, WhatRisesWithEveryMessageStillRises) {
  LateRise limit;
  update(limit, 0, at(0s));
  double shown = 0;
  for (int i = 1; i <= 1000; ++i) shown = update(limit, i, at(i * 100ms));
  EXPECT_NEAR(shown, 700, 11) << "as it was 30 s ago, to the second";
}

TEST(LateRise, GoesOnAsRemembered) {
  LateRise limit;
  limit.resume(20, 60s, at(0s));
  EXPECT_EQ(limit.value(), 20);
  EXPECT_EQ(update(limit, 100, at(1s)), 20);
  EXPECT_EQ(update(limit, 100, at(59s)), 20);
  EXPECT_EQ(update(limit, 100, at(60s)), 100);
  LateRise lower;
  lower.resume(20, 60s, at(0s));
  EXPECT_EQ(update(lower, 10, at(1s)), 10);
}

}  // namespace
}  // namespace dmb
