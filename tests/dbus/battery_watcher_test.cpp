// SPDX-License-Identifier: MIT
#include "sources/bus/battery_watcher.h"

#include "battery_watcher_fixture.h"

#include <gtest/gtest.h>

#include <chrono>

namespace dmb::test {
namespace {

using BatteryWatcherTest = BatteryWatcherFixture;

/// `items` with some of them replaced.
FakeItems with(FakeItems items, const FakeItems& others) {
  for (const auto& [path, put] : others) items[path] = put;
  return items;
}

TEST_F(BatteryWatcherTest, FindsThoseThatAreThereInTheOrderOfTheirNames) {
  const auto b = start("ttyO2", shunt_items("HQ2"));
  const auto a = start("ttyO1", shunt_items("HQ1", "Shed"));
  watch();
  expect_ids({"HQ1", "HQ2"});
  const auto all = members();
  EXPECT_EQ(all[0].snapshot.service, kPrefix + "ttyO1");
  EXPECT_EQ(all[0].snapshot.name, "Shed");
  EXPECT_EQ(all[1].snapshot.name, "SmartShunt 500A/50mV [278]");
  EXPECT_EQ(log_.count("info Found SmartShunt Shed (com.victronenergy.battery.ttyO1)"), 1U);
}

TEST_F(BatteryWatcherTest, FindsOneThatAppearsLaterAtOnce) {
  watch();
  EXPECT_TRUE(wait_for([&] { return looked_round(); }));
  const auto shunt = start("ttyO1", shunt_items("HQ1"));
  const auto appeared = std::chrono::steady_clock::now();
  expect_ids({"HQ1"});
  const auto took = std::chrono::steady_clock::now() - appeared;
  // 100 ms are the aim; sanitizers and other tests at the same time take their share.
  EXPECT_LT(took, std::chrono::milliseconds(1000));
  RecordProperty("found_after_us", static_cast<int>(took / std::chrono::microseconds(1)));
}

TEST_F(BatteryWatcherTest, TellsWhenThereIsNobody) {
  watch();
  EXPECT_TRUE(wait_for([&] { return changes() == 1; }));
  EXPECT_TRUE(looked_round());
  EXPECT_TRUE(members().empty());
  EXPECT_TRUE(log_.lines().empty());
}

TEST_F(BatteryWatcherTest, NeverLooksAtOurOwnServices) {
  const auto own = start("aggregate_shunts", shunt_items("HQ1"));
  watch();
  EXPECT_TRUE(wait_for([&] { return looked_round(); }));
  settle(*own);
  EXPECT_TRUE(members().empty());
  EXPECT_EQ(own->calls("GetItems"), 0);
}

TEST_F(BatteryWatcherTest, ListensToWhatMayStillCountOnly) {
  const auto shunt = start("a", shunt_items("HQ1"));
  const auto bms = start("b", {{"/ProductId", integer(0xBA77)}, {"/ProductName", text("BMS")}});
  const auto aggregate =
      start("c", with(shunt_items("HQ3"), {{"/Measurement/Kind", text("derived")}}));
  const auto virtual_one =
      start("d", with(shunt_items("HQ4"), {{"/Devices/0/Virtual", integer(1)}}));
  watch();
  expect_ids({"HQ1"});
  EXPECT_EQ(log_.count("is not counted: it is computed from other batteries"), 2U);
  const int before = changes();
  for (const auto* other : {&bms, &aggregate, &virtual_one}) {
    settle(**other);
    (*other)->change(with(shunt_items("HQ9"),
                          {{"/Measurement/Kind", invalid()}, {"/Devices/0/Virtual", invalid()}}));
    settle(**other);
  }
  EXPECT_EQ(ids(), Ids{"HQ1"});
  EXPECT_EQ(changes(), before);
}

TEST_F(BatteryWatcherTest, LeavesOutWhatIsExcluded) {
  const std::vector<std::pair<std::string, FakeItems>> shunts{
      {"by_service", shunt_items("HQ1")},
      {"by_instance", with(shunt_items("HQ2"), {{"/DeviceInstance", integer(300)}})},
      {"by_name", shunt_items("HQ3", "Boat")},
      {"by_serial", shunt_items("HQ4")},
      {"stays", shunt_items("HQ5")}};
  std::vector<std::unique_ptr<FakeShunt>> running;
  for (const auto& [name, items] : shunts) running.push_back(start(name, items));
  watch({kPrefix + "by_service", "300", "boat", "HQ4"});
  expect_ids({"HQ5"});
  EXPECT_EQ(log_.count("is not counted: exclude_shunts names it"), 4U);
}

TEST_F(BatteryWatcherTest, FollowsARenamingIntoAndOutOfTheExclusion) {
  const auto shunt = start("ttyO1", shunt_items("HQ1", "Boat"));
  watch({"Boat"});
  expect_ids({});
  shunt->change_one("/CustomName", text("House"));
  expect_ids({"HQ1"});
  EXPECT_EQ(members()[0].snapshot.name, "House");
  shunt->change({{"/CustomName", text("Shed")}});
  EXPECT_TRUE(wait_for([&] { return members()[0].snapshot.name == "Shed"; }));
  EXPECT_TRUE(forgotten() == (Ids{kPrefix + "ttyO1", "HQ1"})) << "it was excluded at first";
  shunt->change_one("/CustomName", text("Boat"));
  expect_ids({});
  EXPECT_EQ(forgotten().size(), 4U) << "it is not lost: it never counted";
}

TEST_F(BatteryWatcherTest, ForgetsOneWhoseExcludedNameComesLate) {
  const auto house = start("ttyO1", shunt_items("HQ1"));
  auto boat = start("ttyO2", shunt_items("HQ2"));
  watch({"Boat"});
  expect_ids({"HQ1", "HQ2"});
  EXPECT_EQ(forgotten(), Ids{});
  boat->change_one("/CustomName", text("Boat"));
  expect_ids({"HQ1"});
  EXPECT_EQ(forgotten(), (Ids{kPrefix + "ttyO2", "HQ2"}));
  // Its program starts again, and the name is late again.
  boat.reset();
  boat = start("ttyO2", shunt_items("HQ2"));
  expect_ids({"HQ1", "HQ2"});
  boat->change({{"/CustomName", text("boat")}});
  expect_ids({"HQ1"});
  EXPECT_EQ(forgotten().size(), 4U);
}

TEST_F(BatteryWatcherTest, DoesNotForgetOneThatIsLost) {
  auto a = start("a", shunt_items("HQ1"));
  const auto b = start("b", shunt_items("HQ2"));
  watch();
  expect_ids({"HQ1", "HQ2"});
  a.reset();
  expect_ids({"HQ2"});
  b->change({{"/ProductId", invalid()}, {"/ProductName", invalid()}});
  expect_ids({});
  EXPECT_EQ(forgotten(), Ids{});
}

TEST_F(BatteryWatcherTest, TakesMonitorsThatAreIncludedAndFollowsTheirNames) {
  const FakeItems monitor{{"/ProductId", integer(0xA381)},
                          {"/ProductName", text("BMV-712 Smart")},
                          {"/Serial", text("HQ7")},
                          {"/Dc/0/Voltage", real(52)}};
  const auto bmv = start("ttyO1", monitor);
  const auto late = start("ttyO2", with(monitor, {{"/Serial", text("HQ8")}}));
  runner_->run([&] {
    watcher_ = std::make_unique<BatteryWatcher>(*bus_, rules({}, {"HQ7", "Garage"}),
                                                [this](const MemberNews& news) { take(news); });
  });
  expect_ids({"HQ7"});
  late->change_one("/CustomName", text("Garage"));
  expect_ids({"HQ7", "HQ8"});
}

TEST_F(BatteryWatcherTest, ChangesItsRulesInPlace) {
  const auto a = start("a", shunt_items("HQ1"));
  const auto b = start("b", shunt_items("HQ2"));
  const auto bmv =
      start("c", {{"/ProductId", integer(0xA381)}, {"/ProductName", text("BMV-712 Smart")}});
  watch();
  expect_ids({"HQ1", "HQ2"});
  change(rules({"HQ2"}, {"c"}));
  expect_ids({"HQ1", kPrefix + "c"});
  EXPECT_EQ(forgotten(), (Ids{kPrefix + "b", "HQ2"}));
  EXPECT_EQ(a->calls("GetItems"), 1);
  change({.own_services = {kPrefix + "a"}});
  expect_ids({"HQ2"});
  EXPECT_EQ(forgotten().size(), 5U) << "ours, and what is included no more, is not lost";
  change(rules({}));
  expect_ids({"HQ1", "HQ2"});
}

TEST_F(BatteryWatcherTest, HintsAtEntriesThatNameNothing) {
  const auto shunt = start("a", shunt_items("HQ1", "Shed"));
  const auto bms = start(
      "b",
      {{"/ProductId", integer(1)}, {"/ProductName", text("BMS")}, {"/DeviceInstance", integer(7)}});
  watch({"shed", "Boat", "7"}, false, {.before_unmatched = std::chrono::milliseconds(300)});
  EXPECT_TRUE(wait_for([&] { return log_.count("names \"Boat\", and no battery") == 1; }));
  EXPECT_EQ(log_.count("no battery on the bus is called so"), 1U);
}

TEST_F(BatteryWatcherTest, TakesAHalfInitialisedOneOnceItSaysWhatItIs) {
  const auto by_item = start("a", {{"/Dc/0/Voltage", real(51)}, {"/ProductName", invalid()}});
  const auto by_batch = start("b", {});
  watch();
  EXPECT_TRUE(wait_for([&] { return looked_round(); }));
  EXPECT_TRUE(members().empty());
  by_item->change_one("/ProductName", text("SmartShunt 300A"));
  by_batch->change(shunt_items("HQ2"));
  expect_ids({kPrefix + "a", "HQ2"});
  EXPECT_EQ(members()[0].snapshot.values[q("/Dc/0/Voltage")], 51);
  by_item->change_one("/Serial", text("HQ1"));
  expect_ids({"HQ1", "HQ2"});
  EXPECT_EQ(forgotten(), Ids{kPrefix + "a"}) << "would be missed for ever";
}

TEST_F(BatteryWatcherTest, ForgetsOneThatLeavesAtOnceAndKnowsItAgain) {
  auto shunt = start("ttyO1", shunt_items("HQ1"));
  watch();
  expect_ids({"HQ1"});
  const std::string before = shunt->unique_name();
  shunt.reset();
  expect_ids({});
  EXPECT_EQ(log_.count("has left"), 1U);
  shunt = start("ttyO2", shunt_items("HQ1"));
  EXPECT_NE(shunt->unique_name(), before);
  expect_ids({"HQ1"});
  EXPECT_EQ(members()[0].snapshot.service, kPrefix + "ttyO2");
}

TEST_F(BatteryWatcherTest, ForgetsOneThatReleasesItsName) {
  const auto shunt = start("ttyO1", shunt_items("HQ1"));
  watch();
  expect_ids({"HQ1"});
  shunt->release_name();
  expect_ids({});
}

TEST_F(BatteryWatcherTest, StartsFromNothingWhenAnotherTakesTheNameOver) {
  const std::string name = kPrefix + "ttyO1";
  const auto first = start("", shunt_items("HQ1"));
  const auto second = start("", {{"/ProductName", text("SmartShunt")}, {"/Serial", text("HQ2")}});
  first->with_bus([&](sd_bus* bus) {
    ASSERT_GE(sd_bus_request_name(bus, name.c_str(), SD_BUS_NAME_ALLOW_REPLACEMENT), 0);
  });
  watch();
  expect_ids({"HQ1"});
  second->with_bus([&](sd_bus* bus) {
    ASSERT_GE(sd_bus_request_name(bus, name.c_str(), SD_BUS_NAME_REPLACE_EXISTING), 0);
  });
  expect_ids({"HQ2"});
  EXPECT_EQ(value("/Dc/0/Voltage"), std::nullopt);
  first->change_one("/Dc/0/Voltage", real(1));
  settle(*first);
  EXPECT_EQ(value("/Dc/0/Voltage"), std::nullopt) << "heard from the old owner";
}

TEST_F(BatteryWatcherTest, NoticesTheSameNumberOfOthersAtTheSameInstant) {
  auto a = start("a", shunt_items("HQ1"));
  auto b = start("b", shunt_items("HQ2"));
  watch();
  expect_ids({"HQ1", "HQ2"});
  runner_->run([&] {  // the loop stands still meanwhile
    a = start("a2", shunt_items("HQ3"));
    b.reset();
    b = start("b", {{"/ProductName", text("SmartShunt")}, {"/Serial", text("HQ4")}});
  });
  expect_ids({"HQ3", "HQ4"});
  const auto all = members();
  EXPECT_EQ(all[1].snapshot.values[q("/Dc/0/Voltage")], std::nullopt)
      << "kept from the one that had this name before";
}

TEST_F(BatteryWatcherTest, CountsOneSerialOnceWhereItArrivedLast) {
  const auto a = start("ttyUSB1", shunt_items("HQ1"));
  watch();
  expect_ids({"HQ1"});
  auto b = start("ttyUSB0", with(shunt_items("HQ1"), {{"/Dc/0/Voltage", real(48)}}));
  expect_value("/Dc/0/Voltage", 48);
  EXPECT_EQ(ids(), Ids{"HQ1"});
  EXPECT_EQ(log_.count("ttyUSB1 and com.victronenergy.battery.ttyUSB0 are the same SmartShunt"),
            1U);
  a->change_one("/Soc", real(99));
  settle(*a);
  EXPECT_EQ(value("/Soc"), std::nullopt) << "heard from the older one";
  b.reset();
  expect_value("/Soc", 99);
  EXPECT_EQ(ids(), Ids{"HQ1"});
  EXPECT_EQ(forgotten(), Ids{});
}

TEST_F(BatteryWatcherTest, CountsTwoNamesOfOneConnectionOnce) {
  const auto shunt = start("a", shunt_items());
  watch();
  expect_ids({kPrefix + "a"});
  shunt->with_bus([](sd_bus* bus) { sd_bus_request_name(bus, (kPrefix + "b").c_str(), 0); });
  expect_ids({kPrefix + "b"});
  EXPECT_EQ(forgotten(), Ids{kPrefix + "a"});
}

TEST_F(BatteryWatcherTest, TakesALateSerialForTheOneItKnows) {
  const auto a = start("a", shunt_items("HQ1"));
  watch();
  expect_ids({"HQ1"});
  const auto b = start("b", shunt_items());
  expect_ids({"HQ1", kPrefix + "b"});
  b->change_one("/Serial", text("HQ1"));
  expect_ids({"HQ1"});
  EXPECT_EQ(members()[0].snapshot.service, kPrefix + "b");
  EXPECT_EQ(forgotten(), Ids{kPrefix + "b"});
}

TEST_F(BatteryWatcherTest, TellsOncePerTurn) {
  const auto shunt = start("ttyO1", shunt_items("HQ1"));
  watch();
  expect_ids({"HQ1"});
  const int before = changes();
  runner_->run([&] {  // the loop stands still meanwhile
    for (int i = 1; i <= 20; ++i) shunt->change_one("/Soc", real(i));
    shunt->change({{"/Soc", real(50)}, {"/Dc/0/Current", real(1)}});
    shunt->flush();
  });
  expect_value("/Soc", 50);
  const int after = changes();
  EXPECT_LT(after, before + 5) << "one for each signal, instead of one for those that wait";
  shunt->change({{"/Soc", integer(50)}, {"/Dc/0/Current", real(1)}});
  settle(*shunt);
  EXPECT_EQ(changes(), after) << "told although nothing changed";
}

TEST_F(BatteryWatcherTest, DoesNotMindACrowdThatIsNone) {
  // More connections than match rules are allowed would end ours.
  std::vector<std::unique_ptr<FakeShunt>> crowd;
  crowd.push_back(start("zz", shunt_items("HQ1")));
  watch();
  expect_ids({"HQ1"});
  crowd[0]->with_bus([](sd_bus* bus) {
    for (int i = 0; i < 550; ++i) {
      sd_bus_request_name(bus, (kPrefix + "n" + std::to_string(i)).c_str(), 0);
    }
  });
  EXPECT_TRUE(wait_for([&] { return log_.count("more than 500 battery services") == 1; }));
  crowd[0].reset();
  expect_ids({});
}

}  // namespace
}  // namespace dmb::test
