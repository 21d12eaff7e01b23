// SPDX-License-Identifier: MIT
#include "battery_watcher_fixture.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>

namespace dmb::test {
namespace {

void add_items(const nlohmann::json& json, const std::string& path, FakeItems& items) {
  if (json.is_object())
    for (const auto& [key, value] : json.items()) add_items(value, path + "/" + key, items);
  else if (json.is_string())
    items[path] = text(json.get<std::string>());
  else if (json.is_number_integer())
    items[path] = integer(json.get<int>());
  else if (json.is_number())
    items[path] = real(json.get<double>());
  else
    items[path] = invalid();
}

FakeItems with(FakeItems items, const FakeItems& others) {
  for (const auto& [path, value] : others) items[path] = value;
  return items;
}

/// The whole tree of a real dbus-serialbattery.
FakeItems serial_pack(const std::string& serial, int instance) {
  std::ifstream file(std::string(DMB_TEST_DATA) + "/payload-serialbattery-jsondata.json");
  FakeItems items;
  const auto outer = nlohmann::json::parse(file);
  add_items(nlohmann::json::parse(outer.at("value").get<std::string>()), "", items);
  return with(items, {{"/Serial", text(serial)}, {"/DeviceInstance", integer(instance)}});
}

FakeItems product(const std::string& name, int id, const std::string& serial, int instance) {
  return {{"/ProductName", text(name)},
          {"/ProductId", integer(id)},
          {"/Serial", text(serial)},
          {"/DeviceInstance", integer(instance)},
          {"/Dc/0/Voltage", real(26.8)},
          {"/Dc/0/Current", real(5)},
          {"/Soc", real(80)},
          {"/Mgmt/ProcessName", text("another")}};
}

FakeItems can_pack() {
  return with(product("BYD Battery-Box", 0xB009, "B1", 512),
              {{"/Info/MaxChargeCurrent", real(50)}});
}
FakeItems lynx() {
  return with(product("Lynx Smart BMS 500", 0xA3E5, "L1", 2),
              {{"/Info/MaxChargeCurrent", real(70)}});
}
FakeItems aggregate(const std::string& tracks) {
  return with(
      product("AggregateBatteries", 0xBA44, "", 99),
      {{"/Measurement/Kind", text("derived")}, {"/Measurement/TracksServices", text(tracks)}});
}

class BatteryWatcherBank : public BatteryWatcherFixture {
 protected:
  static WatchRules bank(MemberChoice choice, WatchPatience patience = {}) {
    choice.process_name = "dbus-mqtt-battery";
    return {.own_services = {kPrefix + "bank_110"},
            .read_registers = true,
            .patience = patience,
            .bank = std::move(choice)};
  }

  void watch_bank(MemberChoice choice, WatchPatience patience = {}) {
    runner_->run([&] {
      watcher_ = std::make_unique<BatteryWatcher>(*bus_, bank(std::move(choice), patience),
                                                  [this](const MemberNews& news) { take(news); });
    });
  }

