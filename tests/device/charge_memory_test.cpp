// SPDX-License-Identifier: MIT
// A restart of a battery, or a bank, that our charge control limits: it goes on as before.
#include "dmb/bank/member.h"
#include "dmb/battery/quantity.h"
#include "dmb/device/bank_device.h"
#include "dmb/device/battery_device.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace dmb {
namespace {

using namespace std::chrono_literals;

constexpr double kCapacityAh = 100;

ChargeRules charge_rules() {
  ChargeRules rules;
  rules.max_charge_current_a = 100;
  rules.max_discharge_current_a = 150;
  return rules;
}

BatteryDeviceRules rules_with(const ChargeRules& charge) {
  BatteryDeviceRules rules{.battery = {}, .topic = "home/battery"};
  rules.battery.charge = charge;
  return rules;
}

class RestartedBattery : public testing::Test {
 protected:
  /// A message each ten seconds.
  void charge_for(std::chrono::seconds time, double cell_v, double current_a) {
    for (auto passed = 0s; passed < time; passed += 10s) {
      now_ += 10s;
      tell(cell_v, current_a);
    }
  }
  void tell(double cell_v, double current_a) {
    Reading reading;
    reading.set(q("/Soc"), 99.0);
    reading.set(q("/Dc/0/Voltage"), 16 * cell_v);
    reading.set(q("/Dc/0/Current"), current_a);
    reading.set(q("/InstalledCapacity"), kCapacityAh);
    if (has_temperature_) reading.set(q("/System/Temperature1"), 20.0);
    for (int cell = 1; cell <= 16; ++cell)
      if (cell != missing_cell_) reading.set(cell_voltage(cell), cell_v);
    device_.handle(event::Message{"home/battery", false, reading}, now_);
    device_.view(now_);
  }
  void restart() {
    const auto memory = device_.charge_memory(now_);
    ASSERT_TRUE(memory);
    device_ = BatteryDevice(rules_with(charge_rules()));
    now_ += 5s;
    device_.resume(*memory, now_);
  }
  ChargePhase phase() const { return device_.model().charge_control()->phase(); }
  double number(std::string_view path) {
    return device_.values().number(*find_quantity(path)).value_or(-1);
  }
  std::string text(std::string_view path) {
    const OptValue& value = device_.values()[*find_quantity(path)].value;
    return value ? std::get<std::string>(*value) : std::string();
  }

