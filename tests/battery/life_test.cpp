// SPDX-License-Identifier: MIT
#include "dmb/battery/life.h"

#include <gtest/gtest.h>

namespace dmb {
namespace {

using namespace std::chrono_literals;
using Phase = Life::Phase;

constexpr Instant at(std::chrono::milliseconds when) {
  return Instant(when);
}

TEST(Life, BeginsWithTheFirstMessageOnly) {
  Life life(60s);
  life.heartbeat(at(1s));
  life.declare_gone(at(2s));
  EXPECT_FALSE(life.advance(at(1000s)));
  EXPECT_EQ(life.phase(), Phase::waiting);
  EXPECT_EQ(life.deadline(), std::nullopt);
  life.message(at(1001s));
  EXPECT_EQ(life.phase(), Phase::live);
}

TEST(Life, HoldsTenSecondsAfterTheTimeOutThenGoes) {
  Life life(60s);
  life.message(at(100s));
  EXPECT_EQ(life.deadline(), at(160s));
  EXPECT_FALSE(life.advance(at(159999ms)));
  EXPECT_TRUE(life.advance(at(160s)));
  EXPECT_EQ(life.phase(), Phase::holding);
  EXPECT_EQ(life.deadline(), at(170s));
  EXPECT_FALSE(life.advance(at(169999ms)));
  EXPECT_TRUE(life.advance(at(170s)));
  EXPECT_EQ(life.phase(), Phase::gone);
  EXPECT_EQ(life.deadline(), std::nullopt);
}

TEST(Life, HoldsFullTenSecondsEvenWhenTheTimeOutIsNoticedLate) {
  Life life(60s);
  life.message(at(100s));
  life.advance(at(500s));
  EXPECT_EQ(life.phase(), Phase::holding);
  EXPECT_EQ(life.deadline(), at(510s));
}

TEST(Life, ComesBackFromEverywhereWithAMessage) {
  Life life(60s);
  life.message(at(100s));
  life.advance(at(160s));
  life.message(at(165s));
  EXPECT_EQ(life.phase(), Phase::live);
  EXPECT_EQ(life.deadline(), at(225s));
  life.advance(at(225s));
  life.advance(at(235s));
  ASSERT_EQ(life.phase(), Phase::gone);
  life.message(at(1000s));
  EXPECT_EQ(life.phase(), Phase::live);
}

TEST(Life, GoesOnWithAHeartbeatButDoesNotComeBackWithIt) {
  Life life(60s);
  life.message(at(100s));
  life.heartbeat(at(150s));
  EXPECT_EQ(life.deadline(), at(210s));
  life.advance(at(210s));
  life.heartbeat(at(211s));
  EXPECT_EQ(life.phase(), Phase::holding);
}

TEST(Life, TreatsADeclaredEndAsATimeOutAtOnce) {
  for (const auto timeout : {60s, 0s}) {
    Life life(timeout);
    life.message(at(100s));
    life.declare_gone(at(101s));
    EXPECT_EQ(life.phase(), Phase::holding);
    EXPECT_EQ(life.deadline(), at(111s));
    life.declare_gone(at(105s));
    EXPECT_EQ(life.deadline(), at(111s)) << "said twice, it does not last longer";
  }
}

TEST(Life, NeverEndsBySilenceWithoutATimeOut) {
  Life life(0s);
  life.message(at(100s));
  EXPECT_EQ(life.deadline(), std::nullopt);
  EXPECT_FALSE(life.advance(at(std::chrono::hours(10000))));
  EXPECT_EQ(life.phase(), Phase::live);
}

}  // namespace
}  // namespace dmb
