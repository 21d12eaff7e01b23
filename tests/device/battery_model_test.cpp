// SPDX-License-Identifier: MIT
#include "battery_model_fixture.h"

namespace dmb {
namespace {

TEST_F(BatteryModelTest, ShowsTheMessageAndWhatFollowsFromIt) {
  send(100s, kMinimum);
  EXPECT_EQ(value(100s, "/Soc"), OptValue(63.0));
  EXPECT_NEAR(std::get<double>(*value(100s, "/Dc/0/Current")), 6.102, 0.001);
  EXPECT_EQ(value(100s, "/Capacity"), std::nullopt);
  EXPECT_EQ(value(100s, "/TimeToGo"), std::nullopt) << "needs a capacity";
}

TEST_F(BatteryModelTest, HasEverySeedItemFromTheStartButNoLimitAndNoFarCell) {
  send(100s, kMinimum);
  for (const Quantity id : all_quantities()) {
    const ItemSpec& item = id.spec();
    if (!has(item.traits, Trait::payload)) continue;
    EXPECT_EQ(model_.view(Instant(100s))[id].exists, !has(item.traits, Trait::on_sight))
        << item.path;
  }
}

TEST_F(BatteryModelTest, CreatesAFarCellOnSightAndKeepsItWhenItGoes) {
  send(100s, {{"/Soc", 63.0}, {"/Dc/0/Voltage", 52.7}, {"/Voltages/Cell30", 3.3}});
  EXPECT_TRUE(at(100s, "/Voltages/Cell30").exists);
  EXPECT_FALSE(at(100s, "/Voltages/Cell31").exists);
  send(150s, kMinimum);
  EXPECT_TRUE(at(160s, "/Voltages/Cell30").exists);
  EXPECT_EQ(value(160s, "/Voltages/Cell30"), std::nullopt);
}

TEST_F(BatteryModelTest, LetsEachFieldAgeByItself) {
  const std::pair<const char*, OptValue> voltage{"/Dc/0/Voltage", 52.7};
  send(100s, {{"/Soc", 63.0}, voltage, {"/Soh", 98.0}, {"/Dc/0/Temperature", 21.0}});
  send(130s, {{"/Soc", 64.0}, voltage, {"/Dc/0/Temperature", 22.0}});
  send(159s, {{"/Soc", 65.0}, voltage});
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

TEST_F(BatteryModelTest, DoubtsValuesThatDoNotFitTogetherAndShowsThemAsTold) {
  for (auto now = 100s; now <= 165s; ++now)
    send(now, {{"/Dc/0/Voltage", 52.7}, {"/Dc/0/Current", 6.1}, {"/Dc/0/Power", -321.6}});
  ASSERT_EQ(model_.doubts().size(), 1u);
  EXPECT_EQ(model_.doubts()[0].about, Doubt::About::sign);
  EXPECT_EQ(value(165s, "/Dc/0/Power"), OptValue(-321.6));
  model_.declare_gone(Instant(166s));
  EXPECT_TRUE(model_.doubts().empty());
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
  send(100s, {{"/Soc", 60.0},
              {"/Dc/0/Voltage", 52.7},
              {"/Io/AllowToCharge", 0},
              {"/Voltages/Cell1", 3.3}});
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

TEST_F(BatteryModelTest, DoesNotMindBeingAppliedTwice) {
  send(100s, kWithLimits);
  const ItemValues once = model_.view(Instant(100s));
  send(100s, kWithLimits);
  EXPECT_EQ(model_.view(Instant(100s)), once);
}

TEST_F(BatteryModelTest, LeavesServiceItemsAlone) {
  model_.values().set(*find_quantity("/ProductName"), std::string("MQTT Battery"));
  send(100s, kMinimum);
  EXPECT_EQ(value(165s, "/ProductName"), OptValue("MQTT Battery"));
}

TEST_F(BatteryModelTest, CountsWhatWasApplied) {
  send(100s, kMinimum);
  send(101s, kMinimum, Delivery::retained);
  EXPECT_EQ(model_.applied(), 2u);
}

TEST_F(BatteryModelTest, TakesNewRulesWithoutForgettingAnything) {
  send(100s, kWithLimits);
  model_.change_rules({.timeout = 10s, .stop_discharge_on_timeout = true});
  EXPECT_EQ(value(109s, "/Info/MaxChargeCurrent"), OptValue(80.0));
  EXPECT_EQ(value(109s, "/Soc"), OptValue(63.0));
  EXPECT_EQ(value(110s, "/Info/MaxChargeCurrent"), OptValue(0.0)) << "the new time-out";
  EXPECT_EQ(value(110s, "/Info/MaxDischargeCurrent"), OptValue(0.0));
}

TEST_F(BatteryModelTest, CalculatesTheTimeToGoAnewByNewRules) {
  send(100s, {{"/Soc", 60.0},
              {"/Dc/0/Voltage", 50.0},
              {"/Dc/0/Current", -10.0},
              {"/InstalledCapacity", 100.0}});
  EXPECT_EQ(value(100s, "/TimeToGo"), OptValue(18000));
  model_.change_rules({.timeout = 60s, .time_to_go = {.soc_floor_percent = 50}});
  EXPECT_EQ(value(101s, "/TimeToGo"), OptValue(3600));
}

}  // namespace
}  // namespace dmb
