// SPDX-License-Identifier: MIT
#include "dmb/status/status.h"

#include <gtest/gtest.h>

#include <vector>

namespace dmb::status {
namespace {

using Phase = Life::Phase;

TEST(DescribeLimits, TellsOfNoLimitThatWasNeverGiven) {
  EXPECT_EQ(describe_limits({}, Phase::live), LimitsStatus{});
}

TEST(DescribeLimits, TakesAZeroFromThePayloadForWhatItIs) {
  const LimitsStatus limits = describe_limits({{true, 55.2}, {true, 0}, {true, 120}}, Phase::live);
  EXPECT_EQ(limits.max_charge_current_a, (LimitStatus{0, "as the payload gives it", false}));
}

TEST(DescribeLimits, TakesTheBatteryThatBlocksChargingAtItsWord) {
  const LimitState blocked{.max_charge_current = {true, 0, Cause::charge_blocked}};
  const auto limit = describe_limits(blocked, Phase::live).max_charge_current_a;
  EXPECT_EQ(limit,
            (LimitStatus{0, "charging is stopped: the payload says Io/AllowToCharge 0", false}));
}

TEST(DescribeLimits, SaysThatNoLimitIsANumberAndNoFault) {
  const LimitState limits{.max_charge_current = {true, kNoCurrentLimitA, Cause::unlimited}};
  const auto limit = describe_limits(limits, Phase::live).max_charge_current_a;
  EXPECT_EQ(limit, (LimitStatus{10'000, "no limit: the payload gives none", false}));
}

TEST(DescribeLimits, NamesThoseWhoLoseToo) {
  LimitsStatus limits{.max_charge_current_a = LimitStatus{20, "cell", false}};
  describe_votes(std::vector<Vote>{{Limit::charge_current, 100, Cause::configured},
                                   {Limit::charge_current, 80, Cause::given},
                                   {Limit::charge_current, 0, Cause::silence},
                                   {Limit::charge_current, 20, Cause::charge_control,
                                    ChargeReason{.where = "C7", .measured = 3.451, .limit_a = 20}},
                                   {Limit::discharge_current, 5, Cause::given}},
                 limits);
  const std::vector<VoteStatus> expected{{100, "as configured"},
                                         {80, "as the payload gives it"},
                                         {0, "charging is stopped: the battery is silent"},
                                         {20, "highest cell C7 3.451 V: 20 A"}};
  EXPECT_EQ(limits.max_charge_current_a->votes, expected);
  EXPECT_FALSE(limits.max_discharge_current_a) << "a limit that is not there has no votes";
}

struct Case {
  const char* what;
  LimitState limits;
  Phase phase;
  std::optional<LimitStatus> LimitsStatus::*which;
  const char* says;
};

TEST(DescribeLimits, GivesTheReasonForEachReplacement) {
  const LimitState voltage_lost{.max_charge_voltage = {true, 55, Cause::charge_voltage_lost},
                                .max_charge_current = {true, 0, Cause::charge_voltage_lost}};
  const LimitState current_lost{.max_charge_current = {true, 0, Cause::not_usable}};
  const LimitState refused{.max_charge_voltage = {true, 55, Cause::charge_voltage_refused},
                           .max_charge_current = {true, 0, Cause::charge_voltage_refused}};
  const LimitState lowered{.max_charge_voltage = {true, 52.7, Cause::goes_on}};
  const LimitState silent{.max_charge_voltage = {true, 52.7, Cause::silence},
                          .max_charge_current = {true, 0, Cause::silence},
                          .max_discharge_current = {true, 0, Cause::silence}};
  const LimitState silent_kept{.max_charge_voltage = {true, 55, Cause::kept}};
  const LimitState kept{.max_discharge_current = {true, 120, Cause::kept}};
  const LimitState stopped{.max_discharge_current = {true, 0, Cause::not_usable}};
  const auto cvl = &LimitsStatus::max_charge_voltage_v;
  const auto ccl = &LimitsStatus::max_charge_current_a;
  const auto dcl = &LimitsStatus::max_discharge_current_a;
  const std::vector<Case> cases{
      {"lost CVL", voltage_lost, Phase::live, cvl, "beside CCL 0 for 10 s"},
      {"its CCL", voltage_lost, Phase::live, ccl, "does not give MaxChargeVoltage"},
      {"silence", silent_kept, Phase::holding, cvl,
       "the last one given, beside CCL 0: the battery is silent"},
      {"CVL gone",
       {.max_charge_voltage = {true, {}, Cause::charge_voltage_lost}},
       Phase::live,
       cvl,
       "unknown: the payload does not give it any more"},
      {"lost CCL", current_lost, Phase::live, ccl, "gives no usable MaxChargeCurrent"},
      {"silent CCL", silent, Phase::holding, ccl, "the battery is silent"},
      {"wrong CVL", refused, Phase::live, cvl, "does not fit the voltage now"},
      {"CCL beside it", refused, Phase::live, ccl, "does not fit the measured voltage"},
      {"lowered", lowered, Phase::live, cvl, "charging goes on although CCL is 0"},
      {"lowered in silence", silent, Phase::holding, cvl, "the voltage the battery last had"},
      {"kept DCL", kept, Phase::live, dcl, "the last one given: the payload"},
      {"kept in silence", kept, Phase::holding, dcl, "the last one given: the battery is silent"},
      {"stopped DCL", stopped, Phase::live, dcl, "discharging is stopped: the payload"},
      {"stopped in silence", silent, Phase::holding, dcl, "discharging is stopped: the battery"},
  };
  for (const Case& c : cases) {
    const auto limit = describe_limits(c.limits, c.phase).*c.which;
    ASSERT_TRUE(limit) << c.what;
    EXPECT_TRUE(limit->fault) << c.what;
    EXPECT_NE(limit->why.find(c.says), std::string::npos) << c.what << ": " << limit->why;
  }
}

TEST(DescribeLimits, OfABankGoesByTheReasonOfEach) {
  const ShareReason lost{.lost = 1, .expected = 2, .percent = 50};
  LimitState limits{{true, 56.8, Cause::configured},
                    {true, 50, Cause::share, lost},
                    {true, kNoCurrentLimitA, Cause::unlimited},
                    {}};
  LimitsStatus status = describe_limits(limits);
  EXPECT_EQ(status.max_charge_voltage_v, (LimitStatus{56.8, "as configured", false}));
  EXPECT_EQ(status.max_charge_current_a,
            (LimitStatus{50, "1 of 2 shunts lost: limited to 50 %", true}));
  EXPECT_EQ(status.max_discharge_current_a,
            (LimitStatus{kNoCurrentLimitA, "no limit configured", false}));

  limits.max_charge_voltage = {true, 55, Cause::goes_on};
  limits.max_charge_current = {true, 0, Cause::silence, BankTrouble::nobody_heard};
  status = describe_limits(limits);
  EXPECT_TRUE(status.max_charge_voltage_v->fault);
  EXPECT_EQ(status.max_charge_current_a, (LimitStatus{0, "no shunt is heard any more", true}));
}

}  // namespace
}  // namespace dmb::status
