// SPDX-License-Identifier: MIT
#include "log/narrator.h"

#include "../support/log_capture.h"

#include <gtest/gtest.h>

namespace dmb {
namespace {

using namespace std::chrono_literals;

class NarratorTest : public testing::Test {
 protected:
  void tell(const Note& note) { narrator_.tell({&note, 1}, {device_, bus_}, now_); }
  void tell_unused(MessageFault fault, bool first = false) {
    tell(note::MessageUnused{.fault = fault, .topic = "t", .what = "Soc", .first = first});
  }

  std::string device_ = "House";
  std::string bus_ = "com.victronenergy.battery.house";
  Instant now_ = Instant(1h);
  Narrator narrator_;
  test::LogCapture log_;
};

TEST_F(NarratorTest, SaysWhatComesAgainOnceAnHourWithItsNumber) {
  for (int i = 0; i < 10; ++i) tell_unused(MessageFault::not_json);
  now_ += 1h;
  tell_unused(MessageFault::not_json);
  EXPECT_EQ(log_.lines(), (std::vector<std::string>{
                              "warning House: topic t: Soc; message ignored",
                              "warning House: topic t: Soc (10 times in the last hour); message "
                              "ignored"}));
}

TEST_F(NarratorTest, SaysLostValuesAgainAfterASignOfLifeOnly) {
  tell_unused(MessageFault::no_value, true);
  tell_unused(MessageFault::no_value);
  EXPECT_EQ(log_.count("Soc is told without a usable value"), 1U);
  tell_unused(MessageFault::no_value, true);
  EXPECT_EQ(log_.count("Soc is told without a usable value"), 2U);
}

TEST_F(NarratorTest, SaysBadMessagesHoweverManyTopicsOthersMakeUp) {
  for (int i = 0; i < 1000; ++i) tell(note::OtherTopic{"topic" + std::to_string(i), "t"});
  EXPECT_LT(log_.lines().size(), 300U);
  tell_unused(MessageFault::not_json);
  tell(note::FieldUnusable{"/Soc", "140 is outside 0 … 100"});
  EXPECT_EQ(log_.count("message ignored"), 1U);
  EXPECT_EQ(log_.count("/Soc 140 is outside 0 … 100; shown as unknown"), 1U);
}

TEST_F(NarratorTest, EndsWithANoticeWhatChangesAllTheTime) {
  const auto flicker = [this] {
    tell(note::ChargeStopped{Cause::charge_blocked});
    tell(note::ChargeLimitsBack{});
  };
  for (int i = 0; i < 100; ++i) flicker();
  EXPECT_LT(log_.lines().size(), 30U);
  EXPECT_EQ(log_.count("The limits of House change all the time"), 1U);
  // What has nothing to do with it is said all the same.
  tell(note::FirstMessage{"t"});
  const StopReason alarm{{{"A", 1U << high_voltage_alarm}}, {}};
  tell(note::LimitChanged{Limit::charge_current, false, alarm});
  EXPECT_EQ(log_.count("House (topic t): first message"), 1U);
  EXPECT_EQ(log_.count("charging stopped: A: high voltage alarm"), 1U);
  now_ += 2min;
  const std::size_t before = log_.lines().size();
  flicker();
  EXPECT_EQ(log_.lines().size(), before + 2);
}

TEST_F(NarratorTest, SaysOfEachHourHowLimitsWouldDiffer) {
  TrialHour hour{.compared_s = 3600, .beside = "JK\n\x1b[31m"};
  hour.charge_current = {.lower_s = 900, .measured_s = 3600, .difference_s = -3600.0 * 15};
  for (int i = 0; i < 100; ++i) tell(note::TrialHourOver{hour});
  ASSERT_EQ(log_.lines().size(), 100U) << "each hour is worth a line";
  EXPECT_TRUE(log_.lines()[0].starts_with(
      "warning House: control = 0, its limits in the last hour: beside JK"))
      << log_.lines()[0];
  EXPECT_NE(log_.lines()[0].find("CCL 15 A lower on average, lower 25 % of the time; DCL the same"),
            std::string::npos);
  EXPECT_EQ(log_.lines()[0].find_first_of("\n\x1b"), std::string::npos);
}

TEST_F(NarratorTest, PutsNamesOfOthersIntoOneReadableLine) {
  tell(note::MemberGone{"Bow\nroot: \x1b[31m", 1});
  tell(note::TopicTakesOver{std::string(5000, 'x')});
  ASSERT_EQ(log_.lines().size(), 2U);
  EXPECT_EQ(log_.lines()[0].find_first_of("\n\x1b"), std::string::npos);
  EXPECT_LT(log_.lines()[1].size(), 1000U);
}

TEST_F(NarratorTest, NamesTheServiceThatLeaves) {
  tell(note::BankLeft{BankTrouble::nobody_heard});
  EXPECT_EQ(log_.lines(),
            std::vector<std::string>{
                "error House: no shunt is heard any more; com.victronenergy.battery.house leaves "
                "the bus until that has changed"});
}

}  // namespace
}  // namespace dmb
