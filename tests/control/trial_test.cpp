// SPDX-License-Identifier: MIT
#include "dmb/control/trial.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <random>
#include <utility>

namespace dmb {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds kStep{5};

LimitsInForce jk(ComparedLimits limits) {
  return {.missing = {}, .who = "JK", .limits = limits};
}

LimitsInForce missing(NoComparison why) {
  return {.missing = why};
}

class TrialRun : public ::testing::Test {
 protected:
  /// Both stay as they are for so long, looked at every five seconds.
  void run(ComparedLimits own, const LimitsInForce& other, std::chrono::seconds lasting) {
    for (const Instant end = now_ + lasting; now_ < end; now_ += kStep)
      trial_.compare(own, other, now_);
    trial_.compare(own, other, now_);
  }
  const TrialHour& hour() const { return *trial_.running(); }

  Instant now_{1000s};
  Trial trial_;
};

TEST_F(TrialRun, WithTheSameLimitsSaysSo) {
  run({55.2, 100, 150}, jk({55.2, 100, 150}), 10min);
  EXPECT_EQ(hour().compared_s, 600);
  EXPECT_EQ(hour().charge_current.mean(), 0);
  EXPECT_EQ(describe(hour()), "beside JK, 10 min: CVL the same; CCL the same; DCL the same");
}

TEST_F(TrialRun, TellsHowMuchLowerAndHigherOverWhichTime) {
  run({55.2, 100, 150}, jk({55.4, 100, 120}), 15min);
  run({55.2, 40, 150}, jk({55.4, 100, 120}), 5min);
  EXPECT_NEAR(hour().charge_voltage.mean().value_or(0), -0.2, 1e-9);
  EXPECT_EQ(hour().charge_voltage.lower_s, 1200);
  EXPECT_EQ(hour().charge_current.mean(), -15);
  EXPECT_EQ(hour().charge_current.lower_s, 300);
  EXPECT_EQ(hour().charge_current.most_lower, 60);
  EXPECT_EQ(hour().charge_current.most_higher, 0);
  EXPECT_EQ(hour().discharge_current.most_higher, 30);
  EXPECT_EQ(describe(hour()),
            "beside JK, 20 min: CVL 0.2 V lower on average, lower 100 % of the time (0.2 V at "
            "most); CCL 15 A lower on average, lower 25 % of the time (60 A at most); DCL 30 A "
            "higher on average, higher 100 % of the time (30 A at most)");
}

TEST_F(TrialRun, WhatIsRoundedOtherwiseIsNoDifference) {
  run({55.2, 100, 150}, jk({55.24, 100.4, 149.6}), 1min);
  EXPECT_EQ(hour().charge_voltage.lower_s, 0);
  EXPECT_EQ(hour().charge_current.lower_s, 0);
  EXPECT_EQ(hour().discharge_current.higher_s, 0);
}

TEST_F(TrialRun, NoLimitIsHigherThanAnyAndHasNoAmount) {
  for (const auto& none : {std::optional<double>(), std::optional(kNoCurrentLimitA)}) {
    trial_ = {};
    run({55.2, 100, none}, jk({55.2, none, 150}), 1min);
    EXPECT_EQ(hour().charge_current.lower_s, 60);
    EXPECT_EQ(hour().charge_current.mean(), std::nullopt);
    EXPECT_EQ(hour().discharge_current.higher_s, 60);
    EXPECT_EQ(hour().discharge_current.most_higher, 0);
    EXPECT_EQ(describe(hour()),
              "beside JK, 60 s: CVL the same; CCL lower 100 % of the time; DCL higher 100 % of "
              "the time");
  }
}

TEST_F(TrialRun, NeitherHasALimitIsTheSame) {
  run({55.2, {}, {}}, jk({55.2, kNoCurrentLimitA, {}}), 1min);
  EXPECT_EQ(describe(hour()), "beside JK, 60 s: CVL the same; CCL the same; DCL the same");
}

TEST_F(TrialRun, CountsStopsThatTheOtherHasNot) {
  for (int i = 0; i < 2; ++i) {
    run({55.2, 0, 150}, jk({55.2, 100, 150}), 2min);
    run({55.2, 100, 150}, jk({55.2, 100, 150}), 1min);
  }
  run({55.2, 100, 150}, jk({55.2, 100, 0}), 3min);
  run({55.2, 0, 0}, jk({55.2, 0, 0}), 3min);
  EXPECT_EQ(hour().charge_current.own_stops, 2);
  EXPECT_EQ(hour().charge_current.own_stop_s, 240);
  EXPECT_EQ(hour().charge_current.other_stops, 0);
  EXPECT_EQ(hour().discharge_current.own_stops, 0);
  EXPECT_EQ(hour().discharge_current.other_stops, 1);
  EXPECT_EQ(hour().discharge_current.other_stop_s, 180);
  const std::string text = describe(hour());
  EXPECT_NE(text.find("; would have stopped charging alone 2 times, for 4 min"), text.npos) << text;
  EXPECT_NE(text.find("; would not have stopped discharging with it once, for 3 min"), text.npos)
      << text;
}

TEST_F(TrialRun, AStopAgainstNoLimitIsOne) {
  run({55.2, 0, 150}, jk({55.2, {}, 150}), 1min);
  EXPECT_EQ(hour().charge_current.own_stops, 1);
}

TEST_F(TrialRun, WhoIsAFewSecondsLateDoesNotDiffer) {
  run({55.2, 100, 150}, jk({55.2, 100, 150}), 1min);
  trial_.compare({55.2, 0, 150}, jk({55.2, 100, 150}), now_);
  now_ += kStep;
  run({55.2, 0, 150}, jk({55.2, 0, 150}), 1min);
  EXPECT_EQ(hour().charge_current.own_stops, 0);
  EXPECT_EQ(hour().charge_current.most_lower, 0);
  EXPECT_EQ(hour().charge_current.lower_s, 5) << "the time is told as it was";
}

TEST_F(TrialRun, EndsEachHourOnceAndKeepsADay) {
  run({55.2, 100, 150}, jk({55.2, 100, 150}), 59min);
  EXPECT_FALSE(trial_.take_ended());
  run({55.2, 100, 150}, jk({55.2, 100, 150}), 2min);
  const auto ended = trial_.take_ended();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->compared_s, 3600);
  EXPECT_EQ(ended->ended_at - ended->began_at, 1h);
  EXPECT_FALSE(trial_.take_ended());
  EXPECT_EQ(hour().compared_s, 60);
  EXPECT_EQ(hour().beside, "JK") << "of the new hour as well";
  for (int i = 0; i < 30; ++i) run({55.2, 100.0 + i, 150}, jk({55.2, 100, 150}), 1h);
  EXPECT_EQ(trial_.hours().size(), Trial::kHours);
  EXPECT_GT(trial_.hours().back().charge_current.mean(),
            trial_.hours().front().charge_current.mean());
}

