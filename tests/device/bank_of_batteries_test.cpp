// SPDX-License-Identifier: MIT
// What a bank of batteries shows of its members; docs/behaviour.md, "The bank as one battery".
#include "dmb/battery/quantity.h"
#include "dmb/device/bank_device.h"
#include "dmb/device/hint_words.h"

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

TEST_F(BankOfBatteries, ForgetsWordsThatAreToldNoMore) {
  members_ = {pack("Pack1", {3.3, 3.4}, {{"/Info/MaxChargeCurrent", 0}})};
  members_[0].others.set(q("/System/MinVoltageCellId"), std::string("B1"));
  members_[0].snapshot.values[q("/System/MinCellVoltage")] = 3.3;
  tell_all();
  EXPECT_EQ(shown("/System/MinVoltageCellId"), OptValue("Pack1 B1"));
  members_[0].others.set(q("/System/MinVoltageCellId"), std::nullopt);
  tell({.all = false, .changed = {0}});
  EXPECT_EQ(shown("/System/MinVoltageCellId"), OptValue("Pack1"));
}

/// What it says is in its words already, and nothing stands beside.
TEST_F(BankOfBatteries, KeepsTheWordsOfABatteryOfThisProcess) {
  members_ = {
      pack("Pack1", {}, {{"/System/MinCellVoltage", 3.2}, {"/System/MaxCellVoltage", 3.3}})};
  members_[0].snapshot.texts = {.min_cell_id = "C7", .max_cell_id = "C2"};
  tell_all();
  EXPECT_EQ(shown("/System/MinVoltageCellId"), OptValue("Pack1 C7"));
  members_[0].snapshot.values[q("/System/MinCellVoltage")] = 3.1;
  members_[0].snapshot.texts.min_cell_id = "C8";
  tell({.all = false, .changed = {0}});
  EXPECT_EQ(shown("/System/MinVoltageCellId"), OptValue("Pack1 C8"));
  EXPECT_EQ(shown("/System/MaxVoltageCellId"), OptValue("Pack1 C2"));
}

WatchedMember with_place(WatchedMember member, MemberPlace place) {
  member.place = place;
  return member;
}

TEST_F(BankOfBatteries, IsMeasuredByItsShuntsWhoseNewsAreItsMembers) {
  device_ = BankDevice({.members = BankOf::batteries,
                        .composition = {.pairs = {{"Pack1", "280"}}, .bank_shunt = "279"}});
  members_ = {with_place(pack("all", {}, {{"/Dc/0/Current", 33}, {"/Soc", 70}}),
                         {MemberRole::bank_shunt, 0, {}}),
              with_place(pack("280", {}, {{"/Dc/0/Current", 11}, {"/Soc", 60}}),
                         {MemberRole::pair_shunt, 0, {}}),
              with_place(pack("Pack1", {}), {MemberRole::member, 0, 0}), pack("Pack2", {})};
  tell_all();
  ASSERT_EQ(device_.members().size(), 2U);
  EXPECT_EQ(shown("/Dc/0/Current"), OptValue(33.0)) << "and no sum with the others";
  EXPECT_EQ(shown("/Soc"), OptValue(70.0));
  EXPECT_EQ(device_.members()[0].values[q("/Dc/0/Current")], 11);
  EXPECT_EQ(shown("/Measurement/TracksServices"),
            OptValue("com.victronenergy.battery.280,com.victronenergy.battery.Pack1,"
                     "com.victronenergy.battery.Pack2,com.victronenergy.battery.all"));
  members_[1].snapshot.values[q("/Dc/0/Current")] = 12;
  tell({.all = false, .changed = {1}});
  EXPECT_EQ(device_.members()[0].values[q("/Dc/0/Current")], 12);
  members_[0].snapshot.values[q("/Dc/0/Current")].reset();
  tell({.all = false, .changed = {0}});
  EXPECT_EQ(shown("/Dc/0/Current"), OptValue(22.0));
  EXPECT_EQ(shown("/Soc"), OptValue(55.0));
  members_[1].snapshot.values[q("/Connected")] = 0;
  tell({.all = false, .changed = {1}});
  EXPECT_EQ(shown("/Dc/0/Current"), OptValue(20.0));
  EXPECT_EQ(device_.hints({}, now_).size(), 2U);
}

