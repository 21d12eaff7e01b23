// SPDX-License-Identifier: MIT
#include "dmb/bank/bank_life.h"

#include <gtest/gtest.h>

namespace dmb {
namespace {

using namespace std::chrono_literals;
using Phase = BankLife::Phase;

Instant at(std::chrono::milliseconds when) {
  return Instant(when);
}

TEST(BankLife, OfAMonitorEndsAtOnce) {
  BankLife life(false);
  EXPECT_FALSE(life.advance(false, at(1s)));
  EXPECT_TRUE(life.advance(true, at(2s)));
  EXPECT_EQ(life.phase(), Phase::on);
  EXPECT_TRUE(life.advance(false, at(3s)));
  EXPECT_EQ(life.phase(), Phase::off);
  EXPECT_EQ(life.deadline(), std::nullopt);
}

TEST(BankLife, OfABmsHoldsForTenSecondsWhateverHappensMeanwhile) {
  BankLife life(true);
  life.advance(true, at(1s));
  EXPECT_TRUE(life.advance(false, at(100s)));
  EXPECT_EQ(life.phase(), Phase::holding);
  for (auto now = at(100s); now < at(110s); now += 500ms) {
    EXPECT_FALSE(life.advance(false, now));
    EXPECT_EQ(life.deadline(), at(110s));
  }
  EXPECT_TRUE(life.advance(false, at(110s)));
  EXPECT_EQ(life.phase(), Phase::off);
  EXPECT_EQ(life.deadline(), std::nullopt) << "a time in the past would make the loop spin";
}

TEST(BankLife, GoesOnWhenAShuntIsBackWithinTheHold) {
  BankLife life(true);
  life.advance(true, at(1s));
  life.advance(false, at(2s));
  EXPECT_TRUE(life.advance(true, at(3s)));
  EXPECT_EQ(life.phase(), Phase::on);
  life.advance(false, at(4s));
  EXPECT_EQ(life.deadline(), at(14s)) << "each hold has its ten seconds";
}

}  // namespace
}  // namespace dmb