TEST_F(TrialRun, AStopThatGoesOnIsOneOfEachHour) {
  run({55.2, 0, 150}, jk({55.2, 100, 150}), 90min);
  EXPECT_EQ(trial_.hours().back().charge_current.own_stops, 1);
  EXPECT_EQ(trial_.hours().back().charge_current.own_stop_s, 3600);
  EXPECT_EQ(hour().charge_current.own_stops, 1);
  EXPECT_EQ(hour().charge_current.own_stop_s, 1800);
}

TEST_F(TrialRun, WhatWasNotLookedAtIsNotCounted) {
  run({55.2, 100, 150}, jk({55.2, 50, 150}), 1min);
  now_ += 10min;
  run({55.2, 100, 150}, jk({55.2, 50, 150}), 1min);
  EXPECT_EQ(hour().compared_s, 60 + 30 + 60);
  now_ += 100h;
  run({55.2, 100, 150}, jk({55.2, 50, 150}), 1min);
  ASSERT_EQ(trial_.hours().size(), 1U);
  EXPECT_EQ(trial_.hours().back().compared_s, 60 + 30 + 60 + 30);
}

TEST_F(TrialRun, SaysWhyNothingIsCompared) {
  for (const auto& [why, text] :
       {std::pair(NoComparison::no_systemcalc,
                  "not compared: com.victronenergy.system does not answer"),
        {NoComparison::dvcc_off, "not compared: DVCC is off, chargers go by their own settings"},
        {NoComparison::no_bms, "not compared: no battery gives limits to the GX"},
        {NoComparison::no_answer,
         "not compared: the battery that the GX goes by tells no limits"}}) {
    trial_ = {};
    run({55.2, 100, 150}, missing(why), 1min);
    EXPECT_EQ(hour().compared_s, 0);
    EXPECT_EQ(describe(hour()), text);
  }
  trial_ = {};
  run({}, jk({55.2, 100, 150}), 1min);
  EXPECT_EQ(describe(hour()),
            "not compared: it has no charge voltage of its own, so it would not control");
  trial_ = {};
  run({55.2, 100, 150}, jk({}), 1min);
  EXPECT_EQ(hour().missing, NoComparison::no_answer);
}

