// SPDX-License-Identifier: MIT
#include "dmb/battery/quantity_name.h"

#include <gtest/gtest.h>

#include <set>

namespace dmb {
namespace {

TEST(NameOfAQuantity, IsItsPathInWordsWhereThatSaysEnough) {
  EXPECT_EQ(name_of(q("/Dc/0/Voltage")), "Voltage");
  EXPECT_EQ(name_of(q("/InstalledCapacity")), "Installed capacity");
  EXPECT_EQ(name_of(q("/TimeToGo")), "Time to go");
  EXPECT_EQ(name_of(q("/CapacityBms")), "Capacity BMS");
  EXPECT_EQ(name_of(q("/System/MinVoltageCellId")), "Min voltage cell ID");
  EXPECT_EQ(name_of(q("/System/NrOfModulesOnline")), "Number of modules online");
  EXPECT_EQ(name_of(q("/System/MOSTemperature")), "MOS temperature");
  EXPECT_EQ(name_of(q("/System/Temperature2Name")), "Temperature 2 name");
}

TEST(NameOfAQuantity, IsItsOwnWhereThePathDoesNotSay) {
  EXPECT_EQ(name_of(q("/Soc")), "State of charge");
  EXPECT_EQ(name_of(q("/Info/MaxChargeCurrent")), "Charge current limit");
  EXPECT_EQ(name_of(q("/Voltages/Cell1")), "Cell 1 voltage");
  EXPECT_EQ(name_of(q("/Voltages/Cell128")), "Cell 128 voltage");
  EXPECT_EQ(name_of(q("/Balances/Cell25")), "Cell 25 balancing");
  EXPECT_EQ(name_of(q("/TimeToSoC/80")), "Time to 80 %");
}

TEST(NameOfAQuantity, SaysThatItIsAnAlarm) {
  EXPECT_EQ(name_of(q("/Alarms/LowSoc")), "Low SoC alarm");
  EXPECT_EQ(name_of(q("/Alarms/Alarm")), "Alarm");
}

TEST(NameOfAQuantity, IsNoOthers) {
  std::set<std::string> names;
  for (const Quantity quantity : all_quantities()) {
    if (!has(quantity.spec().traits, Trait::payload)) continue;
    EXPECT_TRUE(names.insert(name_of(quantity)).second) << quantity.spec().path;
  }
}

}  // namespace
}  // namespace dmb
