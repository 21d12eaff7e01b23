// SPDX-License-Identifier: MIT
// A battery whose cell that is ahead cannot be seen: no charging beyond what is safe blindly.
#include "../support/sim/our_control.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace dmb::sim {
namespace {

constexpr double kHourS = 3600;

/// Whom it befalls: the first cell, which is 3 Ah ahead.
Scenario with_fault(Fault::Kind kind, double from_h, bool feed_in) {
  return {.name = "",
          .site = {.packs = {{.capacity_ah = 280, .soc = 0.44, .ahead_ah = {3}, .balance_a = 0.2}},
                   .feed_in = feed_in},
          .day = {},
          .faults = {{.kind = kind, .cell = 0, .from_s = from_h * kHourS, .until_s = 24 * kHourS}},
          .from_s = 8.5 * kHourS,
          .until_s = 13 * kHourS};
}

/// What became of it.
struct Course {
  Metrics metrics;
  double late_ccl_a = 0;  ///< the most in the last hour
  double late_current_a = -1000;
  std::string why;
};

Course play(const Scenario& scenario) {
  OurControl control(our_rules(), 44);
  Course course;
  course.metrics = run(control, scenario, [&](const Moment& moment) {
    if (moment.now_s < scenario.until_s - kHourS) return;
    course.late_ccl_a = std::max(course.late_ccl_a, moment.answer.limits.ccl_a);
    course.why = describe(control.shown().max_charge_current.reason);
    course.late_current_a = std::max(course.late_current_a, moment.site.current_a());
  });
  return course;
}

TEST(ACellThatIsAheadAndNotSeen, IsNotChargedTooFar) {
  const struct {
    const char* what;
    Fault::Kind kind;
    double from_h;
    bool feed_in;
    const char* why;
  } rows[] = {
      {"missing", Fault::Kind::cell_missing, 9, true, "not known: Pack1: 1 of 16 cells: 14 A"},
      {"absurd", Fault::Kind::cell_absurd, 9, true, "not known: Pack1: 1 of 16 cells: 14 A"},
      {"stuck", Fault::Kind::cell_stuck, 9, false, "not known: Pack1: C1 stands still: 14 A"},
      {"stuck", Fault::Kind::cell_stuck, 9, true, "not known: Pack1: C1 stands still: 14 A"},
      {"stuck late", Fault::Kind::cell_stuck, 10.9, true,
       "not known: Pack1: C1 stands still: 14 A"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(std::string(row.what) + (row.feed_in ? ", feed-in" : ""));
    const Course course = play(with_fault(row.kind, row.from_h, row.feed_in));
    EXPECT_LT(course.metrics.highest_cell_v, 3.50);
    EXPECT_EQ(course.metrics.trips, 0);
    EXPECT_EQ(course.late_ccl_a, 14);
    EXPECT_EQ(course.why, row.why);
  }
}

TEST(ACellThatIsAhead, DoesNoHarmWhereItStandsForItsNeighbour) {
  const Course course = play(with_fault(Fault::Kind::cells_swapped, 9, false));
  EXPECT_LT(course.metrics.highest_cell_v, our_rules().cell_full_v + 0.010);
  EXPECT_TRUE(course.metrics.floated);
}

TEST(ABatteryThatFallsSilent, IsNotChargedBlindly) {
  for (const bool feed_in : {false, true}) {
    const Course course = play(with_fault(Fault::Kind::stale, 9, feed_in));
    EXPECT_LT(course.metrics.highest_cell_v, our_rules().cell_full_v);
    EXPECT_EQ(course.late_ccl_a, 0);
    EXPECT_LT(course.late_current_a, 2.8);
  }
}

}  // namespace
}  // namespace dmb::sim