TEST_F(BankOfBatteries, SaysWhoseCapacityIsUnknownOfMembersAndNotOfTheirParts) {
  device_ = BankDevice({.members = BankOf::batteries,
                        .composition = {.pairs = {{"Pack1", "280"}, {"Pack2", "281"}}}});
  members_ = {with_place(pack("280", {}), {MemberRole::pair_shunt, 0, {}}),
              with_place(pack("281", {}), {MemberRole::pair_shunt, 1, {}}),
              with_place(pack("Pack1", {}), {MemberRole::member, 0, 0}),
              with_place(pack("Pack2", {}), {MemberRole::member, 1, 1})};
  for (const std::size_t unknown : {1U, 2U, 3U})
    members_[unknown].snapshot.values[q("/InstalledCapacity")].reset();
  tell_all();
  std::vector<std::string> unknown;
  for (const Note& note : device_.take_notes())
    if (const auto* told = std::get_if<note::CapacityUnknown>(&note)) unknown.push_back(told->name);
  EXPECT_EQ(unknown, std::vector<std::string>{"Pack2"});
  EXPECT_EQ(device_.members()[0].capacity_ah, 100);
}

TEST_F(BankOfBatteries, LosesAStringAsAWhole) {
  device_ = BankDevice({.members = BankOf::batteries, .composition = {.series = 2}});
  std::uint16_t position = 0;
  for (const auto* name : {"a", "b", "c", "d"})
    members_.push_back(with_place(pack(name, {}), {MemberRole::member, position++, {}}));
  tell_all();
  EXPECT_EQ(shown("/Dc/0/Voltage"), OptValue(104.0));
  EXPECT_EQ(shown("/Dc/0/Current"), OptValue(20.0));
  EXPECT_EQ(shown("/InstalledCapacity"), OptValue(200.0));
  members_.erase(members_.begin() + 1);
  tell_all();
  EXPECT_EQ(shown("/Dc/0/Voltage"), OptValue(104.0));
  EXPECT_EQ(shown("/Dc/0/Current"), OptValue(10.0));
  EXPECT_EQ(device_.lost(), 1U);
  EXPECT_EQ(device_.hints({}, now_).size(), 1U);
}

TEST(BatteryHints, DoNotSpeakOfShuntsNorOfTheirSettings) {
  using Kind = BankHint::Kind;
  for (const Kind kind : {Kind::soc_differs, Kind::capacity_differs, Kind::current_opposite,
                          Kind::not_synchronised, Kind::monitor_not_counted,
                          Kind::entry_matches_nothing, Kind::alarms_missing, Kind::string_torn}) {
    BankHint hint{kind, "Pack1", "Pack2", 1, 2};
    hint.of_batteries = true;
    const HintWords words = words_of(hint);
    for (const std::string& text : {words.what, words.todo}) {
      EXPECT_EQ(text.find("_shunts"), std::string::npos) << text;
      EXPECT_EQ(text.find("shunts"), std::string::npos) << text;
      EXPECT_EQ(text.find("SmartShunt"), std::string::npos) << text;
    }
  }
}

TEST(BankOfShunts, HasNoItemsOfABms) {
  const BankDevice device{BankRules{}};
  for (const auto* path : {"/System/MinVoltageCellId", "/System/MaxTemperatureCellId",
                           "/System/MinCellVoltage", "/Voltages/Diff"})
    EXPECT_FALSE(device.values()[*find_quantity(path)].exists) << path;
}

}  // namespace
}  // namespace dmb
