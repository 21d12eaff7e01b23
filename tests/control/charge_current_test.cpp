// SPDX-License-Identifier: MIT
#include "dmb/control/charge_current.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>

namespace dmb {
namespace {

using namespace std::chrono_literals;

Instant at(std::chrono::milliseconds when) {
  return Instant(1h + when);
}

TEST(CurrentRamp, BeginsWithWhatIsAllowed) {
  CurrentRamp ramp;
  EXPECT_EQ(ramp.update(80, 100, at(0s)), 80);
  EXPECT_FALSE(ramp.held());
  EXPECT_FALSE(ramp.next_change(at(0s)));
}

TEST(CurrentRamp, FallsAtOnceWhateverItIsDoing) {
  CurrentRamp ramp;
  ramp.update(100, 100, at(0s));
  EXPECT_EQ(ramp.update(99.5, 100, at(1ms)), 90);  // however little
  EXPECT_EQ(ramp.update(10, 100, at(2ms)), 10);
  ramp.update(100, 100, at(1s));
  ramp.update(100, 100, at(35s));
  EXPECT_EQ(ramp.update(100, 100, at(39s)), 50);
  EXPECT_EQ(ramp.update(3, 100, at(39s)), 3);
}

TEST(CurrentRamp, RisesAfterThirtySecondsByFivePercentPerSecond) {
  CurrentRamp ramp;
  ramp.update(10, 100, at(0s));
  EXPECT_EQ(ramp.update(100, 100, at(1s)), 10);
  EXPECT_TRUE(ramp.held());
  EXPECT_EQ(ramp.next_change(at(1s)), at(35s));
  EXPECT_EQ(ramp.update(100, 100, at(34900ms)), 10);
  EXPECT_EQ(ramp.update(100, 100, at(35s)), 30);
  EXPECT_EQ(ramp.update(100, 100, at(38900ms)), 30);
  EXPECT_EQ(ramp.update(100, 100, at(39s)), 50);
  double limit_a = 0;
  for (auto when = 40s; when < 60s; ++when) limit_a = ramp.update(100, 100, at(when));
  EXPECT_EQ(limit_a, 100);
  EXPECT_FALSE(ramp.held());
  EXPECT_FALSE(ramp.next_change(at(60s)));
}

TEST(CurrentRamp, RisesByLittleAfterFiveMinutesOnly) {
  CurrentRamp ramp;
  ramp.update(40, 100, at(0s));
  EXPECT_EQ(ramp.update(45, 100, at(1s)), 40);
  EXPECT_EQ(ramp.next_change(at(1s)), at(5min + 5s));
  EXPECT_EQ(ramp.update(45, 100, at(5min + 4s)), 40);
  EXPECT_EQ(ramp.update(45, 100, at(5min + 5s)), 45);
  ramp.update(50, 100, at(6min));
  EXPECT_EQ(ramp.update(60, 100, at(7min)), 60);  // that is more, and was allowed for long
}

TEST(CurrentRamp, WaitsAnewAfterEveryFall) {
  CurrentRamp ramp;
  ramp.update(10, 100, at(0s));
  for (auto when = 1s; when < 200s; ++when)  // never allowed for thirty seconds without a break
    EXPECT_LE(ramp.update(when.count() % 20 == 0 ? 10 : 50, 100, at(when)), 10);
}

TEST(CurrentRamp, DoesNotJumpAfterAPauseOfOurOwn) {
  CurrentRamp ramp;
  ramp.update(0, 100, at(0s));
  ramp.update(100, 100, at(1s));
  EXPECT_EQ(ramp.update(100, 100, at(10min)), 20);
}

TEST(CurrentRamp, GoesByStepsAndNeverAboveWhatIsAllowed) {
  const struct {
    double allowed_a, max_a, limit_a;
  } rows[] = {{99, 100, 90},          {49, 100, 45}, {24, 100, 20},        {19.9, 100, 18},
              {1.7, 100, 1.5},        {0.4, 100, 0}, {200, 100, 100},      {-5, 100, 0},
              {std::nan(""), 100, 0}, {50, 0, 0},    {50, std::nan(""), 0}};
  for (const auto& row : rows) {
    CurrentRamp ramp;
    EXPECT_NEAR(ramp.update(row.allowed_a, row.max_a, at(0s)), row.limit_a, 1e-9) << row.allowed_a;
  }
}

}  // namespace
}  // namespace dmb