TEST_F(TrialRun, BeginsWithTheFirstAnswer) {
  run({55.2, 100, 150}, {}, 1min);
  EXPECT_FALSE(trial_.running());
  EXPECT_EQ(describe(*trial_.in_force().missing), "the GX has not answered yet");
}

TEST_F(TrialRun, SaysWhatWasMissingForAPartOfTheTime) {
  run({55.2, 100, 150}, jk({55.2, 100, 150}), 10min);
  run({55.2, 100, 150}, missing(NoComparison::dvcc_off), 10min);
  EXPECT_EQ(hour().compared_s, 600);
  const std::string text = describe(hour());
  EXPECT_NE(text.find("; the rest not compared: DVCC is off"), text.npos) << text;
}

TEST_F(TrialRun, AStopIsNotOneWithTheTimeBeforeAGap) {
  run({55.2, 0, 150}, jk({55.2, 100, 150}), 10s);
  run({55.2, 0, 150}, missing(NoComparison::dvcc_off), 1min);
  run({55.2, 0, 150}, jk({55.2, 100, 150}), 10s);
  EXPECT_EQ(hour().charge_current.own_stops, 0);
}

TEST_F(TrialRun, NamesTheLastOneOfSeveral) {
  run({55.2, 100, 150}, jk({55.2, 100, 150}), 1min);
  run({55.2, 100, 150}, {.missing = {}, .who = "CAN", .limits = {55.2, 100, 150}}, 1min);
  EXPECT_TRUE(hour().several);
  EXPECT_EQ(describe(hour()),
            "beside CAN and others, 2 min: CVL the same; CCL the same; DCL the same");
}

void expect_sound(const LimitComparison& limit, double compared_s) {
  EXPECT_LE(limit.lower_s + limit.higher_s, compared_s + 1e-6);
  EXPECT_LE(limit.measured_s, compared_s + 1e-6);
  EXPECT_GE(std::min(limit.most_lower, limit.most_higher), 0);
  for (const auto& [stops, stop_s] :
       {std::pair(limit.own_stops, limit.own_stop_s), {limit.other_stops, limit.other_stop_s}}) {
    EXPECT_EQ(stops > 0, stop_s > 0);
    EXPECT_LE(stop_s, compared_s + 15) << "what began in the hour before may end as a stop here";
  }
}

TEST_F(TrialRun, IsSoundWhateverComes) {
  std::mt19937 random(7);
  const auto limit = [&random]() -> std::optional<double> {
    constexpr std::array kValues{0.0, 0.0, 20.0, 55.2, 100.0, kNoCurrentLimitA};
    const std::size_t i = random() % (kValues.size() + 1);
    return i < kValues.size() ? std::optional(kValues.at(i)) : std::nullopt;
  };
  for (int i = 0; i < 5'000; ++i) {
    LimitsInForce other = jk({limit(), limit(), limit()});
    if (random() % 20 == 0) other = missing(static_cast<NoComparison>(random() % 6));
    trial_.compare({limit(), limit(), limit()}, other, now_);
    now_ += std::chrono::milliseconds(1 + random() % (random() % 50 == 0 ? 3'000'000 : 9'000));
    if (!trial_.running()) continue;
    ASSERT_LE(trial_.hours().size(), Trial::kHours);
    ASSERT_LE(describe(hour()).size(), 800U) << "so much of it the log tells";
    for (const LimitComparison* one :
         {&hour().charge_voltage, &hour().charge_current, &hour().discharge_current})
      expect_sound(*one, hour().compared_s);
    if (HasFailure()) return;
  }
}

TEST(ComparedLimits, AreThoseThatWouldBeShown) {
  LimitState state;
  EXPECT_EQ(compared_limits(state), ComparedLimits());
  state.max_charge_voltage = {.exists = true, .value = 55.2};
  state.max_charge_current = {.exists = true, .value = 0.0};
  state.max_discharge_current = {.exists = true, .value = kNoCurrentLimitA};
  EXPECT_EQ(compared_limits(state), (ComparedLimits{55.2, 0.0, std::nullopt}));
}

}  // namespace
}  // namespace dmb
