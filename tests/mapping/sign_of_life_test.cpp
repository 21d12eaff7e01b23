// SPDX-License-Identifier: MIT
// What counts as life of a publisher that repeats its last values when its BMS is lost.
#include "dmb/mapping/intake.h"
#include "map_lines.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace dmb {
namespace {

using namespace std::chrono_literals;

/// Whether values that come with this state are life.
bool lives(const std::string& alive, const std::string& state) {
  MapIntake intake(
      test::parse_own("Soc = a/soc\nDc/0/Voltage = a/u\nalive = a/state " + alive + '\n').map, {});
  Instant now{1h};
  intake.receive("a/soc", "63", false, now);
  intake.receive("a/u", "52.7", false, now);
  intake.receive("a/state", state, false, now);
  bool is_life = false;
  for (const MapIntake::Out& out : intake.take(now + 1s)) is_life = is_life || out.is_life;
  return is_life;
}

TEST(SignOfLife, AnAgeMustBeSmall) {
  EXPECT_TRUE(lives("below 30", "0"));
  EXPECT_TRUE(lives("below 30", "29.9"));
  for (const char* age : {"30", "31", "4294967", "", "unknown", "nan", "young"})
    EXPECT_FALSE(lives("below 30", age)) << age;
}

TEST(SignOfLife, AWordMustBeOneOfThoseThatAreNotZero) {
  const std::string words = "charge=1 stationary=1 offline=0";
  EXPECT_TRUE(lives(words, "Charge"));
  for (const char* word : {"offline", "Offline", "discharge", "", "unavailable"})
    EXPECT_FALSE(lives(words, word)) << word;
}

TEST(SignOfLife, ABitMustBeSet) {
  EXPECT_TRUE(lives("bit 2", "4"));
  EXPECT_FALSE(lives("bit 2", "3"));
}

TEST(SignOfLife, WithoutMoreAnyValueWillDo) {
  EXPECT_TRUE(lives("", "12:34"));
  EXPECT_FALSE(lives("", "unavailable"));
}

}  // namespace
}  // namespace dmb
