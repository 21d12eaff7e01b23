// SPDX-License-Identifier: MIT
#include "battery_model_fixture.h"

namespace dmb {
namespace {

TEST_F(BatteryModelTest, FallsSilentInTheOrderThatProtectsTheBattery) {
  send(100s, kWithLimits);
  send(130s, kWithLimits);
  EXPECT_EQ(value(189s, "/Info/MaxChargeCurrent"), OptValue(80.0));
  ASSERT_EQ(model_.next_change(Instant(189s)), Instant(190s));

  model_.view(Instant(190s));
  EXPECT_EQ(model_.phase(), Phase::holding);
  EXPECT_EQ(value(190s, "/Info/MaxChargeVoltage"), OptValue(kBlindStopV))
      << "CVL stays beside the zero, below the voltage the battery last had";
  EXPECT_EQ(value(190s, "/Info/MaxChargeCurrent"), OptValue(0.0));
  EXPECT_EQ(value(190s, "/Info/MaxDischargeCurrent"), OptValue(120.0));
  EXPECT_EQ(value(190s, "/Alarms/BmsCable"), OptValue(2));
  for (const char* path : {"/Soc", "/Dc/0/Power", "/Dc/0/Voltage", "/Dc/0/Current"})
    EXPECT_EQ(value(190s, path), std::nullopt) << path;
  ASSERT_EQ(model_.next_change(Instant(190s)), Instant(200s));

  model_.view(Instant(200s));
  EXPECT_EQ(model_.phase(), Phase::gone);

  send(500s, kWithLimits);
  EXPECT_EQ(value(500s, "/Info/MaxChargeCurrent"), OptValue(80.0));
  EXPECT_EQ(value(500s, "/Alarms/BmsCable"), std::nullopt);
  EXPECT_EQ(value(500s, "/Soc"), OptValue(63.0));
}

TEST_F(BatteryModelTest, StopsDischargingTooWhereConfigured) {
  model_ = BatteryModel({.timeout = 60s, .stop_discharge_on_timeout = true});
  send(100s, kWithLimits);
  EXPECT_EQ(value(160s, "/Info/MaxDischargeCurrent"), OptValue(0.0));
}

TEST_F(BatteryModelTest, CreatesNoLimitBySilence) {
  send(100s, kMinimum);
  for (const char* path :
       {"/Info/MaxChargeVoltage", "/Info/MaxChargeCurrent", "/Info/MaxDischargeCurrent"}) {
    EXPECT_FALSE(at(100s, path).exists) << path;
    EXPECT_FALSE(at(165s, path).exists) << path;
  }
}

TEST_F(BatteryModelTest, ReturnsWithinTheHoldAsIfNothingHadBeen) {
  send(100s, kWithLimits);
  EXPECT_EQ(value(165s, "/Info/MaxChargeCurrent"), OptValue(0.0));
  send(166s, kWithLimits);
  EXPECT_EQ(model_.phase(), Phase::live);
  EXPECT_EQ(value(166s, "/Info/MaxChargeCurrent"), OptValue(80.0));
}

TEST_F(BatteryModelTest, DoesNotTakeARetainedMessageForLife) {
  send(100s, kWithLimits, Delivery::retained);
  model_.view(Instant(100s));
  EXPECT_EQ(model_.phase(), Phase::waiting);
  send(101s, {{"/Soc", 50.0}, {"/Dc/0/Voltage", 51.0}, {"/Dc/0/Power", 0.0}});
  EXPECT_EQ(model_.phase(), Phase::live);
  EXPECT_EQ(value(101s, "/Soc"), OptValue(50.0));
  EXPECT_FALSE(at(101s, "/Info/MaxChargeVoltage").exists) << "a limit only from a live message";
  EXPECT_FALSE(at(101s, "/Info/MaxChargeCurrent").exists);
}

TEST_F(BatteryModelTest, DoesNotLetARetainedMessageReplaceOrProlongWhatALiveOneTold) {
  send(100s, {{"/Soc", 50.0}, {"/Dc/0/Voltage", 51.0}, {"/Soh", std::nullopt}});
  send(101s, {{"/Soc", 99.0}, {"/Soh", 97.0}, {"/Dc/0/Temperature", 20.0}}, Delivery::retained);
  EXPECT_EQ(value(101s, "/Soc"), OptValue(50.0));
  EXPECT_EQ(value(101s, "/Soh"), std::nullopt) << "told to be unknown";
  EXPECT_EQ(value(101s, "/Dc/0/Temperature"), OptValue(20.0));
  model_.view(Instant(160s));
  EXPECT_EQ(model_.phase(), Phase::holding) << "60 s after the live message";
}

TEST_F(BatteryModelTest, TakesARetainedMessageForLifeWhenSilenceNeverEndsOne) {
  model_ = BatteryModel({.timeout = 0s});
  send(100s, kMinimum, Delivery::retained);
  EXPECT_EQ(model_.phase(), Phase::live);
  EXPECT_EQ(value(std::chrono::hours(9999), "/Soc"), OptValue(63.0));
  EXPECT_EQ(model_.next_change(Instant(100s)), std::nullopt);
}

TEST_F(BatteryModelTest, KeepsWhatTheLastMessageCarriedWhileTheVenusBrokerBeats) {
  send(100s, {{"/Soc", 63.0}, {"/Soh", 98.0}});
  send(110s, kWithLimits);
  for (auto when = 113s; when <= 300s; when += 3s) model_.heartbeat(Instant(when));
  EXPECT_EQ(value(300s, "/Soc"), OptValue(63.0));
  EXPECT_EQ(value(300s, "/Info/MaxChargeCurrent"), OptValue(80.0));
  EXPECT_EQ(value(300s, "/Soh"), std::nullopt) << "not in the last message";
  model_.view(Instant(358s));
  EXPECT_EQ(model_.phase(), Phase::live);
  model_.view(Instant(359s));
  EXPECT_EQ(model_.phase(), Phase::holding);
  model_.heartbeat(Instant(361s));
  model_.view(Instant(361s));
  EXPECT_EQ(model_.phase(), Phase::holding) << "a heartbeat does not revive";
}

TEST_F(BatteryModelTest, TreatsADeclaredEndAsSilenceAtOnce) {
  send(100s, kWithLimits);
  model_.declare_gone(Instant(101s));
  EXPECT_EQ(value(101s, "/Info/MaxChargeCurrent"), OptValue(0.0));
  EXPECT_EQ(value(101s, "/Info/MaxChargeVoltage"), OptValue(kBlindStopV));
  model_.heartbeat(Instant(105s));
  model_.view(Instant(111s));
  EXPECT_EQ(model_.phase(), Phase::gone);
}

TEST_F(BatteryModelTest, DiesOfMessagesThatOnlyCarryLimitsWhileTheValuesAreUnavailable) {
  send(100s, kWithLimits);
  model_.view(Instant(100s));
  for (auto when = 101s; when < 160s; when += 1s)
    send(when, {{"/Soc", std::nullopt},
                {"/Dc/0/Power", std::nullopt},
                {"/Dc/0/Voltage", std::nullopt},
                {"/Alarms/HighVoltage", 2},
                {"/Info/MaxChargeVoltage", 55.2},
                {"/Info/MaxChargeCurrent", 80.0}});
  EXPECT_EQ(value(159s, "/Soc"), std::nullopt) << "unknown at once";
  EXPECT_EQ(value(159s, "/Alarms/HighVoltage"), OptValue(2)) << "and what else it tells is shown";
  EXPECT_EQ(value(159s, "/Info/MaxChargeCurrent"), OptValue(80.0));
  EXPECT_EQ(value(160s, "/Info/MaxChargeCurrent"), OptValue(0.0));
  EXPECT_EQ(value(160s, "/Info/MaxChargeVoltage"), OptValue(kBlindStopV))
      << "below the last voltage known";
  model_.view(Instant(170s));
  EXPECT_EQ(model_.phase(), Phase::gone);
}

TEST_F(BatteryModelTest, IsNotThereBeforeItKnowsWhatIsRequired) {
  send(100s, {{"/Soc", std::nullopt}, {"/Dc/0/Voltage", 52.7}});
  model_.view(Instant(100s));
  EXPECT_EQ(model_.phase(), Phase::waiting);
  model_ = BatteryModel({.timeout = 60s, .required = {q("/Dc/0/Voltage")}});
  send(100s, {{"/Dc/0/Voltage", 12.7}});
  EXPECT_EQ(model_.phase(), Phase::live) << "a starter battery";
}

TEST_F(BatteryModelTest, IsNotKeptAliveByHeartbeatsAfterAnUnusableOrRejectedMessage) {
  for (const bool rejected : {false, true}) {
    model_ = BatteryModel({.timeout = 60s});
    send(100s, kWithLimits);
    model_.heartbeat(Instant(103s));
    model_.view(Instant(103s));
    if (rejected)
      model_.rejected();
    else
      send(104s, {{"/Soc", 63.0}, {"/Dc/0/Voltage", std::nullopt}, {"/Alarms/BmsCable", 2}});
    EXPECT_EQ(value(104s, "/Alarms/BmsCable"), rejected ? OptValue() : OptValue(2));
    for (auto when = 106s; when < 160s; when += 3s) model_.heartbeat(Instant(when));
    model_.view(Instant(162s));
    EXPECT_EQ(model_.phase(), Phase::live);
    model_.view(Instant(163s));
    EXPECT_EQ(model_.phase(), Phase::holding);
    EXPECT_EQ(value(163s, "/Info/MaxChargeCurrent"), OptValue(0.0));
  }
}

TEST_F(BatteryModelTest, IsNotKeptAliveByHeartbeatsOfANewConnectionUntilItsTopicIsHeard) {
  send(100s, kWithLimits);
  model_.connected();
  EXPECT_EQ(model_.question_due(), std::nullopt);
  for (auto when = 103s; when < 160s; when += 3s) model_.heartbeat(Instant(when));
  EXPECT_EQ(model_.question_due(), Instant(103s)) << "it is asked for";
  model_.view(Instant(160s));
  EXPECT_EQ(model_.phase(), Phase::holding);
  send(161s, kWithLimits);
  for (auto when = 162s; when < 300s; when += 3s) model_.heartbeat(Instant(when));
  model_.view(Instant(300s));
  EXPECT_EQ(model_.phase(), Phase::live);
}

TEST_F(BatteryModelTest, IsNotKeptAliveByHeartbeatsForATopicItDoesNotReadAnyMore) {
  send(100s, kWithLimits);
  model_.view(Instant(100s));
  model_.change_source();
  for (auto when = 103s; when < 160s; when += 3s) model_.heartbeat(Instant(when));
  EXPECT_EQ(value(120s, "/Info/MaxChargeCurrent"), OptValue(0.0))
      << "what the old one told is void";
  EXPECT_EQ(model_.question_due(), Instant(103s)) << "the new one is asked for";
  model_.view(Instant(160s));
  EXPECT_EQ(model_.phase(), Phase::holding);
}

TEST_F(BatteryModelTest, IsAskedForWhenTheBrokerGoesOnAfterALongerSilence) {
  send(100s, kWithLimits);
  model_.heartbeat(Instant(103s));
  model_.view(Instant(163s));  // the broker hung
  model_.heartbeat(Instant(170s));
  EXPECT_EQ(model_.question_due(), Instant(170s));
}

}  // namespace
}  // namespace dmb
