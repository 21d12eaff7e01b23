// SPDX-License-Identifier: MIT
#include "battery_watcher_fixture.h"

#include <gtest/gtest.h>

namespace dmb::test {
namespace {

/// A BMS's service, as dbus-serialbattery shows one.
FakeItems bms_items() {
  FakeItems items{{"/Mgmt/Connection", text("/dev/ttyUSB0")},
                  {"/ProductId", integer(0xBA77)},
                  {"/ProductName", text("SerialBattery(JKBMS)")},
                  {"/CustomName", text("Pack 1")},
                  {"/Serial", text("JK1")},
                  {"/DeviceInstance", integer(1)},
                  {"/Connected", integer(1)},
                  {"/Dc/0/Voltage", real(53.1)},
                  {"/Dc/0/Current", real(-12.5)},
                  {"/Soc", real(77)},
                  {"/InstalledCapacity", real(280)},
                  {"/Capacity", real(215.6)},
                  {"/Info/MaxChargeVoltage", real(56.8)},
                  {"/Info/MaxChargeCurrent", real(140)},
                  {"/Info/MaxDischargeCurrent", real(200)},
                  {"/Info/ChargeMode", text("Bulk")},
                  {"/Io/AllowToCharge", integer(1)},
                  {"/System/MaxVoltageCellId", text("C3")},
                  {"/Alarms/HighCellVoltage", integer(0)},
                  {"/JsonData", text("{}")}};
  for (int cell = 1; cell <= 16; ++cell)
    items["/Voltages/Cell" + std::to_string(cell)] = real(3.3 + 0.001 * cell);
  return items;
}

class BatteryWatcherAnyBattery : public BatteryWatcherFixture {
 protected:
  void include(std::vector<std::string> included) {
    runner_->run([&] {
      watcher_ = std::make_unique<BatteryWatcher>(*bus_, rules({}, std::move(included), true),
                                                  [this](const MemberNews& news) { take(news); });
    });
  }

  OptValue other(Quantity quantity) {
    const auto all = members();
    const Value* value = all.size() == 1 ? all[0].others.find(quantity) : nullptr;
    return value == nullptr ? OptValue() : *value;
  }
  void expect_other(Quantity quantity, const OptValue& expected) {
    EXPECT_TRUE(wait_for([&] { return other(quantity) == expected; })) << quantity.spec().path;
  }
};

TEST_F(BatteryWatcherAnyBattery, TakesAllThatABmsTellsOfItsBattery) {
  const auto bms = start("ttyUSB0", bms_items());
  include({"Pack 1"});
  expect_ids({"JK1"});
  EXPECT_EQ(value("/Dc/0/Current"), -12.5);
  EXPECT_EQ(value("/InstalledCapacity"), 280);
  for (int cell = 1; cell <= 16; ++cell)
    EXPECT_EQ(other(cell_voltage(cell)), OptValue(3.3 + 0.001 * cell)) << cell;
  EXPECT_EQ(other(cell_voltage(17)), std::nullopt);
  EXPECT_EQ(value("/Info/MaxChargeVoltage"), 56.8);
  EXPECT_EQ(value("/Info/MaxDischargeCurrent"), 200);
  EXPECT_EQ(other(q("/Info/ChargeMode")), OptValue("Bulk"));
  EXPECT_EQ(value("/Io/AllowToCharge"), 1);
  EXPECT_EQ(other(q("/System/MaxVoltageCellId")), OptValue("C3"));
  EXPECT_EQ(other(q("/Capacity")), OptValue(215.6));
  EXPECT_EQ(members()[0].others.all().size(), 16U + 3U) << "and nothing of its program";
  EXPECT_EQ(bms->calls("GetVreg"), 0) << "only a SmartShunt has registers";
  EXPECT_EQ(log_.count("info Found Pack 1 (com.victronenergy.battery.ttyUSB0)"), 1U);
  EXPECT_EQ(log_.count("warning"), 0U);
}

TEST_F(BatteryWatcherAnyBattery, FollowsBothKindsOfItsSignals) {
  const auto bms = start("ttyUSB0", bms_items());
  include({"Pack 1"});
  expect_ids({"JK1"});
  bms->change_one("/Voltages/Cell3", real(3.451));
  expect_other(cell_voltage(3), 3.451);
  bms->change({{"/Info/MaxChargeCurrent", real(0)},
               {"/Info/ChargeMode", text("Float")},
               {"/Voltages/Cell17", real(3.2)},
               {"/Io/AllowToCharge", invalid()}});
  expect_value("/Info/MaxChargeCurrent", 0);
  EXPECT_EQ(other(q("/Info/ChargeMode")), OptValue("Float"));
  EXPECT_EQ(other(cell_voltage(17)), OptValue(3.2));
  EXPECT_EQ(value("/Io/AllowToCharge"), std::nullopt);
}

TEST_F(BatteryWatcherAnyBattery, TakesWhatCannotBeAsUnknownAndSaysSoOnce) {
  const auto bms = start("ttyUSB0", bms_items());
  include({"Pack 1"});
  expect_ids({"JK1"});
  for (int times = 0; times < 2; ++times) {
    bms->change({{"/Voltages/Cell3", real(3300)}, {"/Info/MaxChargeCurrent", text("140")}});
    expect_other(cell_voltage(3), std::nullopt);
    expect_value("/Info/MaxChargeCurrent", std::nullopt);
    bms->change({{"/Voltages/Cell3", real(3.3)}, {"/Info/MaxChargeCurrent", real(140)}});
    expect_other(cell_voltage(3), 3.3);
    expect_value("/Info/MaxChargeCurrent", 140);
  }
  EXPECT_EQ(log_.count("sent a /Voltages/Cell3 that is out of any possible range"), 1U);
  EXPECT_EQ(log_.count("sent a /Info/MaxChargeCurrent that is not of the right type"), 1U);
}

/// Until then nothing of it was kept.
TEST_F(BatteryWatcherAnyBattery, ReadsOneAnewThatIsIncludedOnlyNow) {
  const auto bms = start("ttyUSB0", bms_items());
  include({"House"});
  expect_ids({});
  bms->change({{"/Voltages/Cell3", real(3.451)}});
  settle(*bms);
  EXPECT_EQ(bms->calls("GetItems"), 1);
  bms->change({{"/CustomName", text("House")}});
  expect_ids({"JK1"});
  expect_other(cell_voltage(3), 3.451);
  expect_other(cell_voltage(16), 3.316);
  EXPECT_EQ(bms->calls("GetItems"), 2);
}

TEST_F(BatteryWatcherAnyBattery, NeedsNoRoomForWhatASmartShuntLacks) {
  const auto shunt =
      start("ttyO1", load_tree(std::string(DMB_TEST_DATA) + "/smartshunt-48v.json").items);
  watch();
  expect_ids({kPrefix + "ttyO1"});
  EXPECT_TRUE(members()[0].others.all().empty());
}

}  // namespace
}  // namespace dmb::test
