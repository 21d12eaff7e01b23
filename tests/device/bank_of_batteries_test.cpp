// SPDX-License-Identifier: MIT
// What a bank of batteries shows of its members; docs/behaviour.md, "The bank as one battery".
#include "dmb/battery/quantity.h"
#include "dmb/device/bank_device.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace dmb {
namespace {

using namespace std::chrono_literals;
using Values = std::initializer_list<std::pair<const char*, double>>;

/// A pack of 100 Ah whose cells its service tells, and nothing that follows from them.
WatchedMember pack(const std::string& name, std::vector<double> cells_v, Values values = {}) {
  WatchedMember member;
  member.snapshot.id = member.snapshot.name = name;
  member.snapshot.service = "com.victronenergy.battery." + name;
  MemberValues& told = member.snapshot.values;
  told[q("/Dc/0/Voltage")] = 52.0;
  told[q("/Dc/0/Current")] = 10.0;
  told[q("/Soc")] = 50;
  told[q("/InstalledCapacity")] = 100;
  for (const auto& [path, value] : values) told[find_member_quantity(path).value()] = value;
  int number = 0;
  for (const double voltage_v : cells_v) member.others.set(cell_voltage(++number), voltage_v);
  return member;
}

class BankOfBatteries : public testing::Test {
 protected:
  void tell(const MemberNews& news) {
    device_.handle(event::Members{members_, news, true}, now_);
    device_.view(now_);
  }
  void tell_all() { tell({.all = true, .changed = {}}); }
  OptValue shown(const char* path) const { return device_.values()[*find_quantity(path)].value; }

  BankDevice device_{{.members = BankOf::batteries}};
  std::vector<WatchedMember> members_;
  Instant now_ = Instant(1h);
};

TEST_F(BankOfBatteries, NamesTheCellsOfItsMembers) {
  members_ = {pack("Pack1", {3.25, 3.25, 3.5}), pack("Pack2", {3.75, 3.0, 3.25})};
  tell_all();
  EXPECT_EQ(shown("/System/MinVoltageCellId"), OptValue("Pack2 C2"));
  EXPECT_EQ(shown("/System/MaxVoltageCellId"), OptValue("Pack2 C1"));
  EXPECT_EQ(shown("/System/MinCellVoltage"), OptValue(3.0));
  EXPECT_EQ(shown("/System/NrOfCellsPerBattery"), OptValue(3));
  EXPECT_EQ(shown("/Voltages/Sum"), OptValue(10.0));
  members_[0].others.set(cell_voltage(3), 3.875);
  tell({.all = false, .changed = {0}});
  EXPECT_EQ(shown("/System/MaxVoltageCellId"), OptValue("Pack1 C3"));
  EXPECT_EQ(shown("/System/MaxCellVoltage"), OptValue(3.875));
  members_[0].others.clear();
  members_[1].others.clear();
  tell({.all = false, .changed = {0, 1}});
  EXPECT_EQ(shown("/System/MaxVoltageCellId"), std::nullopt);
  EXPECT_EQ(shown("/System/MaxCellVoltage"), std::nullopt);
}

TEST_F(BankOfBatteries, KnowsWhatIsLeftInEach) {
  members_ = {pack("Pack1", {}, {{"/Soc", 20}}), pack("Pack2", {}, {{"/ConsumedAmphours", -30}})};
  tell_all();
  EXPECT_EQ(shown("/InstalledCapacity"), OptValue(200.0));
  EXPECT_EQ(shown("/Capacity"), OptValue(70.0));
  EXPECT_EQ(shown("/ConsumedAmphours"), OptValue(-110.0)) << "one tells only its SoC";
}

TEST_F(BankOfBatteries, HasTheWordsOfNobodyThatIsGone) {
  members_ = {pack("Pack1", {3.3, 3.4}), pack("Pack2", {3.2, 3.5})};
  tell_all();
  members_.pop_back();
  tell_all();
  EXPECT_EQ(shown("/System/MinVoltageCellId"), OptValue("Pack1 C1"));
}

TEST(BankOfShunts, HasNoItemsOfABms) {
  const BankDevice device{BankRules{}};
  for (const auto* path : {"/System/MinVoltageCellId", "/System/MaxTemperatureCellId",
                           "/System/MinCellVoltage", "/Voltages/Diff"})
    EXPECT_FALSE(device.values()[*find_quantity(path)].exists) << path;
}

}  // namespace
}  // namespace dmb
