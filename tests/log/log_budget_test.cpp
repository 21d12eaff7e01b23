// SPDX-License-Identifier: MIT
#include "log/log_budget.h"

#include <gtest/gtest.h>

namespace dmb {
namespace {

using namespace std::chrono_literals;
using Say = LogBudget::Say;

TEST(LogBudget, GivesItsLinesThenOneNoticeThenNothing) {
  LogBudget budget(2);
  Instant now(5s);
  EXPECT_EQ(budget.spend(now), Say::line);
  EXPECT_EQ(budget.spend(now), Say::line);
  EXPECT_EQ(budget.spend(now), Say::notice);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(budget.spend(now += 1s), Say::nothing);
}

TEST(LogBudget, IsThereAgainAfterAMinuteOfCalm) {
  LogBudget budget(1);
  Instant now(5s);
  EXPECT_EQ(budget.spend(now), Say::line);
  EXPECT_EQ(budget.spend(now += 59s), Say::notice);
  EXPECT_EQ(budget.spend(now += 59s), Say::nothing);
  EXPECT_TRUE(budget.is_spent(now + 59s));
  EXPECT_FALSE(budget.is_spent(now + 60s));
  EXPECT_EQ(budget.spend(now += 60s), Say::line);
}

TEST(LogBudget, IsThereAgainOnceAnHourThoughNothingCalms) {
  LogBudget budget(3);
  int said = 0;
  for (Instant now(1s); now < Instant(24h); now += 10s)
    said += budget.spend(now) == Say::nothing ? 0 : 1;
  EXPECT_EQ(said, 24 * 4);
}

TEST(LogBudget, LetsRareEventsAlwaysThrough) {
  LogBudget budget(1);
  for (Instant now(1min); now < Instant(48h); now += 1min) EXPECT_EQ(budget.spend(now), Say::line);
}

}  // namespace
}  // namespace dmb
