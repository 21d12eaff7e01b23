// SPDX-License-Identifier: MIT
#include "battery_watcher_fixture.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <limits>

namespace dmb::test {
namespace {

using BatteryWatcherValues = BatteryWatcherFixture;

/// A variant of any type, as sd_bus_message_append(3) takes it.
template <typename... Arguments>
PutValue any(const char* types, Arguments... arguments) {
  return [types, arguments...](sd_bus_message* message) {
    ASSERT_GE(sd_bus_message_append(message, "v", types, arguments...), 0) << types;
  };
}

/// Every kept path of the capture has its value, all others none.
void expect_values_of(const std::string& file, const MemberValues& values) {
  const auto json = nlohmann::json::parse(std::ifstream(file));
  for (const MemberQuantity item : kAllMemberQuantities) {
    const std::string path(item.spec().path);
    std::optional<double> expected;
    if (json.contains(path) && json.at(path).is_number()) expected = json.at(path).get<double>();
    EXPECT_EQ(values[item], expected) << path;
  }
}

TEST_F(BatteryWatcherValues, TakesAllOfRealShunts) {
  for (const char* name : {"smartshunt-48v.json", "smartshunt-12v.json"}) {
    const std::string file = std::string(DMB_TEST_DATA) + "/" + name;
    const auto shunt = start("ttyO1", load_tree(file).items);
    watch();
    expect_ids({kPrefix + "ttyO1"});
    expect_values_of(file, members()[0].snapshot.values);
    runner_->run([this] { watcher_.reset(); });
    changes_ = 0;
  }
  EXPECT_EQ(log_.count("warning"), 0U);
}

TEST_F(BatteryWatcherValues, FollowsBothKindsOfSignals) {
  const auto shunt = start("ttyO1");
  watch();
  expect_value("/Dc/0/Voltage", 52.5);
  shunt->change_one("/Dc/0/Voltage", real(52.6));
  expect_value("/Dc/0/Voltage", 52.6);
  shunt->change({{"/Dc/0/Voltage", real(52.7)}, {"/Alarms/LowSoc", integer(2)}});
  expect_value("/Dc/0/Voltage", 52.7);
  expect_value("/Alarms/LowSoc", 2);
  shunt->change_one("/Alarms/LowSoc", invalid());
  expect_value("/Alarms/LowSoc", std::nullopt);
}

TEST_F(BatteryWatcherValues, ReadsTheTreeOfAServiceWithoutGetItems) {
  const auto shunt = start("ttyO1", shunt_items("HQ1"), Manner::old);
  watch();
  expect_ids({"HQ1"});
  expect_value("/Dc/0/Voltage", 52.5);
  EXPECT_EQ(log_.count("warning"), 0U);
}

TEST_F(BatteryWatcherValues, TakesAnyTypeOfNumber) {
  const auto shunt = start("ttyO1");
  watch();
  expect_value("/Dc/0/Voltage", 52.5);
  const std::vector<std::pair<PutValue, double>> cases{{any("y", 1), 1},
                                                       {any("n", 2), 2},
                                                       {any("q", 3), 3},
                                                       {any("i", 4), 4},
                                                       {any("u", 5), 5},
                                                       {any("x", std::int64_t{6}), 6},
                                                       {any("t", std::uint64_t{7}), 7},
                                                       {any("d", 8.5), 8.5},
                                                       {any("b", 1), 1}};
  for (const auto& [put, expected] : cases) {
    shunt->change_one("/Soc", put);
    expect_value("/Soc", expected);
    shunt->change({{"/Soc", real(99)}});
    expect_value("/Soc", 99);
  }
}

TEST_F(BatteryWatcherValues, TakesANumberAsItsQuantityHoldsIt) {
  auto items = shunt_items("HQ1");
  items["/ConsumedAmphours"] = real(20);
  items["/TimeToGo"] = real(3600.6);
  items["/Alarms/LowSoc"] = real(0.5);
  const auto shunt = start("ttyO1", items);
  watch();
  expect_value("/ConsumedAmphours", -20);
  expect_value("/TimeToGo", 3601);
  expect_value("/Alarms/LowSoc", std::nullopt);
  EXPECT_EQ(log_.count("/Alarms/LowSoc that is not a whole number"), 1U);
}

TEST_F(BatteryWatcherValues, TakesAnyEmptyArrayAsInvalid) {
  const auto shunt = start("ttyO1");
  watch();
  expect_value("/Dc/0/Voltage", 52.5);
  for (const char* type : {"ai", "au", "as", "av", "ay", "a{sv}", "aai", "a(ii)"}) {
    shunt->change_one("/Dc/0/Voltage", any(type, 0));
    expect_value("/Dc/0/Voltage", std::nullopt);
    shunt->change_one("/Dc/0/Voltage", real(52.5));
    expect_value("/Dc/0/Voltage", 52.5);
  }
  EXPECT_EQ(log_.count("warning"), 0U);
}

TEST_F(BatteryWatcherValues, TakesUnusableValuesAsUnknownAndSaysSoOnce) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const std::vector<std::pair<std::string, PutValue>> cases{
      {"/Dc/0/Current", text("12.5")},
      {"/Dc/0/Power", real(std::numeric_limits<double>::quiet_NaN())},
      {"/Dc/0/Temperature", real(-kInfinity)},
      {"/Soc", real(100.5)},
      {"/Alarms/LowSoc", integer(3)},
      {"/ConsumedAmphours", any("ai", 2, 1, 2)},
      {"/History/MinimumVoltage", any("(id)", 1, 2.0)},
      {"/History/MaximumVoltage", any("v", "d", 53.0)},
      {"/History/TotalAhDrawn", any("o", "/")},
      {"/History/ChargedEnergy", any("a{sv}", 1, "/Soc", "d", 5.0)},
      {"/Dc/0/MidVoltage", any("av", 1, "av", 1, "(si)", "deep", 1)},
      {"/History/ChargeCycles", any("t", std::uint64_t{1} << 63)}};
  const auto shunt = start("ttyO1");
  watch();
  expect_value("/Dc/0/Voltage", 52.5);
  int volt = 1;
  for (const auto& [path, put] : cases) {
    for (int round = 0; round < 2; ++round) {
      // Its neighbours in the same message arrive.
      shunt->change({{path, put}, {"/Dc/1/Voltage", real(++volt)}, {"/A", put}, {"/Z", put}});
      expect_value("/Dc/1/Voltage", volt);
      EXPECT_EQ(value(path), std::nullopt) << path;
      shunt->change_one(path, put);
      shunt->change_one(path, real(0));
      expect_value(path, 0);
    }
    EXPECT_EQ(log_.count("sent a " + path + " that is "), 1U) << path;
  }
  EXPECT_EQ(log_.count("warning"), cases.size());
}

TEST_F(BatteryWatcherValues, CutsLongTextsBetweenCharacters) {
  std::string long_name = "x";
  for (int i = 0; i < 100'000; ++i) long_name += "ä";
  const auto shunt = start("ttyO1", shunt_items("HQ1", long_name));
  watch();
  expect_ids({"HQ1"});
  EXPECT_EQ(members()[0].snapshot.name, long_name.substr(0, 127));
}

TEST_F(BatteryWatcherValues, IgnoresTenThousandUnknownItems) {
  FakeItems many = shunt_items("HQ1");
  for (int i = 0; i < 10'000; ++i) many["/Junk/" + std::to_string(i)] = text("junk");
  const auto shunt = start("ttyO1", many);
  watch();
  expect_ids({"HQ1"});
  shunt->change(many);
  shunt->change_one("/Soc", real(50));
  expect_value("/Soc", 50);
  EXPECT_EQ(log_.count("warning"), 0U);
}

/// Signals of forms that they must not have.
void send_nonsense(sd_bus* bus) {
  constexpr const char* kItem = "com.victronenergy.BusItem";
  for (const char* member : {"ItemsChanged", "PropertiesChanged", "Whatever"}) {
    sd_bus_emit_signal(bus, "/", kItem, member, "");
    sd_bus_emit_signal(bus, "/", kItem, member, "s", "nonsense");
    sd_bus_emit_signal(bus, "/", kItem, member, "a{si}", 1, "/Soc", 1);
    sd_bus_emit_signal(bus, "/", kItem, member, "a{sa{si}}", 1, "/Soc", 1, "Value", 1);
    sd_bus_emit_signal(bus, "/", kItem, member, "a{sa{sv}}i", 0, 5);
  }
  sd_bus_emit_signal(bus, "/Soc", kItem, "PropertiesChanged", "a{sv}", 0);
  sd_bus_emit_signal(bus, "/Soc", kItem, "PropertiesChanged", "a{sv}", 1, "Text", "s", "5");
  sd_bus_emit_signal(bus, "/Soc", kItem, "ItemsChanged", "a{sa{sv}}", 1, "/Soc", 1, "Value", "d",
                     5.0);
}

TEST_F(BatteryWatcherValues, IgnoresSignalsOfAnyOtherFormAndSaysSoOnce) {
  const auto shunt = start("ttyO1");
  watch();
  expect_value("/Dc/0/Voltage", 52.5);
  shunt->with_bus(send_nonsense);
  shunt->change_one("/Dc/0/Voltage", real(52.6));
  expect_value("/Dc/0/Voltage", 52.6);
  EXPECT_EQ(value("/Soc"), std::nullopt);
  EXPECT_EQ(log_.count("warning"), 1U);
}

TEST_F(BatteryWatcherValues, IgnoresSignalsOfStrangers) {
  const auto shunt = start("ttyO1");
  const auto stranger =
      start("stranger", {{"/ProductId", integer(1)}, {"/ProductName", text("x")}});
  watch();
  expect_value("/Dc/0/Voltage", 52.5);
  const std::string us = our_name();
  stranger->with_bus([&](sd_bus* bus) {
    sd_bus_message* signal = nullptr;
    sd_bus_message_new_signal(bus, &signal, "/Dc/0/Voltage", "com.victronenergy.BusItem",
                              "PropertiesChanged");
    append_properties(signal, real(1));
    sd_bus_send_to(bus, signal, us.c_str(), nullptr);
    sd_bus_message_unref(signal);
    // Nor does it speak for the daemon.
    sd_bus_message_new_signal(bus, &signal, "/org/freedesktop/DBus", "org.freedesktop.DBus",
                              "NameOwnerChanged");
    sd_bus_message_append(signal, "sss", (kPrefix + "ttyO1").c_str(), ":1.1", "");
    sd_bus_send_to(bus, signal, us.c_str(), nullptr);
    sd_bus_message_unref(signal);
  });
  settle(*stranger);
  EXPECT_EQ(value("/Dc/0/Voltage"), 52.5);
}

}  // namespace
}  // namespace dmb::test
