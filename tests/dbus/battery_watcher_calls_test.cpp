// SPDX-License-Identifier: MIT
#include "battery_watcher_fixture.h"

#include <gtest/gtest.h>

#include <chrono>

namespace dmb::test {
namespace {

using BatteryWatcherCalls = BatteryWatcherFixture;
using std::chrono::milliseconds;

constexpr WatchPatience kImpatient{milliseconds(400), milliseconds(400)};

TEST_F(BatteryWatcherCalls, AHungServiceDelaysNobody) {
  const auto hung = start("a", shunt_items("HQ1"), Manner::hangs);
  const auto good = start("b", shunt_items("HQ2"));
  watch();
  EXPECT_TRUE(wait_for([&] { return ids() == Ids{"HQ2"}; }, milliseconds(4000)));
  EXPECT_FALSE(looked_round());
  good->change_one("/Soc", real(50));
  expect_value("/Soc", 50);
}

TEST_F(BatteryWatcherCalls, AHungServiceEndsTheLookRoundByItsTimeOut) {
  const auto hung = start("a", shunt_items("HQ1"), Manner::hangs);
  watch({}, false, kImpatient);
  EXPECT_TRUE(wait_for([&] { return looked_round(); }));
  EXPECT_EQ(log_.count("Cannot read com.victronenergy.battery.a: no answer"), 1U);
  EXPECT_EQ(changes(), 1);
}

TEST_F(BatteryWatcherCalls, AServiceThatLeavesUnaskedEndsTheLookRound) {
  auto hung = start("a", shunt_items("HQ1"), Manner::hangs);
  watch();
  EXPECT_TRUE(wait_for([&] { return hung->calls("GetItems") == 1; }));
  hung.reset();
  EXPECT_TRUE(wait_for([&] { return looked_round(); }));
  EXPECT_EQ(log_.count("warning"), 0U);
}

TEST_F(BatteryWatcherCalls, TheLastOneIsNotMissedBeforeTheNextOneHasSaidWhatItIs) {
  auto last = start("a", shunt_items("HQ1"));
  watch({}, false, {.exchange = std::chrono::seconds(20)});
  expect_ids({"HQ1"});
  const auto next = start("b", shunt_items("HQ2"), Manner::hangs);
  EXPECT_TRUE(wait_for([&] { return next->calls("GetItems") == 1; }));
  const int before = changes();
  last.reset();
  next->answer_kept_calls();
  expect_ids({"HQ2"});
  EXPECT_EQ(changes(), before + 1);
}

TEST_F(BatteryWatcherCalls, TheLastOneIsMissedSoonWhateverTheNextOneDoes) {
  auto last = start("a", shunt_items("HQ1"));
  watch();
  expect_ids({"HQ1"});
  const auto next = start("b", shunt_items("HQ2"), Manner::hangs);
  EXPECT_TRUE(wait_for([&] { return next->calls("GetItems") == 1; }));
  last.reset();
  EXPECT_TRUE(wait_for([&] { return ids().empty(); }, milliseconds(2000)));
}

TEST_F(BatteryWatcherCalls, AsksAgainAfterAWhile) {
  const auto shunt = start("a", shunt_items("HQ1"), Manner::refuses);
  watch({}, false, {std::chrono::seconds(5), milliseconds(400)});
  EXPECT_TRUE(wait_for([&] { return log_.count("warning Cannot read") == 1; }));
  EXPECT_EQ(log_.count("out of\\x0Aink"), 1U);
  shunt->behave(Manner::honest);
  expect_ids({"HQ1"});
  EXPECT_EQ(log_.count("answers now"), 1U);
}

/// Calls to a process that hangs for good would pile up in the daemon.
TEST_F(BatteryWatcherCalls, ThenWaitsForASignOfLife) {
  const auto shunt = start("a", shunt_items("HQ1"), Manner::refuses);
  watch({}, false, {std::chrono::seconds(5), milliseconds(100)});
  EXPECT_TRUE(wait_for([&] { return shunt->calls("GetItems") == 2; }));
  EXPECT_FALSE(wait_for([&] { return shunt->calls("GetItems") > 2; }, milliseconds(500)));
  shunt->change_one("/Soc", real(1));
  EXPECT_TRUE(wait_for([&] { return shunt->calls("GetItems") == 3; }));
  shunt->behave(Manner::honest);
  EXPECT_TRUE(wait_for([&] {
    shunt->change_one("/Soc", real(2));
    return ids() == Ids{"HQ1"};
  }));
  EXPECT_EQ(log_.count("warning"), 1U);
}

TEST_F(BatteryWatcherCalls, TakesAnAnswerOfAnotherFormForAFailure) {
  const auto shunt = start("a", shunt_items("HQ1"), Manner::wrong_form);
  const auto old = start("b", {}, Manner::honest);
  watch({}, false, {std::chrono::seconds(5), milliseconds(400)});
  EXPECT_TRUE(wait_for([&] { return log_.count("an answer of an unknown form") == 1; }));
  shunt->behave(Manner::old);
  expect_ids({"HQ1"});
}

TEST_F(BatteryWatcherCalls, KeepsWhatSignalsSayBeforeTheAnswer) {
  const auto shunt =
      start("a", {{"/ProductId", integer(0xA389)}, {"/Dc/0/Voltage", real(50)}}, Manner::hangs);
  watch();
  EXPECT_TRUE(wait_for([&] { return shunt->calls("GetItems") == 1; }));
  // The answer does not hold these paths, and is newer than the first voltage.
  shunt->with_bus([](sd_bus* bus) {
    constexpr const char* kItem = "com.victronenergy.BusItem";
    sd_bus_emit_signal(bus, "/ProductId", kItem, "PropertiesChanged", "a{sv}", 1, "Value", "i",
                       0xA389);
    sd_bus_emit_signal(bus, "/Soc", kItem, "PropertiesChanged", "a{sv}", 1, "Value", "d", 60.0);
    sd_bus_emit_signal(bus, "/", kItem, "ItemsChanged", "a{sa{sv}}", 2, "/Dc/0/Voltage", 1, "Value",
                       "d", 49.0, "/Serial", 1, "Value", "s", "HQ1");
  });
  settle(*shunt);
  EXPECT_TRUE(members().empty()) << "it may yet say that it is derived";
  shunt->answer_kept_calls();
  shunt->change_one("/Dc/0/Current", real(7));
  expect_value("/Dc/0/Current", 7);
  EXPECT_EQ(ids(), Ids{"HQ1"});
  EXPECT_EQ(value("/Soc"), 60);
  EXPECT_EQ(value("/Dc/0/Voltage"), 50);
}

TEST_F(BatteryWatcherCalls, CanBeDestroyedWithCallsUnderWay) {
  const auto a = start("a", shunt_items("HQ1"), Manner::hangs);
  const auto b = start("b", shunt_items("HQ2"), Manner::honest, Link::hangs);
  watch({}, true);
  EXPECT_TRUE(wait_for([&] { return b->calls("GetVreg") == 1; }));
  runner_->run([this] { watcher_.reset(); });
  a->answer_kept_calls();
  b->answer_kept_calls();
  b->change_one("/Soc", real(5));
  settle(*b);
}

using BatteryWatcherRegisters = BatteryWatcherFixture;

TEST_F(BatteryWatcherRegisters, AreReadFromRealShunts) {
  const auto tree = load_tree(std::string(DMB_TEST_DATA) + "/smartshunt-48v.json");
  const auto shunt = start("a", tree.items, Manner::honest, Link::honest, tree.registers);
  watch({}, true);
  EXPECT_TRUE(wait_for([&] { return log_.count("is set to: capacity 290 Ah") == 1; }));
  EXPECT_TRUE(wait_for([&] { return members()[0].register_charged_voltage_v == 55.2; }));
  EXPECT_EQ(members()[0].register_capacity_ah, 290);
  // The capture has no 0x1008.
  EXPECT_EQ(log_.count("(0x1008: error 0x8101)"), 1U);
  EXPECT_EQ(shunt->calls("GetVreg"), 9);
}

TEST_F(BatteryWatcherRegisters, TellTheDischargeFloor) {
  const auto shunt =
      start("a", shunt_items("HQ1"), Manner::honest, Link::honest, {{0x1008, {0, {20, 0}}}});
  watch({}, true);
  EXPECT_TRUE(wait_for([&] {
    const auto all = members();
    return all.size() == 1 && all[0].register_discharge_floor_percent == 20;
  }));
}

TEST_F(BatteryWatcherRegisters, AreNotReadUnlessAskedFor) {
  const auto shunt = start("a", shunt_items("HQ1"), Manner::honest, Link::honest);
  watch();
  expect_ids({"HQ1"});
  settle(*shunt);
  EXPECT_EQ(shunt->calls("GetVreg"), 0);
}

struct LinkCase {
  const char* name;
  FakeShunt::Link link;
  FakeRegisters registers;
  const char* says;
  int calls;
};

TEST_F(BatteryWatcherRegisters, StayUnknownWhenTheyCannotBeRead) {
  const std::vector<LinkCase> cases{
      {"none", Link::none, {}, "(0x1000: it offers no such thing)", 1},
      {"form", Link::wrong_form, {}, "0x1001: an answer of the wrong form", 9},
      {"long", Link::honest, {{0x1000, {0, {1, 2, 3, 4}}}}, "0x1000: 4 bytes instead of 2;", 9},
      {"short", Link::honest, {{0x1000, {0, {}}}}, "0x1000: 0 bytes instead of 2;", 9},
      {"zero", Link::honest, {{0x1000, {0, {0, 0}}}}, "0x1000: not set;", 9},
      {"error", Link::honest, {{0x1000, {0x8100, {1, 2}}}}, "0x1000: error 0x8100;", 9}};
  std::vector<std::unique_ptr<FakeShunt>> shunts;
  for (const LinkCase& c : cases) {
    shunts.push_back(start(c.name, shunt_items("", c.name), Manner::honest, c.link, c.registers));
  }
  watch({}, true);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const std::string line = std::string("info SmartShunt ") + cases[i].name +
                             " (com.victronenergy.battery." + cases[i].name +
                             ") does not tell all its settings (";
    EXPECT_TRUE(wait_for([&] { return log_.count(line) == 1; })) << line;
    EXPECT_EQ(log_.count(cases[i].says), 1U) << cases[i].says;
    EXPECT_EQ(shunts[i]->calls("GetVreg"), cases[i].calls) << cases[i].name;
  }
  for (const auto& member : members()) EXPECT_EQ(member.register_capacity_ah, std::nullopt);
  EXPECT_EQ(log_.count("warning"), 0U);
}

TEST_F(BatteryWatcherRegisters, OfAHungLinkDelayNothingElse) {
  const auto shunt = start("a", shunt_items("HQ1"), Manner::honest, Link::hangs);
  watch({}, true, kImpatient);
  EXPECT_TRUE(wait_for([&] { return shunt->calls("GetVreg") == 1; }));
  shunt->change_one("/Soc", real(50));
  expect_value("/Soc", 50);
  EXPECT_TRUE(
      wait_for([&] { return log_.count("does not tell all its settings (0x1000: no ans"); }));
  EXPECT_EQ(shunt->calls("GetVreg"), 9);
  EXPECT_EQ(members()[0].register_capacity_ah, std::nullopt);
}

TEST_F(BatteryWatcherRegisters, TellTheCapacityLateIfTheLinkWasSlow) {
  const auto shunt = start("a", shunt_items("HQ1"), Manner::honest, Link::honest);
  watch({}, true, {milliseconds(400), milliseconds(400), milliseconds(50)});
  EXPECT_TRUE(wait_for([&] { return shunt->calls("GetVreg") > 10; })) << "asked again, and again";
  EXPECT_EQ(log_.count("does not tell all its settings"), 1) << "but said once";
  shunt->offer(Link::honest, {{0x1000, {0, {34, 1}}}});
  EXPECT_TRUE(wait_for([&] {
    const auto found = members();
    return found.size() == 1 && found[0].register_capacity_ah == 290;
  }));
}

TEST_F(BatteryWatcherRegisters, AreReadAgainWhenTheServiceComesBack) {
  const FakeRegisters registers{{0x1000, {0, {100, 0}}}};
  auto shunt = start("a", shunt_items("HQ1"), Manner::honest, Link::honest, registers);
  watch({}, true);
  EXPECT_TRUE(wait_for([&] {
    const auto all = members();
    return all.size() == 1 && all[0].register_capacity_ah == 100;
  }));
  shunt.reset();
  expect_ids({});
  shunt = start("a", shunt_items("HQ1"), Manner::honest, Link::honest, {{0x1000, {0, {200, 0}}}});
  EXPECT_TRUE(wait_for([&] {
    const auto all = members();
    return all.size() == 1 && all[0].register_capacity_ah == 200;
  }));
}

}  // namespace
}  // namespace dmb::test