  BatteryDevice device_{rules_with(charge_rules())};
  Instant now_{1h};
  int missing_cell_ = 0;
  bool has_temperature_ = true;
};

TEST_F(RestartedBattery, GoesOnInBulk) {
  charge_for(1min, 3.30, 50);
  ASSERT_EQ(phase(), ChargePhase::bulk);
  restart();
  tell(3.30, 50);
  EXPECT_EQ(phase(), ChargePhase::bulk);
  EXPECT_EQ(number("/Info/MaxChargeCurrent"), 100);
}

TEST_F(RestartedBattery, StaysAsFullAsItWasInAbsorption) {
  charge_for(10min, 3.45, 1);
  ASSERT_EQ(text("/Info/ChargeMode"), "Absorption, 6 min left");
  restart();
  charge_for(2min, 3.45, 1);
  EXPECT_EQ(text("/Info/ChargeMode"), "Absorption, 5 min left")
      << "a minute to be full again, and one that the restart may cost";
}

TEST_F(RestartedBattery, GoesOnDownToFloatFromWhereItWas) {
  charge_for(17min, 3.45, 1);
  ASSERT_EQ(phase(), ChargePhase::to_float);
  const double before_v = number("/Info/MaxChargeVoltage");
  ASSERT_LT(before_v, 16 * 3.45);
  ASSERT_GT(before_v, 16 * 3.375);
  restart();
  tell(before_v / 16, 0);
  EXPECT_EQ(phase(), ChargePhase::to_float);
  EXPECT_NEAR(number("/Info/MaxChargeVoltage"), before_v, 16 * 0.006);
}

TEST_F(RestartedBattery, StaysAtFloat) {
  charge_for(17min, 3.45, 1);
  charge_for(30min, 3.375, 0);
  ASSERT_EQ(phase(), ChargePhase::at_float);
  restart();
  tell(3.375, 0);
  EXPECT_EQ(text("/Info/ChargeMode"), "Float");
  EXPECT_LE(number("/Info/MaxChargeVoltage"), 16 * 3.375 + 1e-9);
}

TEST_F(RestartedBattery, KeepsAStopForItsWholeDelay) {
  charge_for(1min, 3.40, 10);
  tell(3.61, 10);
  ASSERT_EQ(number("/Info/MaxChargeCurrent"), 0);
  ASSERT_EQ(number("/Alarms/HighCellVoltage"), 2);
  restart();
  tell(3.30, 0);
  EXPECT_EQ(number("/Info/MaxChargeCurrent"), 0);
  EXPECT_EQ(number("/Alarms/HighCellVoltage"), 2);
  EXPECT_NE(text("/Info/ChargeLimitation").find("(before the start)"), std::string::npos)
      << text("/Info/ChargeLimitation");
  charge_for(20s, 3.30, 0);
  EXPECT_EQ(number("/Info/MaxChargeCurrent"), 0);
  charge_for(2min, 3.30, 0);
  EXPECT_EQ(number("/Info/MaxChargeCurrent"), 100);
  EXPECT_EQ(number("/Alarms/HighCellVoltage"), 0);
}

TEST_F(RestartedBattery, MissesTheCellThatWasThereBefore) {
  charge_for(1min, 3.30, 10);
  missing_cell_ = 9;
  charge_for(2min, 3.30, 10);
  ASSERT_EQ(number("/Info/MaxChargeCurrent"), 10);
  restart();
  charge_for(2min, 3.30, 10);
  EXPECT_EQ(number("/Info/MaxChargeCurrent"), 10);
  EXPECT_NE(text("/Info/ChargeLimitation").find("1 of 16 cells"), std::string::npos)
      << text("/Info/ChargeLimitation");
}

TEST_F(RestartedBattery, MissesACellThatWentWhileNothingRan) {
  charge_for(1min, 3.30, 10);
  missing_cell_ = 9;
  restart();
  tell(3.30, 10);
  EXPECT_EQ(number("/Info/MaxChargeCurrent"), 10);
}

TEST_F(RestartedBattery, MissesNoSensorThatSomebodySaidIsGone) {
  EXPECT_FALSE(device_.forget_missing_sensors());
  charge_for(1min, 3.30, 10);
  EXPECT_FALSE(device_.forget_missing_sensors()) << "nothing is missing";
  has_temperature_ = false;
  charge_for(70s, 3.30, 10);
  ASSERT_EQ(number("/Info/MaxChargeCurrent"), 10);
  EXPECT_TRUE(device_.forget_missing_sensors());
  tell(3.30, 10);
  EXPECT_EQ(number("/Info/MaxChargeCurrent"), 10) << "rises late";
  charge_for(2min, 3.30, 10);
  EXPECT_EQ(number("/Info/MaxChargeCurrent"), 100);
  EXPECT_FALSE(device_.forget_missing_sensors());
}

TEST_F(RestartedBattery, ReportsWhatIsWorthWritingDown) {
  EXPECT_FALSE(device_.take_memory_news());
  charge_for(10s, 3.30, 10);
  EXPECT_TRUE(device_.take_memory_news()) << "its sensors";
  EXPECT_FALSE(device_.take_memory_news());
  charge_for(5min, 3.30, 10);
  EXPECT_FALSE(device_.take_memory_news()) << "nothing new";
  tell(3.61, 10);
  EXPECT_TRUE(device_.take_memory_news()) << "a stop";
}

TEST_F(RestartedBattery, ForgetsNothingWhenItsRulesChange) {
  charge_for(17min, 3.45, 1);
  charge_for(30min, 3.375, 0);
  missing_cell_ = 2;
  ChargeRules others = charge_rules();
  others.max_charge_current_a = 60;
  device_.change_rules(rules_with(others));
  charge_for(70s, 3.375, 0);
  EXPECT_EQ(phase(), ChargePhase::at_float);
  EXPECT_EQ(number("/Info/MaxChargeCurrent"), 6);
}

TEST(BatteryWithoutChargeControl, HasNothingToRemember) {
  BatteryDevice device({.battery = {}, .topic = "home/battery"});
  device.resume(ChargeMemory{}, Instant(1h));
  EXPECT_EQ(device.charge_memory(Instant(1h)), std::nullopt);
  EXPECT_FALSE(device.forget_missing_sensors());
  device.view(Instant(1h));
  EXPECT_FALSE(device.take_memory_news());
}

/// Of two packs, whose extremes are known.
class RestartedBank : public testing::Test {
 protected:
  static BankRules rules() {
    BankRules rules{.members = BankOf::batteries};
    rules.bms = BmsRules{.max_charge_voltage_v = {},
                         .max_charge_current_a = {},
                         .max_discharge_current_a = {},
                         .of_batteries = true};
    rules.charge = charge_rules();
    rules.expected_members = 2;
    return rules;
  }
  void tell(double highest_v, double current_a, bool with_cells_of_second = true) {
    std::vector<WatchedMember> members;
    for (const std::string name : {"Pack1", "Pack2"}) {
      WatchedMember member{
          .snapshot = {
              .capacity_ah = kCapacityAh, .values = {}, .id = name, .service = {}, .name = name}};
      MemberValues& values = member.snapshot.values;
      values[q("/Dc/0/Voltage")] = 16 * 3.40;
      values[q("/Dc/0/Current")] = current_a / 2;
      values[q("/Soc")] = 90;
      values[q("/InstalledCapacity")] = kCapacityAh;
      values[q("/System/NrOfCellsPerBattery")] = 16;
      if (with_cells_of_second || name == "Pack1") {
        values[q("/System/MaxCellVoltage")] = highest_v;
        values[q("/System/MinCellVoltage")] = std::min(3.39, highest_v);
      }
      members.push_back(member);
    }
    device_.handle(event::Members{members, {.all = true, .changed = {}}}, now_);
    device_.view(now_);
    now_ += 1s;
  }
  void restart() {
    const BankMemory bank = device_.memory(now_);
    const auto charge = device_.charge_memory(now_);
    ASSERT_TRUE(charge);
    device_ = BankDevice(rules());
    now_ += 5s;
    device_.resume(bank, now_);
    device_.resume(*charge, now_);
  }
  double number(std::string_view path) {
    return device_.values().number(*find_quantity(path)).value_or(-1);
  }

