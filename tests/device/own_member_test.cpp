// SPDX-License-Identifier: MIT
#include "dmb/device/own_member.h"

#include "dmb/bank/shunt_capacity.h"
#include "dmb/battery/quantity.h"
#include "dmb/device/battery_model.h"
#include "dmb/device/learned_members.h"

#include <gtest/gtest.h>

#include <chrono>

namespace dmb {
namespace {

using namespace std::chrono_literals;

const OwnIdentity kPack1{"Pack1", "com.victronenergy.battery.pack1", "Pack 1"};

/// One message of a battery with three cells and limits.
Reading message(double soc_percent) {
  Reading reading;
  reading.set(q("/Soc"), soc_percent);
  reading.set(q("/Dc/0/Voltage"), 9.9);
  reading.set(q("/Dc/0/Current"), -5.0);
  reading.set(q("/InstalledCapacity"), 280.0);
  reading.set(q("/Alarms/HighCellVoltage"), 1);
  reading.set(q("/Info/MaxChargeVoltage"), 10.5);
  reading.set(q("/Info/MaxChargeCurrent"), 100.0);
  reading.set(q("/Info/ChargeMode"), std::string("Float"));
  reading.set(q("/Info/ChargeLimitation"), std::string("cold"));
  reading.set(q("/System/MinTemperatureCellId"), std::string("T2"));
  reading.set(q("/Voltages/Cell1"), 3.3);
  reading.set(q("/Voltages/Cell2"), 3.28);
  reading.set(q("/Voltages/Cell3"), 3.32);
  return reading;
}

TEST(OwnMember, TellsTheExtremesOfSensorsThatAreToldOneByOne) {
  BatteryModel model({.timeout = 60s});
  Reading reading = message(60);
  reading.set(q("/System/Temperature1"), 12.0);
  reading.set(q("/System/Temperature3"), -1.0);
  model.apply(reading, BatteryModel::Delivery::live, Instant(1s));
  WatchedMember member = own_member(model.view(Instant(1s)), kPack1);
  EXPECT_EQ(member.snapshot.values[q("/System/MinCellTemperature")], -1);
  EXPECT_EQ(member.snapshot.values[q("/System/MaxCellTemperature")], 12);
  reading.set(q("/System/MinCellTemperature"), 5.0);
  model.apply(reading, BatteryModel::Delivery::live, Instant(2s));
  EXPECT_TRUE(update_own_member(model.view(Instant(2s)), member));
  EXPECT_EQ(member.snapshot.values[q("/System/MinCellTemperature")], 5) << "its own word";
}

TEST(OwnMember, TellsWhatItsDeviceShows) {
  BatteryModel model({.timeout = 60s});
  model.apply(message(50), BatteryModel::Delivery::live, Instant(1s));
  const WatchedMember member = own_member(model.view(Instant(1s)), kPack1);
  const MemberSnapshot& pack = member.snapshot;
  EXPECT_EQ(pack.id, "Pack1");
  EXPECT_EQ(pack.service, "com.victronenergy.battery.pack1");
  EXPECT_EQ(pack.name, "Pack 1");
  EXPECT_EQ(pack.values[q("/Dc/0/Power")], 9.9 * -5);
  EXPECT_EQ(pack.values[q("/Alarms/HighCellVoltage")], 1);
  EXPECT_EQ(pack.values[q("/Info/MaxChargeVoltage")], 10.5);
  EXPECT_EQ(pack.values[q("/Info/MaxChargeCurrent")], 100);
  EXPECT_EQ(pack.values[q("/System/NrOfCellsPerBattery")], 3);
  EXPECT_EQ(pack.values[q("/Dc/0/Temperature")], std::nullopt);
  EXPECT_EQ(pack.texts, (MemberTexts{.min_cell_id = "C2",
                                     .max_cell_id = "C3",
                                     .min_temperature_id = "T2",
                                     .charge_mode = "Float",
                                     .charge_limitation = "cold"}));
  EXPECT_EQ(member.register_capacity_ah, std::nullopt);
  EXPECT_FALSE(member.registers_pending);
}

TEST(OwnMember, ChangesOnlyWithWhatIsShown) {
  BatteryModel model({.timeout = 60s});
  model.apply(message(50), BatteryModel::Delivery::live, Instant(1s));
  WatchedMember member = own_member(model.view(Instant(1s)), kPack1);
  model.apply(message(50), BatteryModel::Delivery::live, Instant(2s));
  EXPECT_FALSE(update_own_member(model.view(Instant(2s)), member));
  model.apply(message(51), BatteryModel::Delivery::live, Instant(3s));
  EXPECT_TRUE(update_own_member(model.view(Instant(3s)), member));
  EXPECT_EQ(member.snapshot.values[q("/Soc")], 51);
  Reading text = message(51);
  text.set(q("/Info/ChargeMode"), std::string("Bulk"));
  model.apply(text, BatteryModel::Delivery::live, Instant(4s));
  EXPECT_TRUE(update_own_member(model.view(Instant(4s)), member));
  EXPECT_EQ(member.snapshot.texts.charge_mode, "Bulk");
}

TEST(OwnMember, TellsNothingAnyMoreOnceItsBatteryIsSilent) {
  BatteryModel model({.timeout = 60s});
  model.apply(message(50), BatteryModel::Delivery::live, Instant(1s));
  WatchedMember member = own_member(model.view(Instant(1s)), kPack1);
  EXPECT_TRUE(update_own_member(model.view(Instant(62s)), member));
  EXPECT_EQ(member.snapshot.values[q("/Dc/0/Voltage")], std::nullopt);
  EXPECT_EQ(member.snapshot.texts.min_cell_id, "");
}

TEST(OwnMember, IsWeighedByTheCapacityItTells) {
  BatteryModel model({.timeout = 60s});
  model.apply(message(50), BatteryModel::Delivery::live, Instant(1s));
  const WatchedMember member = own_member(model.view(Instant(1s)), kPack1);
  LearnedMembers learned(CapacityMode::registers);
  EXPECT_EQ(learned.learn(member).capacity_ah, 280);
  EXPECT_EQ(learned.capacity_of("Pack1").origin, CapacityOrigin::installed_item);
  learned.change_mode(CapacityMode::soc);
  EXPECT_EQ(learned.learn(member).capacity_ah, 280) << "of what is consumed at this SoC";
}

}  // namespace
}  // namespace dmb
