// SPDX-License-Identifier: MIT
#include "dmb/domain/battery_model.h"

#include "dmb/domain/battery_items.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <utility>

namespace dmb {
namespace {

using namespace std::chrono_literals;
using Delivery = BatteryModel::Delivery;
using Phase = Life::Phase;
using Fields = std::initializer_list<std::pair<const char*, OptValue>>;

const Fields kMinimum{{"/Soc", 63.0}, {"/Dc/0/Power", 321.6}, {"/Dc/0/Voltage", 52.7}};
const Fields kWithLimits{{"/Soc", 63.0},
                         {"/Dc/0/Power", 321.6},
                         {"/Dc/0/Voltage", 52.7},
                         {"/Info/MaxChargeVoltage", 55.2},
                         {"/Info/MaxChargeCurrent", 80.0},
                         {"/Info/MaxDischargeCurrent", 120.0}};

class BatteryModelTest : public testing::Test {
 protected:
  void send(std::chrono::milliseconds when, const Fields& fields,
            Delivery delivery = Delivery::live) {
    Reading reading(battery_items().size());
    for (const auto& [path, value] : fields) reading.set(*find_item(path), value);
    model_.apply(reading, delivery, Instant(when));
  }
  /// A message that gives `path` a value that cannot be used.
  void send_refused(std::chrono::milliseconds when, const char* path, const Fields& fields) {
    Reading reading(battery_items().size());
    for (const auto& [other, value] : fields) reading.set(*find_item(other), value);
    reading.set_bad(*find_item(path), "is nonsense");
    model_.apply(reading, Delivery::live, Instant(when));
  }
  const ItemValues::Slot& at(std::chrono::milliseconds when, const char* path) {
    return model_.view(Instant(when))[*find_item(path)];
  }
  OptValue value(std::chrono::milliseconds when, const char* path) { return at(when, path).value; }

