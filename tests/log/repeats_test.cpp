// SPDX-License-Identifier: MIT
#include "log/repeats.h"

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

// A publisher that puts a time into a key once used up all there was, and the log was mute for
// ever.
TEST(Repeats, SaysNewCausesAgainWhenThoseOfAFloodAreAnHourOld) {
  Repeats repeats;
  const Instant start(1s);
  for (int i = 0; i < 1000; ++i) repeats.count(std::to_string(i), start);
  EXPECT_EQ(repeats.count("new", start + 59min), std::nullopt);
  repeats.count("0", start + 59min);
  EXPECT_EQ(repeats.count("new", start + 61min), 1u);
  EXPECT_EQ(repeats.count("0", start + 61min), 2u) << "still going on, so it is not said as new";
}

TEST(Repeats, AlwaysHasRoomForOurOwnCauses) {
  Repeats repeats;
  for (int i = 0; i < 1000; ++i) repeats.count(std::to_string(i), Instant(1s));
  EXPECT_EQ(repeats.count("bad JSON", Instant(2s), Repeats::Named::by_us), 1u);
  EXPECT_EQ(repeats.count("bad JSON", Instant(3s), Repeats::Named::by_us), std::nullopt);
}

TEST(Repeats, AreBoundedOverADayOfNewCauses) {
  Repeats repeats;
  int said = 0;
  for (int i = 0; i < 24 * 3600; ++i)
    said += repeats.count(std::to_string(i), Instant(std::chrono::seconds(i))) ? 1 : 0;
  EXPECT_LE(said, 25 * 256);
  EXPECT_GE(said, 20 * 256);
}

}  // namespace
}  // namespace dmb
