// SPDX-License-Identifier: MIT
#include "battery_model_fixture.h"

#include <algorithm>
#include <array>

namespace dmb {
namespace {

/// What no message without usable values may do to limits, wherever it is in the sequence.
class NoLife : public testing::Test {
 protected:
  enum Kind : std::uint8_t { life, none, stored };
  struct Message {
    Kind kind = life;
    std::vector<std::pair<const char*, OptValue>> fields;
  };
  struct Case {
    const char* what;
    std::vector<Message> messages;  ///< a second apart, the first one at 100 s
    OptValue cvl, ccl, dcl;         ///< after the last one
  };

  static void send(BatteryModel& model, const Message& message, Instant now) {
    Reading reading;
    reading.set(q("/Soc"), message.kind == none ? OptValue() : OptValue(63.0));
    reading.set(q("/Dc/0/Voltage"), 52.7);
    reading.set(q("/Dc/0/Current"), 0.0);  // so that a stop lowers no CVL
    for (const auto& [path, value] : message.fields) reading.set(*find_quantity(path), value);
    model.apply(reading, message.kind == stored ? Delivery::retained : Delivery::live, now);
  }
};

TEST_F(NoLife, LowersLimitsAndNeverRaisesOrEnablesOne) {
  const OptValue no;
  const auto cvl = [](OptValue v) { return std::pair("/Info/MaxChargeVoltage", v); };
  const auto ccl = [](OptValue v) { return std::pair("/Info/MaxChargeCurrent", v); };
  const auto dcl = [](OptValue v) { return std::pair("/Info/MaxDischargeCurrent", v); };
  const auto allow = [](std::int32_t v) { return std::pair("/Io/AllowToCharge", OptValue(v)); };
  const auto volts = [](OptValue v) { return std::pair("/Dc/0/Voltage", v); };
  const Message full{life, {cvl(55.2), ccl(80.0), dcl(120.0)}};
  const Message only_cvl{life, {cvl(55.2)}};
  const Message plain{life, {}};
  const std::vector<Case> cases{
      {"higher", {full, {none, {cvl(56.0), ccl(90.0), dcl(130.0)}}}, 55.2, 80.0, 120.0},
      {"the same", {full, {none, {cvl(55.2), ccl(80.0), dcl(120.0)}}}, 55.2, 80.0, 120.0},
      {"lower", {full, {none, {cvl(54.0), ccl(20.0), dcl(30.0)}}}, 54.0, 20.0, 30.0},
      {"lower, then back",
       {full, {none, {ccl(0.0), dcl(0.0)}}, {none, {ccl(80.0), dcl(120.0)}}},
       55.2,
       0.0,
       0.0},
      {"back with life", {full, {none, {ccl(0.0)}}, full}, 55.2, 80.0, 120.0},
      {"what it lowered, life does not raise",
       {full, {none, {ccl(20.0)}}, only_cvl},
       55.2,
       20.0,
       120.0},
      {"what it did not raise, life does not either",
       {full, {none, {ccl(90.0)}}, only_cvl},
       55.2,
       80.0,
       120.0},
      {"null", {full, {none, {ccl(no), dcl(no)}}}, 55.2, 0.0, 0.0},
      {"after null",
       {full, {life, {ccl(no), dcl(no)}}, {none, {ccl(80.0), dcl(120.0)}}},
       55.2,
       0.0,
       0.0},
      {"of a zero", {{life, {cvl(55.2), ccl(0.0)}}, {none, {ccl(80.0)}}}, 55.2, 0.0, no},
      {"CVL after null",
       {full, {life, {cvl(no)}}, {none, {cvl(55.2), ccl(80.0)}}},
       55.2,
       0.0,
       120.0},
      {"CVL after one that cannot be right",
       {full, {life, {cvl(552.0)}}, {none, {cvl(55.2), ccl(80.0)}}},
       55.2,
       0.0,
       120.0},
      {"a voltage that makes it right",
       {{life, {cvl(55.2), ccl(80.0), volts(12.0)}}, {none, {volts(52.0)}}},
       no,
       0.0,
       no},
      {"a voltage that makes it wrong", {full, {none, {volts(12.0)}}}, 55.2, 0.0, 120.0},
      {"the first CVL", {plain, {none, {cvl(55.2), ccl(80.0)}}}, no, no, no},
      {"what it names first where nothing is in force",
       {plain, {none, {ccl(80.0), dcl(120.0)}}, only_cvl},
       55.2,
       0.0,
       120.0},
      {"the first CCL", {only_cvl, {none, {ccl(80.0)}}}, 55.2, 80.0, no},
      {"the first DCL", {only_cvl, {none, {dcl(120.0)}}}, 55.2, kNoCurrentLimitA, 120.0},
      {"a CCL that a stored message named",
       {only_cvl, {stored, {ccl(80.0)}}, {none, {ccl(80.0)}}},
       55.2,
       0.0,
       no},
      {"… before the CVL",
       {plain, {stored, {ccl(80.0)}}, {none, {ccl(80.0)}}, only_cvl},
       55.2,
       0.0,
       no},
      {"allowed again",
       {full, {life, {allow(1)}}, {life, {allow(0)}}, {none, {allow(1)}}},
       55.2,
       0.0,
       120.0},
      {"blocked", {full, {life, {allow(1)}}, {none, {allow(0)}}}, 55.2, 0.0, 120.0},
      {"before any life",
       {{none, {cvl(55.2), ccl(80.0)}}, {none, {ccl(20.0)}}, {none, {ccl(80.0)}}, only_cvl},
       55.2,
       0.0,
       no},
  };
  for (const bool look_meanwhile : {false, true})
    for (const Case& c : cases) {
      BatteryModel model({.timeout = 60s});
      Instant now(100s);
      for (const Message& message : c.messages) {
        send(model, message, now);
        if (look_meanwhile || &message == &c.messages.front()) model.view(now);
        now += 1s;
      }
      const ItemValues& values = model.view(now - 1s);
      const auto what = std::string(c.what) + (look_meanwhile ? "" : ", unseen");
      EXPECT_EQ(values[q("/Info/MaxChargeVoltage")].value, c.cvl) << what;
      EXPECT_EQ(values[q("/Info/MaxChargeCurrent")].value, c.ccl) << what;
      EXPECT_EQ(values[q("/Info/MaxDischargeCurrent")].value, c.dcl) << what;
    }
}

TEST_F(BatteryModelTest, StopsChargingWhenACurrentLimitAgesOutWhileTheRestLives) {
  send(100s, kWithLimits);
  for (auto when = 110s; when <= 160s; when += 10s)
    send(when, {{"/Soc", 63.0},
                {"/Dc/0/Voltage", 52.7},
                {"/Dc/0/Current", 0.0},
                {"/Info/MaxChargeVoltage", 55.2}});
  EXPECT_EQ(value(159999ms, "/Info/MaxChargeCurrent"), OptValue(80.0));
  EXPECT_EQ(value(160s, "/Info/MaxChargeCurrent"), OptValue(0.0));
  EXPECT_EQ(value(160s, "/Info/MaxChargeVoltage"), OptValue(55.2));
  EXPECT_TRUE(model_.limits().charge_stopped());
}

TEST_F(BatteryModelTest, GetsALostLimitBackWithALiveMessageOnly) {
  send(100s, kWithLimits);
  model_.view(Instant(100s));
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

TEST_F(BatteryModelTest, StopsChargingWhenTheFirstChargeLimitIsNotUsable) {
  send(100s, {{"/Soc", 63.0},
              {"/Dc/0/Voltage", 52.7},
              {"/Dc/0/Current", 0.0},
              {"/Info/MaxChargeVoltage", 55.2},
              {"/Info/MaxChargeCurrent", std::nullopt},
              {"/Info/MaxDischargeCurrent", std::nullopt}});
  EXPECT_EQ(value(100s, "/Info/MaxChargeVoltage"), OptValue(55.2));
  EXPECT_EQ(value(100s, "/Info/MaxChargeCurrent"), OptValue(0.0));
  EXPECT_EQ(value(100s, "/Info/MaxDischargeCurrent"), OptValue(0.0));
}

TEST_F(BatteryModelTest, ShowsNoLimitAsANumberSoThatAZeroCanEnd) {
  const Fields voltage_only{
      {"/Soc", 63.0}, {"/Dc/0/Voltage", 52.7}, {"/Info/MaxChargeVoltage", 55.2}};
  send(100s, voltage_only);
  EXPECT_EQ(value(100s, "/Info/MaxChargeCurrent"), OptValue(kNoCurrentLimitA));
  EXPECT_EQ(value(160s, "/Info/MaxChargeCurrent"), OptValue(0.0)) << "silent";
  send(161s, voltage_only);
  EXPECT_EQ(value(161s, "/Info/MaxChargeCurrent"), OptValue(kNoCurrentLimitA));
}

TEST_F(BatteryModelTest, ForgetsLimitsFromBeforeADeclaredEnd) {
  send(100s, kWithLimits);
  model_.declare_gone(Instant(101s));
  model_.view(Instant(101s));
  send(102s, kMinimum);
  EXPECT_EQ(model_.phase(), Phase::live);
  EXPECT_EQ(value(102s, "/Info/MaxChargeCurrent"), OptValue(0.0));
  EXPECT_EQ(value(112s, "/Info/MaxChargeVoltage"), std::nullopt);
  EXPECT_EQ(value(150s, "/Info/MaxChargeCurrent"), OptValue(0.0));
  model_.declare_gone(Instant(151s));
  model_.view(Instant(161s));
  send(162s, kMinimum);
  EXPECT_EQ(value(162s, "/Info/MaxChargeVoltage"), std::nullopt) << "nor after it left the bus";
  EXPECT_EQ(value(162s, "/Info/MaxChargeCurrent"), OptValue(0.0));
  send(163s, kWithLimits);
  EXPECT_EQ(value(163s, "/Info/MaxChargeCurrent"), OptValue(80.0));
}

TEST_F(BatteryModelTest, TakesARetainedLimitForASignThatThereIsOne) {
  send(100s, kWithLimits, Delivery::retained);
  send(101s, {{"/Soc", 63.0}, {"/Dc/0/Voltage", 52.7}, {"/Info/MaxChargeVoltage", 55.2}});
  EXPECT_EQ(value(101s, "/Info/MaxChargeCurrent"), OptValue(0.0)) << "80 or none: nobody knows";
  send(102s, kWithLimits);
  EXPECT_EQ(value(102s, "/Info/MaxChargeCurrent"), OptValue(80.0));
}

TEST_F(BatteryModelTest, IsNoBmsWithAChargeVoltageThatCannotBeRight) {
  for (const double wrong : {0.0, 552.0, 5.52, 27.6}) {
    model_ = BatteryModel({.timeout = 60s});
    send(100s, {{"/Soc", 63.0},
                {"/Dc/0/Voltage", 52.7},
                {"/Info/MaxChargeVoltage", wrong},
                {"/Info/MaxChargeCurrent", 80.0}});
    EXPECT_FALSE(at(100s, "/Info/MaxChargeVoltage").exists) << wrong;
    EXPECT_EQ(value(100s, "/Info/MaxChargeCurrent"), OptValue(0.0)) << wrong;
    EXPECT_TRUE(model_.limits().has(Cause::charge_voltage_refused));
    EXPECT_EQ(value(100s, "/Soc"), OptValue(63.0));
  }
}

TEST_F(BatteryModelTest, KeepsAChargeVoltageThatWasRightWhileTheBatteryIsEmpty) {
  const auto tell = [this](std::chrono::seconds when, double voltage_v) {
    send(when, {{"/Soc", 1.0},
                {"/Dc/0/Voltage", voltage_v},
                {"/Info/MaxChargeVoltage", 56.8},
                {"/Info/MaxChargeCurrent", 20.0}});
    return value(when, "/Info/MaxChargeCurrent");
  };
  EXPECT_EQ(tell(100s, 40.0), OptValue(0.0)) << "of another battery, for all we know";
  EXPECT_EQ(tell(101s, 48.0), OptValue(20.0));
  EXPECT_EQ(tell(102s, 39.0), OptValue(20.0)) << "it most needs charging now";
  EXPECT_EQ(tell(103s, 27.0), OptValue(0.0));
  EXPECT_EQ(tell(104s, 48.0), OptValue(20.0));
  model_.declare_gone(Instant(105s));
  EXPECT_EQ(tell(106s, 39.0), OptValue(0.0));
}

TEST_F(BatteryModelTest, StopsChargingWhileTheBatteryBlocksIt) {
  const auto tell = [this](std::chrono::seconds when, const OptValue& allowed) {
    send(when, {{"/Soc", 63.0},
                {"/Dc/0/Voltage", 52.7},
                {"/Dc/0/Current", 0.0},
                {"/Info/MaxChargeVoltage", 55.2},
                {"/Info/MaxChargeCurrent", 80.0},
                {"/Io/AllowToCharge", allowed}});
    return value(when, "/Info/MaxChargeCurrent");
  };
  EXPECT_EQ(tell(99s, 0), OptValue(80.0)) << "the 0 of an example that was copied";
  EXPECT_EQ(tell(100s, 1), OptValue(80.0));
  EXPECT_EQ(tell(101s, 0), OptValue(0.0));
  EXPECT_EQ(value(101s, "/Info/MaxChargeVoltage"), OptValue(55.2));
  EXPECT_EQ(tell(102s, std::nullopt), OptValue(0.0)) << "no news is no all-clear";
  EXPECT_EQ(tell(103s, 1), OptValue(80.0));
}

TEST_F(BatteryModelTest, StopsChargingWhileABatteryBlocksItWhoseLimitsAreMadeOfItsCells) {
  ChargeRules charge;
  charge.max_charge_current_a = 100;
  charge.max_discharge_current_a = 150;
  charge.cells = 16;
  model_.change_rules({.timeout = 60s, .charge = charge});
  const auto tell = [this](std::chrono::seconds when, const OptValue& allowed) {
    send(when, {{"/Soc", 63.0},
                {"/Dc/0/Voltage", 52.7},
                {"/Dc/0/Current", 0.0},
                {"/Io/AllowToCharge", allowed}});
    return value(when, "/Info/MaxChargeCurrent");
  };
  EXPECT_EQ(tell(100s, 1), OptValue(100.0));
  EXPECT_EQ(tell(101s, 0), OptValue(0.0));
  EXPECT_EQ(value(101s, "/Info/MaxChargeVoltage"), OptValue(55.2));
  EXPECT_EQ(tell(102s, 1), OptValue(100.0));
}

/// Of a battery of 16 cells that says CCL 0.
class StoppedBatteryTest : public BatteryModelTest {
 protected:
  OptValue charge_voltage(std::chrono::milliseconds when, const OptValue& current_a,
                          double max_charge_current_a = 0) {
    send(when, {{"/Soc", 99.0},
                {"/Dc/0/Voltage", 52.7},
                {"/Dc/0/Current", current_a},
                {"/InstalledCapacity", 280.0},
                {"/Info/MaxChargeVoltage", 55.2},
                {"/Info/MaxChargeCurrent", max_charge_current_a}});
    return value(when, "/Info/MaxChargeVoltage");
  }
  double number(std::chrono::milliseconds when) {
    return std::get<double>(*value(when, "/Info/MaxChargeVoltage"));
  }
};

TEST_F(StoppedBatteryTest, IsMadeTrueWhenSolarChargersGoOn) {
  EXPECT_EQ(charge_voltage(100s, 35.0), OptValue(55.2));
  EXPECT_EQ(charge_voltage(104s, 35.0), OptValue(55.2));
  EXPECT_EQ(charge_voltage(105s, 35.0), OptValue(52.7)) << "down to the present voltage";
  EXPECT_TRUE(model_.limits().voltage_lowered());
  EXPECT_EQ(number(106s), 52.7) << "nobody knows yet what that did";
  for (auto when = 106s; when < 110s; when += 1s) charge_voltage(when, 35.0);
  charge_voltage(110s, 35.0);
  EXPECT_NEAR(number(110s), 52.3, 0.001) << "and on by 5 mV per cell and second";
  charge_voltage(111s, 1.0);
  const double held_v = number(111s);
  EXPECT_EQ(number(130s), held_v) << "until it does not charge any more";
  charge_voltage(131s, 1.0, 80);
  const double rising_v = number(131s);
  EXPECT_GT(number(133s), rising_v) << "slowly up when the stop ends";
  for (auto when = 134s; when < 160s; when += 1s) number(when);
  EXPECT_EQ(charge_voltage(160s, 1.0, 80), OptValue(55.2));
  EXPECT_FALSE(model_.limits().voltage_lowered());
}

TEST_F(StoppedBatteryTest, IsNotJudgedByACurrentOfLongAgo) {
  charge_voltage(100s, 35.0);
  number(105s);
  const double lowered_v = number(110s);
  EXPECT_EQ(lowered_v, 52.7);
  EXPECT_EQ(number(111s), lowered_v);
  EXPECT_EQ(number(140s), lowered_v) << "nobody knows what the last step did";
  EXPECT_EQ(model_.next_change(Instant(140s)), Instant(160s)) << "only the silence is due";
  charge_voltage(141s, 35.0);
  EXPECT_LT(number(142s), lowered_v);
  const double silent_v = number(205s);
  EXPECT_LT(silent_v, lowered_v);
  EXPECT_EQ(number(206s), silent_v) << "nothing changes while it is silent";
}

TEST_F(StoppedBatteryTest, IsBelowItsVoltageAtOnceWhereNoCurrentIsKnown) {
  EXPECT_EQ(charge_voltage(100s, std::nullopt), OptValue(kBlindStopV));
}

TEST_F(StoppedBatteryTest, LeavesTheChargeVoltageWhereTheStopIsObeyed) {
  for (auto when = 100s; when < 200s; when += 1s)
    ASSERT_EQ(charge_voltage(when, 2.0), OptValue(55.2));
}

class UncontrollingBattery : public BatteryModelTest {
 protected:
  UncontrollingBattery() { model_ = BatteryModel({.timeout = 60s, .control = false}); }
  bool shows_a_limit() {
    return std::ranges::any_of(std::array{q("/Info/MaxChargeVoltage"), q("/Info/MaxChargeCurrent"),
                                          q("/Info/MaxDischargeCurrent")},
                               [this](Quantity id) { return model_.values()[id].exists; });
  }
};

TEST_F(UncontrollingBattery, WorksOutItsLimitsAndShowsNone) {
  send(100s, kWithLimits);
  EXPECT_EQ(value(100s, "/Dc/0/Voltage"), OptValue(52.7));
  EXPECT_FALSE(shows_a_limit());
  EXPECT_EQ(model_.limits().max_charge_voltage.value, 55.2);
  EXPECT_EQ(model_.limits().max_charge_current.value, 80);
  value(165s, "/Soc");
  EXPECT_EQ(model_.phase(), Phase::holding);
  EXPECT_EQ(model_.limits().max_charge_current.value, 0);
  EXPECT_FALSE(shows_a_limit());
}

TEST_F(UncontrollingBattery, DoesNotCallItDisobedienceThatOthersCharge) {
  for (auto when = 100s; when < 150s; when += 1s) {
    send(when, {{"/Soc", 63.0},
                {"/Dc/0/Voltage", 52.7},
                {"/Dc/0/Current", 30.0},
                {"/Info/MaxChargeVoltage", 55.2},
                {"/Info/MaxChargeCurrent", 0.0}});
    value(when, "/Soc");
    ASSERT_EQ(model_.limits().max_charge_voltage.value, 55.2) << when.count();
  }
}

TEST_F(UncontrollingBattery, IsLoweredByWhatIsNoLifeAsAnother) {
  send(100s, kWithLimits);
  value(100s, "/Soc");
  send(101s, {{"/Dc/0/Voltage", 52.7}, {"/Info/MaxChargeCurrent", 20.0}});
  value(101s, "/Soc");
  EXPECT_EQ(model_.limits().max_charge_current.value, 20);
}

}  // namespace
}  // namespace dmb
