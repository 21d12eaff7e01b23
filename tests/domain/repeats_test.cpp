// SPDX-License-Identifier: MIT
#include "dmb/domain/repeats.h"

#include <gtest/gtest.h>

namespace dmb {
namespace {

using namespace std::chrono_literals;

TEST(Repeats, SaysTheFirstAndThenOneAnHourWithTheCount) {
  Repeats repeats;
  const Instant start(10s);
  EXPECT_EQ(repeats.count("a", start), 1u);
  EXPECT_EQ(repeats.count("a", start + 1s), std::nullopt);
  EXPECT_EQ(repeats.count("b", start + 1s), 1u) << "another cause";
  EXPECT_EQ(repeats.count("a", start + 59min), std::nullopt);
  EXPECT_EQ(repeats.count("a", start + 1h), 3u);
  EXPECT_EQ(repeats.count("a", start + 1h + 1s), std::nullopt);
}

TEST(Repeats, StartsAnewWhenACauseIsOver) {
  Repeats repeats;
  EXPECT_EQ(repeats.count("a", Instant(1s)), 1u);
  repeats.forget("a");
  EXPECT_EQ(repeats.count("a", Instant(2s)), 1u);
  repeats.forget_all();
  EXPECT_EQ(repeats.count("a", Instant(3s)), 1u);
}

TEST(Repeats, RemembersABoundedNumberOfCauses) {
  Repeats repeats;
  int said = 0;
  for (int i = 0; i < 100'000; ++i) said += repeats.count(std::to_string(i), Instant(1s)) ? 1 : 0;
  EXPECT_EQ(said, 256);
}

}  // namespace
}  // namespace dmb