  BatteryModel model_{{.timeout = 60s}};
};

TEST_F(BatteryModelTest, ShowsTheMessageAndWhatFollowsFromIt) {
  send(100s, kMinimum);
  EXPECT_EQ(value(100s, "/Soc"), OptValue(63.0));
  EXPECT_NEAR(std::get<double>(*value(100s, "/Dc/0/Current")), 6.102, 0.001);
  EXPECT_EQ(value(100s, "/Capacity"), std::nullopt);
  EXPECT_EQ(value(100s, "/TimeToGo"), std::nullopt) << "needs a capacity";
}

TEST_F(BatteryModelTest, HasEverySeedItemFromTheStartButNoLimitAndNoFarCell) {
  send(100s, kMinimum);
  for (ItemId id = 0; id < battery_items().size(); ++id) {
    const ItemSpec& item = battery_items()[id];
    if (!has(item.traits, Trait::payload)) continue;
    EXPECT_EQ(model_.view(Instant(100s))[id].exists, !has(item.traits, Trait::on_sight))
        << item.path;
  }
}

TEST_F(BatteryModelTest, CreatesAFarCellOnSightAndKeepsItWhenItGoes) {
  send(100s, {{"/Voltages/Cell30", 3.3}});
  EXPECT_TRUE(at(100s, "/Voltages/Cell30").exists);
  EXPECT_FALSE(at(100s, "/Voltages/Cell31").exists);
  send(150s, kMinimum);
  EXPECT_TRUE(at(160s, "/Voltages/Cell30").exists);
  EXPECT_EQ(value(160s, "/Voltages/Cell30"), std::nullopt);
}

TEST_F(BatteryModelTest, LetsEachFieldAgeByItself) {
  send(100s, {{"/Soc", 63.0}, {"/Soh", 98.0}, {"/Dc/0/Temperature", 21.0}});
  send(130s, {{"/Soc", 64.0}, {"/Dc/0/Temperature", 22.0}});
  send(159s, {{"/Soc", 65.0}});
  EXPECT_EQ(value(159s, "/Soh"), OptValue(98.0));
  EXPECT_EQ(model_.next_change(Instant(159s)), Instant(160s));
  EXPECT_EQ(value(160s, "/Soh"), std::nullopt);
  EXPECT_EQ(value(160s, "/Dc/0/Temperature"), OptValue(22.0));
  EXPECT_EQ(value(190s, "/Dc/0/Temperature"), std::nullopt);
  EXPECT_EQ(value(190s, "/Soc"), OptValue(65.0));
}

TEST_F(BatteryModelTest, ShowsNullAsInvalidAtOnce) {
  send(100s, {{"/Soc", 63.0}, {"/Soh", 98.0}});
  send(101s, {{"/Soc", 63.0}, {"/Soh", std::nullopt}});
  EXPECT_EQ(value(101s, "/Soh"), std::nullopt);
}

TEST_F(BatteryModelTest, DerivesWhatAnOlderMessageToldOtherwise) {
  send(100s, {{"/Dc/0/Voltage", 50.0}, {"/Dc/0/Current", 2.0}, {"/Dc/0/Power", 100.0}});
  send(101s, {{"/Dc/0/Voltage", 50.0}, {"/Dc/0/Current", -4.0}});
  EXPECT_EQ(value(101s, "/Dc/0/Power"), OptValue(-200.0));
}

TEST_F(BatteryModelTest, DoesNotDeriveAVoltageThatWasGivenAndRefused) {
  send(100s, {{"/Dc/0/Voltage", 52.0}, {"/Dc/0/Current", 2.0}, {"/Dc/0/Power", 104.0}});
  send_refused(101s, "/Dc/0/Voltage", {{"/Dc/0/Current", 2.0}, {"/Dc/0/Power", 1.2}});
  EXPECT_EQ(value(101s, "/Dc/0/Voltage"), std::nullopt);
  send(102s, {{"/Dc/0/Current", 2.0}, {"/Dc/0/Power", 104.0}});
  EXPECT_EQ(value(102s, "/Dc/0/Voltage"), OptValue(52.0)) << "not given any more";
}

TEST_F(BatteryModelTest, DerivesNothingFromTwoMessages) {
  send(100s, {{"/Dc/0/Voltage", 50.0}, {"/Dc/0/Current", 2.0}, {"/Dc/0/Power", 100.0}});
  send(101s, {{"/Dc/0/Voltage", std::nullopt}, {"/Dc/0/Power", 400.0}});
  EXPECT_EQ(value(101s, "/Dc/0/Voltage"), std::nullopt) << "200 V of an old current";
  EXPECT_EQ(value(101s, "/Dc/0/Current"), OptValue(2.0));
}

TEST_F(BatteryModelTest, LetsADerivedValueAgeWithItsMessage) {
  send(100s, {{"/Dc/0/Voltage", 50.0}, {"/Dc/0/Current", 2.0}});
  send(130s, {{"/Dc/0/Voltage", 51.0}});
  EXPECT_EQ(value(130s, "/Dc/0/Power"), OptValue(100.0));
  EXPECT_EQ(value(160s, "/Dc/0/Power"), std::nullopt);
  EXPECT_EQ(value(160s, "/Dc/0/Voltage"), OptValue(51.0));
}

TEST_F(BatteryModelTest, PutsNothingInThePlaceOfARefusedValueUntilThatIsTooOld) {
  const Fields inputs{{"/Soc", 60.0}, {"/Dc/0/Current", -20.0}, {"/InstalledCapacity", 200.0}};
  for (const char* path : {"/Capacity", "/TimeToGo", "/System/NrOfModulesOnline"}) {
    BatteryModel fresh{{.timeout = 60s}};
    std::swap(model_, fresh);
    send_refused(100s, path, inputs);
    EXPECT_EQ(value(100s, path), std::nullopt) << path;
    send(159s, inputs);
    EXPECT_EQ(value(159s, path), std::nullopt) << path;
    EXPECT_TRUE(value(160s, path)) << path;
  }
}

TEST_F(BatteryModelTest, TellsItsModulesAlsoWhileItIsSilent) {
  send(100s, {{"/Soc", 60.0}, {"/Io/AllowToCharge", 0}, {"/Voltages/Cell1", 3.3}});
  EXPECT_EQ(value(100s, "/System/NrOfModulesOnline"), OptValue(1));
  EXPECT_EQ(value(100s, "/System/NrOfModulesBlockingCharge"), OptValue(1));
  EXPECT_EQ(value(100s, "/System/NrOfModulesBlockingDischarge"), OptValue(0));
  EXPECT_EQ(value(100s, "/System/NrOfCellsPerBattery"), OptValue(1));
  for (const auto now : {160s, 161s}) {
    EXPECT_EQ(value(now, "/System/NrOfModulesOnline"), OptValue(0));
    EXPECT_EQ(value(now, "/System/NrOfModulesOffline"), OptValue(1));
    EXPECT_EQ(value(now, "/System/NrOfModulesBlockingCharge"), OptValue(0));
    EXPECT_EQ(value(now, "/System/NrOfCellsPerBattery"), std::nullopt);
  }
}

TEST_F(BatteryModelTest, KeepsAGivenTimeToGo) {
  send(100s, {{"/Soc", 60.0},
              {"/Dc/0/Current", -20.0},
              {"/Dc/0/Voltage", 50.0},
              {"/InstalledCapacity", 200.0}});
  EXPECT_EQ(value(100s, "/TimeToGo"), OptValue(18000));
  send(101s, {{"/Soc", 60.0}, {"/TimeToGo", 4711}});
  EXPECT_EQ(value(101s, "/TimeToGo"), OptValue(4711));
}

TEST_F(BatteryModelTest, FallsSilentInTheOrderThatProtectsTheBattery) {
  send(100s, kWithLimits);
  send(130s, kWithLimits);
  EXPECT_EQ(value(189s, "/Info/MaxChargeCurrent"), OptValue(80.0));
  ASSERT_EQ(model_.next_change(Instant(189s)), Instant(190s));

  model_.view(Instant(190s));
  EXPECT_EQ(model_.phase(), Phase::holding);
  EXPECT_EQ(value(190s, "/Info/MaxChargeVoltage"), OptValue(55.2)) << "CVL stays beside the zero";
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

TEST_F(BatteryModelTest, StopsChargingWhenACurrentLimitAgesOutWhileTheRestLives) {
  send(100s, kWithLimits);
  for (auto when = 110s; when <= 160s; when += 10s)
    send(when, {{"/Soc", 63.0}, {"/Info/MaxChargeVoltage", 55.2}});
  EXPECT_EQ(value(159999ms, "/Info/MaxChargeCurrent"), OptValue(80.0));
  EXPECT_EQ(value(160s, "/Info/MaxChargeCurrent"), OptValue(0.0));
  EXPECT_EQ(value(160s, "/Info/MaxChargeVoltage"), OptValue(55.2));
  EXPECT_TRUE(model_.limits().charge_stopped);
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
  EXPECT_EQ(value(101s, "/Info/MaxChargeVoltage"), OptValue(55.2)) << "filled in";
}

TEST_F(BatteryModelTest, DoesNotLetARetainedMessageReplaceOrProlongWhatALiveOneTold) {
  send(100s, {{"/Soc", 50.0}, {"/Soh", std::nullopt}});
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
  EXPECT_EQ(value(101s, "/Info/MaxChargeVoltage"), OptValue(55.2));
  model_.heartbeat(Instant(105s));
  model_.view(Instant(111s));
  EXPECT_EQ(model_.phase(), Phase::gone);
}

TEST_F(BatteryModelTest, DoesNotMindBeingAppliedTwice) {
  send(100s, kWithLimits);
  const ItemValues once = model_.view(Instant(100s));
  send(100s, kWithLimits);
  EXPECT_EQ(model_.view(Instant(100s)), once);
}

TEST_F(BatteryModelTest, GetsALostLimitBackWithALiveMessageOnly) {
  send(100s, kWithLimits);
  send(150s, kMinimum);
  EXPECT_EQ(value(165s, "/Info/MaxChargeCurrent"), OptValue(0.0));
  EXPECT_EQ(value(175s, "/Info/MaxChargeVoltage"), std::nullopt);
  send(180s, kWithLimits, Delivery::retained);
  EXPECT_EQ(value(180s, "/Info/MaxChargeCurrent"), OptValue(0.0)) << "of unknown age";
  EXPECT_EQ(value(180s, "/Info/MaxChargeVoltage"), std::nullopt);
  send(181s, kWithLimits);
  EXPECT_EQ(value(181s, "/Info/MaxChargeCurrent"), OptValue(80.0));
}

TEST_F(BatteryModelTest, IsNotDueAgainForAChargeVoltageThatWasLostBeforeTheSilence) {
  send(100s, kWithLimits);
  send(105s, kMinimum);
  model_.view(Instant(160s));  // CVL is lost and would leave at 170 s
  model_.view(Instant(165s));  // silent until 175 s
  ASSERT_EQ(model_.phase(), Phase::holding);
  model_.view(Instant(170s));
  EXPECT_EQ(model_.next_change(Instant(170s)), Instant(175s)) << "not at once, again and again";
}

TEST_F(BatteryModelTest, ForgetsItsChargeVoltageAtTheEndOfTheHoldWhateverComesFirst) {
  for (const bool heartbeat : {true, false}) {
    model_ = BatteryModel({.timeout = 60s});
    send(100s, kWithLimits);
    model_.view(Instant(160s));
    if (heartbeat)
      model_.heartbeat(Instant(170s));
    else
      send(170s, kMinimum, Delivery::retained);
    model_.view(Instant(170s));
    ASSERT_EQ(model_.phase(), Phase::gone);
    send(175s, kMinimum);
    EXPECT_EQ(value(175s, "/Info/MaxChargeVoltage"), std::nullopt) << "an old one came back";
    EXPECT_EQ(value(175s, "/Info/MaxChargeCurrent"), OptValue(0.0));
  }
}

TEST_F(BatteryModelTest, LeavesServiceItemsAlone) {
  model_.values().set(*find_item("/ProductName"), std::string("MQTT Battery"));
  send(100s, kMinimum);
  EXPECT_EQ(value(165s, "/ProductName"), OptValue("MQTT Battery"));
}

TEST_F(BatteryModelTest, CountsWhatWasApplied) {
  send(100s, kMinimum);
  send(101s, kMinimum, Delivery::retained);
  EXPECT_EQ(model_.applied(), 2u);
}

}  // namespace
}  // namespace dmb