  std::vector<SeenBattery> seen() {
    std::vector<SeenBattery> all;
    runner_->run([&] { all = watcher_->seen(); });
    return all;
  }
  SeenBattery seen(const std::string& name) {
    for (const auto& one : seen())
      if (one.identity.service == kPrefix + name) return one;
    return {};
  }
  std::vector<MeasurementNode> nodes() {
    std::vector<MeasurementNode> all;
    runner_->run([&] { all = watcher_->nodes(); });
    return all;
  }
};

TEST_F(BatteryWatcherBank, TakesEveryBatteryThatIsNoMonitorAndNoAggregate) {
  const auto serial = start("ttyUSB0", serial_pack("J1", 1));
  const auto can = start("socketcan_can0_vi0_uc1", can_pack());
  const auto of_lynx = start("socketcan_can1_vi0_uc2", lynx());
  const auto shunt = start("ttyS5", product("SmartShunt 500A", 0xA389, "HQ1", 279));
  const auto bmv = start("ttyO1", product("BMV-712 Smart", 0xA381, "HQ2", 280));
  const auto sum = start("aggregate", aggregate(kPrefix + "ttyUSB0"));
  const auto other = start("x", with(product("MQTT Battery", 0xFFFF, "M1", 100),
                                     {{"/Mgmt/ProcessName", text("dbus-mqtt-battery")}}));
  watch_bank({});
  expect_ids({"B1", "L1", "J1"});
  EXPECT_EQ(seen().size(), 7U);
  EXPECT_EQ(seen("ttyUSB0").membership, Membership::member);
  EXPECT_EQ(seen("ttyS5").membership, Membership::monitor);
  EXPECT_EQ(seen("ttyO1").membership, Membership::monitor);
  EXPECT_EQ(seen("aggregate").membership, Membership::derived);
  EXPECT_EQ(seen("x").membership, Membership::same_program);
  EXPECT_EQ(log_.count("is not counted: it is a mere monitor"), 2U);
  EXPECT_EQ(shunt->calls("GetVreg"), 0) << "it does not take part";
}

TEST_F(BatteryWatcherBank, KeepsAllThatASerialDriverTellsOfItsBattery) {
  const auto pack = start("ttyUSB0", serial_pack("J1", 1));
  watch_bank({});
  expect_ids({"J1"});
  EXPECT_EQ(value("/Info/MaxChargeVoltage"), 28.4);
  const WatchedMember member = members()[0];
  EXPECT_EQ(*member.others.find(q("/Info/ChargeMode")), Value("Bulk"));
  EXPECT_NE(member.others.find(cell_voltage(8)), nullptr);
  EXPECT_EQ(pack->calls("GetVreg"), 0);
  pack->change({{"/Info/ChargeMode", text("Float")}, {"/Info/MaxChargeCurrent", real(0)}});
  expect_value("/Info/MaxChargeCurrent", 0);
  EXPECT_EQ(*members()[0].others.find(q("/Info/ChargeMode")), Value("Float"));
}

TEST_F(BatteryWatcherBank, PutsMembersInTheOrderOfTheConfigAndShuntsLast) {
  const auto shunt =
      start("ttyS5", product("SmartShunt 500A", 0xA389, "HQ1", 279), Manner::honest, Link::honest);
  const auto second = start("a", serial_pack("J2", 2));
  const auto first = start("b", serial_pack("J1", 1));
  const auto paired = start("c", product("BMV-712 Smart", 0xA381, "HQ2", 280));
  watch_bank({.members = {"J1", "serialbattery"}, .shunt = "279", .pairs = {{"J2", "280"}}});
  expect_ids({"J1", "J2", "HQ1", "HQ2"});
  const auto all = members();
  EXPECT_EQ(all[0].place, (MemberPlace{.position = 0}));
  EXPECT_EQ(all[1].place.pair, 0);
  EXPECT_EQ(all[2].place.role, MemberRole::bank_shunt);
  EXPECT_EQ(all[3].place.role, MemberRole::pair_shunt);
  EXPECT_TRUE(wait_for([&] { return shunt->calls("GetVreg") > 0; }));
}

TEST_F(BatteryWatcherBank, LetsANamedAggregateStandForWhatItTracksInAnyOrderOfArrival) {
  const std::string tracks = kPrefix + "a," + kPrefix + "b";
  auto a = start("a", serial_pack("J1", 1));
  auto sum = start("sum", aggregate(tracks));
  watch_bank({.members = {"sum", "serialbattery"}});
  expect_ids({kPrefix + "sum"});
  const auto b = start("b", serial_pack("J2", 2));
  EXPECT_TRUE(wait_for([&] { return seen("b").tracked; }));
  EXPECT_EQ(seen("b").heard_at, kPrefix + "sum");
  const auto c = start("c", serial_pack("J3", 3));
  expect_ids({kPrefix + "sum", "J3"});
  sum.reset();
  expect_ids({"J1", "J2", "J3"});
  sum = start("sum", aggregate(""));
  expect_ids({kPrefix + "sum", "J1", "J2", "J3"});
  sum->change({{"/Measurement/TracksServices", text(tracks)}});
  expect_ids({kPrefix + "sum", "J3"});
  EXPECT_TRUE(wait_for([&] { return std::ranges::count(forgotten(), "J1") > 0; }))
      << "it is in the sum, and not missing";
}

TEST_F(BatteryWatcherBank, CountsTheSameHardwareOnce) {
  const FakeItems device{{"/Measurement/PhysicalDevice", text("battery:1")}};
  const auto monitor = start("a", with(product("SmartShunt 500A", 0xA389, "HQ1", 279), device));
  const auto pack = start("b", with(serial_pack("J1", 1), device));
  watch_bank({.members = {"smartshunt", "serialbattery"}});
  expect_ids({"J1"});
  EXPECT_EQ(seen("a").heard_at, kPrefix + "b");
  EXPECT_FALSE(seen("a").tracked);
  pack->change({{"/Measurement/LineAuthority", text(kPrefix + "a")}});
  expect_ids({"HQ1"});
  EXPECT_EQ(nodes().size(), 2U);
  EXPECT_TRUE(nodes()[1].has_bms);
}

TEST_F(BatteryWatcherBank, FollowsNamesThatChangeAndIdentitiesThatComeLate) {
  const auto pack = start("a", with(serial_pack("J1", 1), {{"/CustomName", text("Other")}}));
  const auto late = start("b", {{"/Dc/0/Voltage", real(26.8)}});
  const auto shunt = start("c", product("SmartShunt 500A", 0xA389, "HQ1", 279));
  watch_bank({.members = {"Front", "can"}, .shunt = "Sun"});
  expect_ids({});
  pack->change({{"/CustomName", text("Front")}});
  expect_ids({"J1"});
  late->change(
      {{"/ProductId", integer(0xB009)}, {"/ProductName", text("BYD")}, {"/Serial", text("B1")}});
  expect_ids({"J1", "B1"});
  shunt->change({{"/CustomName", text("sun")}});
  expect_ids({"J1", "B1", "HQ1"});
  pack->change({{"/CustomName", text("Other")}});
  expect_ids({"B1", "HQ1"});
}

TEST_F(BatteryWatcherBank, TakesOverNewRulesAtOnce) {
  const auto a = start("a", serial_pack("J1", 1));
  const auto b = start("b", serial_pack("J2", 2));
  watch_bank({.members = {"J1", "J2"}});
  expect_ids({"J1", "J2"});
  change(bank({.members = {"J2", "J1"}}));
  expect_ids({"J2", "J1"});
  change(bank({.members = {"J2"}}));
  expect_ids({"J2"});
  change(bank({}));
  expect_ids({"J1", "J2"});
}

TEST_F(BatteryWatcherBank, FindsOutThatAMembersBmsHangs) {
  const auto pack = start("a", serial_pack("J1", 1));
  using std::chrono::milliseconds;
  watch_bank({}, {.answer = milliseconds(200), .silence = milliseconds(600)});
  expect_ids({"J1"});
  pack->behave(Manner::hangs);
  expect_ids({});
  EXPECT_TRUE(seen("a").hung);
  pack->answer_kept_calls();
  expect_ids({"J1"});
}

TEST_F(BatteryWatcherBank, TakesLiesForUnknown) {
  const auto pack = start("a", serial_pack("J1", 1));
  watch_bank({});
  expect_ids({"J1"});
  pack->change({{"/Info/MaxChargeCurrent", real(1e308)}, {"/Info/MaxChargeVoltage", text("56")}});
  expect_value("/Info/MaxChargeCurrent", std::nullopt);
  expect_value("/Info/MaxChargeVoltage", std::nullopt);
  pack->change({{"/Measurement/TracksServices", integer(7)},
                {"/Measurement/PeerServices", text(kPrefix + "a,,," + std::string(20000, 'x'))},
                {"/Measurement/Kind", real(1)}});
  settle(*pack);
  expect_ids({"J1"});
}

TEST_F(BatteryWatcherBank, SaysWhichEntriesNameNothing) {
  const auto pack = start("a", serial_pack("J1", 1));
  watch_bank({.members = {"serialbattery", "Pack1", "J9", "mqtt"},
              .shunt = "279",
              .pairs = {{"J1", "280"}},
              .labels = {"Pack1"}},
             {.before_unmatched = std::chrono::milliseconds(100)});
  EXPECT_TRUE(wait_for([&] {
    std::vector<std::string> entries;
    runner_->run([&] { entries = watcher_->unmatched(); });
    return entries == std::vector<std::string>{"J9", "279", "280"};
  }));
  EXPECT_EQ(log_.count("members, shunt or pair names \"279\""), 1U);
}

}  // namespace
}  // namespace dmb::test
