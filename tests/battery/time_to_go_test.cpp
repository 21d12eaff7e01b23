// SPDX-License-Identifier: MIT
#include "dmb/battery/time_to_go.h"

#include <gtest/gtest.h>

#include <vector>

namespace dmb {
namespace {

using namespace std::chrono_literals;
using Seconds = std::optional<std::int32_t>;

TEST(TimeToGo, FollowsCurrentSocAndCapacity) {
  struct Case {
    const char* what;
    TimeToGoInputs inputs;
    Seconds want;
  };
  const std::vector<Case> cases{
      {"discharging to the floor of 10 %", {-20, 60, 200, {}}, 18000},
      {"charging to full", {20, 60, 200, {}}, 14400},
      {"at the floor", {-20, 10, 200, {}}, 0},
      {"below the floor", {-20, 3, 200, {}}, 0},
      {"full and charging", {20, 100, 200, {}}, 0},
      {"no current", {0.0, 60, 200, {}}, kTimeToGoCap},
      {"hardly any current", {-1e-12, 60, 200, {}}, kTimeToGoCap},
      {"just under the cap", {-1, 90, 100, {}}, 288000},
      {"over the cap", {-0.1, 90, 100, {}}, kTimeToGoCap},
      {"capacity from what is left", {-20, 60, {}, 120}, 18000},
      {"nothing left tells no capacity", {-20, 0, {}, 0}, {}},
      {"no capacity", {-20, 60, {}, {}}, {}},
      {"no SoC", {-20, {}, 200, {}}, {}},
      {"no current known", {{}, 60, 200, {}}, {}},
  };
  for (const Case& c : cases) EXPECT_EQ(time_to_go(c.inputs, {}), c.want) << c.what;
}

TEST(TimeToGo, ObeysItsConfiguration) {
  const TimeToGoInputs charging{20, 60, 200, {}};
  EXPECT_EQ(time_to_go(charging, {.while_charging = TimeToGoConfig::WhileCharging::none}),
            std::nullopt);
  EXPECT_EQ(time_to_go(charging, {.enabled = false}), std::nullopt);
  EXPECT_EQ(time_to_go({-20, 60, 200, {}}, {.soc_floor_percent = 50}), 3600);
}

class TimeToGoClockTest : public testing::Test {
 protected:
  Seconds at(std::chrono::seconds when, double current_a, std::optional<double> soc = 60) {
    return clock_.update({current_a, soc, 200, {}}, {}, Instant(when));
  }
  TimeToGoClock clock_;
};

TEST_F(TimeToGoClockTest, RecalculatesOnlyWhenDue) {
  EXPECT_EQ(at(1000s, -20), 18000);
  EXPECT_EQ(at(1001s, -40), 18000);
  EXPECT_EQ(at(1299s, -40), 18000);
  EXPECT_EQ(at(1300s, -40), 9000);
}

TEST_F(TimeToGoClockTest, RecalculatesAtOnceWhenTheSignChanges) {
  EXPECT_EQ(at(1000s, -20), 18000);
  EXPECT_EQ(at(1001s, 20), 14400);
  EXPECT_EQ(at(1002s, 0), kTimeToGoCap);
  EXPECT_EQ(at(1003s, -10), 36000);
}

TEST_F(TimeToGoClockTest, NeverShowsAFigureWithoutItsInputs) {
  EXPECT_EQ(at(1000s, -20, std::nullopt), std::nullopt);
  EXPECT_EQ(at(1001s, -20), 18000);
  EXPECT_EQ(at(1002s, -20, std::nullopt), std::nullopt);
}

TEST_F(TimeToGoClockTest, SaysZeroAtOnceAtTheFloor) {
  EXPECT_EQ(at(1000s, -20, 10.5), 180);
  EXPECT_EQ(at(1010s, -20, 10), 0);
}

}  // namespace
}  // namespace dmb