  BankDevice device_{rules()};
  Instant now_{1h};
};

TEST_F(RestartedBank, KeepsAStop) {
  tell(3.40, 10);
  ASSERT_GT(number("/Info/MaxChargeCurrent"), 0);
  device_.take_memory_news();
  tell(3.61, 10);
  EXPECT_TRUE(device_.take_memory_news());
  ASSERT_EQ(number("/Info/MaxChargeCurrent"), 0);
  restart();
  tell(3.30, 0);
  EXPECT_EQ(number("/Info/MaxChargeCurrent"), 0);
  EXPECT_EQ(number("/Alarms/HighCellVoltage"), 2);
}

TEST_F(RestartedBank, MissesTheCellsOfOnePack) {
  tell(3.30, 10);
  restart();
  tell(3.30, 10, false);
  EXPECT_EQ(number("/Info/MaxChargeCurrent"), 10);
  EXPECT_TRUE(device_.forget_missing_sensors());
  for (int second = 0; second < 120; ++second) tell(3.30, 10, false);
  EXPECT_EQ(number("/Info/MaxChargeCurrent"), 100);
}

TEST_F(RestartedBank, WithoutAChargeControlHasNothingOfItToRemember) {
  BankRules none = rules();
  none.charge.reset();
  device_.change_rules(none, now_);
  EXPECT_EQ(device_.charge_memory(now_), std::nullopt);
  EXPECT_FALSE(device_.forget_missing_sensors());
}

}  // namespace
}  // namespace dmb
