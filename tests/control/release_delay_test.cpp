// SPDX-License-Identifier: MIT
#include "dmb/control/release_delay.h"

#include <gtest/gtest.h>

namespace dmb {
namespace {

using namespace std::chrono_literals;

Instant at(std::chrono::milliseconds when) {
  return Instant(when);
}

TEST(ReleaseDelay, ReleasesAfterThirtySecondsWithoutAReason) {
  ReleaseDelay delay;
  EXPECT_FALSE(delay.clear(at(1s)));
  delay.stop(at(2s));
  EXPECT_EQ(delay.ends_at(), std::nullopt);
  EXPECT_TRUE(delay.clear(at(10s)));
  EXPECT_EQ(delay.ends_at(), at(40s));
  EXPECT_TRUE(delay.clear(at(39999ms)));
  EXPECT_FALSE(delay.clear(at(40s)));
  EXPECT_EQ(delay.ends_at(), std::nullopt);
}

TEST(ReleaseDelay, DoublesUpToTenMinutesWhileTheStopComesBack) {
  ReleaseDelay delay;
  auto now = at(0s);
  for (const auto want : {30s, 60s, 120s, 240s, 480s, 600s, 600s}) {
    delay.stop(now += 1s);
    ASSERT_TRUE(delay.clear(now));
    EXPECT_EQ(delay.delay(), want);
    EXPECT_TRUE(delay.clear(now += want - 1s));
    EXPECT_FALSE(delay.clear(now += 1s));
  }
  delay.stop(now += 10min + 1s);
  EXPECT_EQ(delay.delay(), 30s) << "long after its release it is another stop";
}

TEST(ReleaseDelay, IsNotDoubledByAReasonThatFlickersWhileItIsStopped) {
  ReleaseDelay delay;
  for (auto now = at(0s); now < at(60s); now += 2s) {
    delay.stop(now);
    EXPECT_TRUE(delay.clear(now + 1s));
  }
  EXPECT_EQ(delay.delay(), 30s);
}

TEST(ReleaseDelay, GoesOnAfterARestartForItsWholeDelay) {
  ReleaseDelay delay;
  delay.resume(true, 120s, at(5s));
  EXPECT_TRUE(delay.clear(at(6s)));
  EXPECT_EQ(delay.ends_at(), at(126s));
  EXPECT_FALSE(delay.clear(at(126s)));

  ReleaseDelay released;
  released.resume(false, 60s, at(5s));
  EXPECT_FALSE(released.clear(at(6s)));
  released.stop(at(7s));
  EXPECT_EQ(released.delay(), 120s) << "it came back";
}

TEST(ReleaseDelay, TakesNoNonsenseFromAnEarlierRun) {
  for (const auto delay : {-5s, 0s, 100'000s}) {
    ReleaseDelay resumed;
    resumed.resume(true, delay, at(1s));
    EXPECT_GE(resumed.delay(), 30s);
    EXPECT_LE(resumed.delay(), 600s);
  }
}

TEST(ShareGuard, FallsAtOnceAndRisesAfterTheDelay) {
  ShareGuard guard;
  EXPECT_EQ(guard.update(1, at(0s)), 1);
  EXPECT_EQ(guard.update(0.5, at(1s)), 0.5);
  EXPECT_EQ(guard.update(0.25, at(2s)), 0.25);
  EXPECT_EQ(guard.update(0.75, at(10s)), 0.25);
  EXPECT_EQ(guard.rises_at(), at(40s));
  EXPECT_EQ(guard.update(1, at(20s)), 0.25);
  EXPECT_EQ(guard.update(1, at(40s)), 0.75);
  EXPECT_EQ(guard.rises_at(), at(50s)) << "the rest waits for its own delay";
  EXPECT_EQ(guard.update(1, at(50s)), 1);
  EXPECT_EQ(guard.rises_at(), std::nullopt);
}

TEST(ShareGuard, CountsFromWhenAShuntCameBackLast) {
  ShareGuard guard;
  guard.update(0.25, at(1s));
  guard.update(1, at(2s));
  guard.update(0.5, at(20s));
  EXPECT_EQ(guard.update(1, at(31s)), 0.25);
  EXPECT_EQ(guard.update(1, at(32s)), 0.5);
  EXPECT_EQ(guard.update(1, at(61s)), 1);
}

TEST(ShareGuard, DoesNotLetOneThatFlapsKeepTheOthersOut) {
  ShareGuard guard;
  guard.update(0, at(1s));
  for (int i = 2; i < 32; ++i) EXPECT_EQ(guard.update(i % 2 == 0 ? 0.75 : 1, at(1s * i)), 0);
  EXPECT_EQ(guard.update(0.75, at(32s)), 0.75);
  for (int i = 33; i < 100; ++i) EXPECT_EQ(guard.update(i % 2 == 0 ? 0.75 : 1, at(1s * i)), 0.75);
}

TEST(ShareGuard, WaitsLongerEachTimeAShuntIsLostAgain) {
  ShareGuard guard;
  auto now = at(0s);
  for (const auto want : {30s, 60s, 120s, 240s, 480s, 600s, 600s}) {
    guard.update(0, now += 1s);
    guard.update(1, now += 1s);
    EXPECT_EQ(guard.rises_at(), now + want);
    EXPECT_EQ(guard.update(1, now += want), 1);
  }
  guard.update(0, now += 10min + 1s);
  guard.update(1, now);
  EXPECT_EQ(guard.rises_at(), now + 30s);
}

TEST(ShareGuard, LetsNothingComeBackWhileItIsHeld) {
  ShareGuard guard;
  guard.update(0.5, at(1s));
  guard.update(1, at(2s));
  guard.hold(at(30s));
  EXPECT_EQ(guard.update(1, at(32s)), 0.5);
  EXPECT_EQ(guard.rises_at(), at(60s));
}

TEST(ShareGuard, FollowsAnEstimateThatMovesALittleWithoutADelay) {
  ShareGuard guard;
  guard.update(0.5, at(1s));
  for (int i = 0; i < 100; ++i)
    guard.update(i % 2 == 0 ? 0.502 : 0.498, at(std::chrono::seconds(2 + i)));
  EXPECT_NEAR(guard.share(), 0.498, 1e-9);
  EXPECT_EQ(guard.delay(), 30s);
  EXPECT_EQ(guard.rises_at(), std::nullopt);
}

TEST(ShareGuard, GoesOnAfterARestart) {
  ShareGuard guard;
  guard.resume(0.5, 120s, at(1s));
  EXPECT_EQ(guard.update(1, at(2s)), 0.5);
  EXPECT_EQ(guard.update(1, at(121s)), 1);
  guard.resume(0.5, 120s, at(1s));
  EXPECT_EQ(guard.update(0.25, at(2s)), 0.25);
  EXPECT_EQ(guard.delay(), 120s) << "not another loss";
}

}  // namespace
}  // namespace dmb
