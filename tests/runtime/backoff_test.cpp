// SPDX-License-Identifier: MIT
#include "runtime/backoff.h"

#include <gtest/gtest.h>

#include <vector>

namespace dmb {
namespace {

using namespace std::chrono_literals;

TEST(Backoff, DoublesFromOneSecondToAMinuteAndStaysThere) {
  Backoff backoff;
  for (const auto expected :
       std::vector<Backoff::Duration>{1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s, 60s})
    EXPECT_EQ(backoff.next(), expected);
}

TEST(Backoff, BeginsAnewAfterASuccess) {
  Backoff backoff;
  for (int i = 0; i < 5; ++i) backoff.next();
  backoff.reset();
  EXPECT_EQ(backoff.next(), 1s);
  EXPECT_EQ(backoff.next(), 2s);
}

TEST(Backoff, NeverGoesBeyondTheLongestWait) {
  Backoff backoff(30ms, 100ms);
  for (const auto expected : std::vector<Backoff::Duration>{30ms, 60ms, 100ms, 100ms})
    EXPECT_EQ(backoff.next(), expected);
  Backoff equal(50ms, 50ms);
  EXPECT_EQ(equal.next(), 50ms);
  EXPECT_EQ(equal.next(), 50ms);
}

TEST(Backoff, HurriesByTheBeginOfTheAttemptsAndYetPauses) {
  Backoff backoff(100ms, 1h);
  EXPECT_EQ(backoff.next_in_a_hurry(500ms, 0ms), 100ms);
  EXPECT_EQ(backoff.next_in_a_hurry(500ms, 0ms), 200ms);
  EXPECT_EQ(backoff.next_in_a_hurry(500ms, 0ms), 400ms);
  EXPECT_EQ(backoff.next_in_a_hurry(500ms, 0ms), 500ms);
  EXPECT_EQ(backoff.next_in_a_hurry(500ms, 300ms), 200ms);
  EXPECT_EQ(backoff.next_in_a_hurry(500ms, 2s), 100ms);
  EXPECT_EQ(backoff.next(), 6400ms) << "as if it had never hurried";
}

}  // namespace
}  // namespace dmb
