// SPDX-License-Identifier: MIT
#include "dmb/device/change.h"

#include "dmb/battery/quantity.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace dmb {
namespace {

using namespace std::chrono_literals;

const ItemSpec& item(const char* path) {
  return find_quantity(path)->spec();
}

TEST(Differs, ComparesByATenthOfWhatTheTextShows) {
  struct Case {
    const char* path;
    OptValue shown, wanted;
    bool want;
  };
  const std::vector<Case> cases{
      {"/Dc/0/Voltage", 52.7000, 52.7004, false},  // shown with 0.01 V
      {"/Dc/0/Voltage", 52.700, 52.701, true},
      {"/Dc/0/Current", 6.10, 6.104, false},
      {"/Dc/0/Current", 6.10, 6.11, true},
      {"/Dc/0/Current", 0.001, -0.001, false},  // no division by the last value at zero
      {"/Dc/0/Power", 321.60, 321.64, false},
      {"/Dc/0/Power", 321.6, 321.7, true},
      {"/Soc", 63.00, 63.04, false},
      {"/Soc", 63.0, 63.1, true},
      {"/Voltages/Cell1", 3.3510, 3.35104, false},
      {"/Voltages/Cell1", 3.351, 3.3511, true},
      {"/History/MinimumCellVoltage", 2.87, 2.93, true},  // the text cuts, the GUI does not
      {"/Info/MaxChargeCurrent", 0.004, 0.0, true},       // a limit of 0 is 0
      {"/Info/MaxChargeVoltage", 55.2, 55.2001, true},
      {"/Info/MaxChargeVoltage", 55.2, 55.20000076, false},  // 55.2 of a single-precision float
      {"/Alarms/LowSoc", 0, 1, true},
      {"/Alarms/LowSoc", 0, 0, false},
      {"/Dc/0/Voltage", std::nullopt, 0.0, true},  // absent is not zero
      {"/Dc/0/Voltage", 0.0, std::nullopt, true},
      {"/Dc/0/Voltage", std::nullopt, std::nullopt, false},
      {"/CustomName", std::string("a"), std::string("b"), true},
      {"/CustomName", std::string("a"), std::string("a"), false},
  };
  for (const Case& c : cases) EXPECT_EQ(differs(c.shown, c.wanted, item(c.path)), c.want) << c.path;
}

TEST(AsPublished, HasOneDigitMoreThanTheText) {
  struct Case {
    const char* path;
    OptValue value, want;
  };
  const std::vector<Case> cases{
      {"/Voltages/Sum", 77.10000000000001, 77.1},
      {"/ConsumedAmphours", -7.199999999999999, -7.2},
      {"/Dc/0/Current", 321.6 / 52.7, 6.1},
      {"/Dc/0/Voltage", 52.70000076, 52.7},
      {"/Dc/0/Voltage", 52.7046, 52.705},
      {"/Dc/0/Power", -226.6100006, -226.6},
      {"/Soc", 63.449, 63.4},
      {"/Voltages/Cell1", 3.30149999, 3.3015},
      {"/History/DischargedEnergy", 156.3604, 156.36},
      {"/Info/MaxChargeCurrent", 0.0041, 0.0041},
      {"/Info/MaxChargeCurrent", 119.99999999999999, 120.0},
      {"/Info/MaxChargeVoltage", 55.20000076, 55.2},
      {"/Info/BatteryLowVoltage", 44.12345, 44.1235},
      {"/Dc/0/Current", -0.001, 0.0},
      {"/Alarms/LowSoc", 1, 1},
      {"/CustomName", "a", "a"},
      {"/Soc", std::nullopt, std::nullopt},
  };
  for (const Case& c : cases) {
    const OptValue got = as_published(c.value, item(c.path));
    EXPECT_EQ(got, c.want) << c.path;
    EXPECT_FALSE(differs(got, c.value, item(c.path))) << c.path << ": nothing more to tell";
    EXPECT_EQ(as_published(got, item(c.path)), got) << c.path;
    const bool zero = got == OptValue(0.0);
    EXPECT_FALSE(zero && std::signbit(std::get<double>(*got))) << c.path;
  }
}

class FindChangesTest : public testing::Test {
 protected:
  static Quantity id(const char* path) { return *find_quantity(path); }
  const Changes& find() { return changes_.find(shown_, wanted_); }
  ItemValues shown_;
  ItemValues wanted_;
  ChangeFinder changes_{quantity_specs()};
};

TEST_F(FindChangesTest, FindsNothingInEqualValues) {
  shown_.set(id("/Soc"), 63.0);
  wanted_.set(id("/Soc"), 63.0);
  EXPECT_TRUE(find().items.empty());
}

TEST_F(FindChangesTest, CountsANewItemEvenWhenInvalid) {
  wanted_.set(id("/Voltages/Cell25"), std::nullopt);
  EXPECT_EQ(find().items, std::vector{id("/Voltages/Cell25")});
  EXPECT_FALSE(find().urgent);
}

TEST_F(FindChangesTest, SaysWhenSomethingMustNotWait) {
  shown_.set(id("/Alarms/HighVoltage"), 0);
  wanted_.set(id("/Alarms/HighVoltage"), 2);
  EXPECT_TRUE(find().urgent);
}

/// The items are looked at one by one; one that may wait must not make the others wait.
TEST_F(FindChangesTest, SaysSoWhateverElseChanges) {
  wanted_.set(id("/Dc/0/Voltage"), 52.7);
  wanted_.set(id("/Alarms/HighVoltage"), 2);
  wanted_.set(id("/Soc"), 63.0);
  wanted_.set(id("/Voltages/Cell1"), 3.3);
  wanted_.set(id("/System/MaxCellTemperature"), 21.0);
  const Changes& found = find();
  ASSERT_NE(found.items.front(), id("/Alarms/HighVoltage"));
  ASSERT_NE(found.items.back(), id("/Alarms/HighVoltage"));
  EXPECT_TRUE(found.urgent);
}

TEST_F(FindChangesTest, HasTheCountOfSignalsWhereThereIsOne) {
  shown_.set(id("/UpdateIndex"), 1);
  wanted_.set(id("/UpdateIndex"), 2);
  EXPECT_TRUE(find().items.empty());
  wanted_.set(id("/Soc"), 63.0);
  EXPECT_EQ(find().items, (std::vector{id("/Soc"), id("/UpdateIndex")}));
}

TEST(SignalGate, LetsTheFirstChangeOutAtOnceAndGathersTheNext) {
  SignalGate gate(100ms);
  const Instant start(5s);
  EXPECT_EQ(gate.due(false, start), start);
  gate.sent(start);
  EXPECT_EQ(gate.due(false, start + 30ms), start + 100ms);
  EXPECT_EQ(gate.due(false, start + 100ms), start + 100ms);
  EXPECT_EQ(gate.due(false, start + 500ms), start + 500ms);
}

TEST(SignalGate, NeverDelaysWhatIsUrgent) {
  SignalGate gate(100ms);
  gate.sent(Instant(5s));
  EXPECT_EQ(gate.due(true, Instant(5s) + 1ms), Instant(5s) + 1ms);
}

TEST(SignalGate, LetsEverythingOutAtOnceWithoutAnInterval) {
  SignalGate gate(0ms);
  gate.sent(Instant(5s));
  EXPECT_EQ(gate.due(false, Instant(5s)), Instant(5s));
}

TEST(LifeGate, LetsALiveServiceBeHeardThatHasNothingNewToTell) {
  LifeGate gate(18s);
  gate.told(Instant(100s));
  EXPECT_EQ(gate.due(Instant(99s)), std::nullopt);
  EXPECT_EQ(gate.due(Instant(100s)), std::nullopt) << "that is what was told of";
  EXPECT_EQ(gate.due(Instant(101s)), Instant(118s));
  EXPECT_EQ(gate.due(Instant(117s)), Instant(118s));
  EXPECT_EQ(gate.due(Instant(150s)), Instant(118s)) << "at once";
  EXPECT_EQ(gate.next(), Instant(118s));
  gate.told(Instant(150s));
  EXPECT_EQ(gate.due(Instant(150s)), std::nullopt);
}

TEST(LifeGate, IsOpenWithinAThirdOfTheTimeout) {
  for (const auto timeout : {1s, 5s, 60s, 180s, 3600s}) {
    EXPECT_LT(life_interval(timeout), timeout / 3.0);
    EXPECT_GT(life_interval(timeout), timeout / 4.0);
  }
  EXPECT_EQ(life_interval(0s), life_interval(60s));
}

}  // namespace
}  // namespace dmb
