// SPDX-License-Identifier: MIT
#include "dmb/bank/member_choice.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace dmb {
namespace {

ServiceIdentity service(std::string_view name, std::int64_t product_id, std::string product) {
  return {.service = "com.victronenergy.battery." + std::string(name),
          .product_id = product_id,
          .product_name = std::move(product)};
}

ServiceIdentity serial_pack() {
  return {.service = "com.victronenergy.battery.ttyUSB0",
          .product_id = 0xBA77,
          .product_name = "SerialBattery(Jkbms)",
          .custom_name = "Front",
          .serial = "JK1234",
          .device_instance = 1};
}

const ServiceIdentity kCan = service("socketcan_can0_vi0_uc1", 0xB009, "BYD B-Box");
const ServiceIdentity kLynx = service("socketcan_can1_vi0_uc2", 0xA3E5, "Lynx Smart BMS 500");
const ServiceIdentity kLynxShunt = service("socketcan_can1_vi0_uc3", 0x8931, "Lynx Shunt VE.Can");
const ServiceIdentity kBmv = service("ttyO1", 0xA381, "BMV-712 Smart");
const ServiceIdentity kSmartShunt = service("ttyS5", 0xA389, "SmartShunt 500A/50mV");
const ServiceIdentity kOwnPack = service("mqtt_battery_101", 0xFFFF, "MQTT Battery");

Chosen of(const ServiceIdentity& identity, const MemberChoice& choice = {}) {
  return choose({identity}, choice);
}

Chosen of_own(std::string_view label, const MemberChoice& choice = {}) {
  return choose({kOwnPack, label}, choice);
}

Chosen member(std::uint16_t position, std::optional<std::uint16_t> pair = {}) {
  return {Membership::member, {.position = position, .pair = pair}};
}

TEST(MemberChoice, TakesEveryBatteryThatIsNoMonitorByDefault) {
  for (const auto* identity : {&kCan, &kLynx}) EXPECT_EQ(of(*identity), member(0));
  EXPECT_EQ(of(serial_pack()), member(0));
  EXPECT_EQ(of_own("Pack1"), member(0));
  EXPECT_EQ(of_own(""), member(0));
  for (const auto* identity : {&kLynxShunt, &kBmv, &kSmartShunt})
    EXPECT_EQ(of(*identity).membership, Membership::monitor) << identity->product_name;
}

TEST(MemberChoice, WaitsForAServiceThatHasNotToldItsProduct) {
  EXPECT_EQ(of({}).membership, Membership::undecided);
  EXPECT_EQ(of({.product_id = 0xB009}).membership, Membership::undecided);
  EXPECT_EQ(of({.product_name = "BYD"}, {.members = {"can"}}).membership, Membership::undecided);
  EXPECT_EQ(of({.serial = "S1"}, {.members = {"S1"}}), member(0)) << "it is named, whatever it is";
}

TEST(MemberChoice, KnowsEachKindAndNoOther) {
  const std::map<std::string, const ServiceIdentity*> of_kind{
      {"can", &kCan}, {"LYNX", &kLynx}, {"bmv", &kBmv}, {"smartshunt", &kSmartShunt}};
  for (const auto& [kind, meant] : of_kind)
    for (const auto* identity : {&kCan, &kLynx, &kLynxShunt, &kBmv, &kSmartShunt}) {
      const Membership expected = identity == meant ? Membership::member : Membership::not_named;
      EXPECT_EQ(of(*identity, {.members = {kind}}).membership, expected)
          << kind << " " << identity->product_name;
    }
  EXPECT_EQ(of(serial_pack(), {.members = {"can", "serialbattery"}}), member(1));
  EXPECT_EQ(of_own("Pack1", {.members = {"can", "mqtt"}}), member(1));
  EXPECT_EQ(of_own("Pack1", {.members = {"serialbattery"}}).membership, Membership::not_named);
  EXPECT_EQ(of(kOwnPack, {.members = {"mqtt"}}).membership, Membership::not_named);
}

TEST(MemberChoice, KnowsCanBatteriesByTheirService) {
  EXPECT_EQ(of(service("socketcan_can0_vi0_uc9", 0x1234, "Pylontech"), {.members = {"can"}}),
            member(0));
  EXPECT_EQ(
      of(service("socketcan_x", 0x1234, "SerialBattery(Daly)"), {.members = {"can"}}).membership,
      Membership::not_named);
}

TEST(MemberChoice, TakesWhatIsNamedAndItsPlace) {
  for (const char* entry : {"1", "front", "JK1234", "ttyUSB0", "com.victronenergy.battery.ttyUSB0"})
    EXPECT_EQ(of(serial_pack(), {.members = {"Other", entry}}), member(1)) << entry;
  EXPECT_EQ(of(kSmartShunt, {.members = {"ttyS5"}}), member(0));
  EXPECT_EQ(of(serial_pack(), {.members = {"serialbattery", "Front"}}), member(1))
      << "its own entry says more than its kind";
  EXPECT_EQ(of(serial_pack(), {.members = {"Other", ""}}).membership, Membership::not_named);
}

TEST(MemberChoice, LetsALabelWin) {
  const MemberChoice choice{.members = {"FRONT", "can"}, .labels = {"Front", "CAN", ""}};
  EXPECT_EQ(of_own("Front", choice), member(0));
  EXPECT_EQ(of(serial_pack(), choice).membership, Membership::not_named);
  EXPECT_EQ(of_own("Can", choice), member(1));
  EXPECT_EQ(of(kCan, choice).membership, Membership::not_named);
}

TEST(MemberChoice, LeavesOutAggregatesUnlessTheyAreNamed) {
  ServiceIdentity derived = service("x1", 1, "Something");
  derived.measurement_kind = "derived";
  ServiceIdentity is_virtual = service("x2", 1, "Something");
  is_virtual.is_virtual = 1;
  for (const ServiceIdentity& identity :
       {derived, is_virtual, service("x3", 1, "AggregateBatteries"), service("x4", 0xBA44, "Mine"),
        service("x5", 0, "Battery Aggregator"), service("x6", 0, "Virtual Battery"),
        service("aggregateshunts", 0xA389, "SmartShunt 500A"), service("x7", 1, "Battery Bank")}) {
    EXPECT_TRUE(is_aggregate(identity)) << identity.service;
    EXPECT_EQ(of(identity).membership, Membership::derived) << identity.service;
    EXPECT_EQ(of(identity, {.members = {"smartshunt", identity.service}}), member(1));
  }
  EXPECT_EQ(of(derived, {.members = {"smartshunt"}}).membership, Membership::derived);
  EXPECT_FALSE(is_aggregate(serial_pack()));
}

TEST(MemberChoice, LeavesOutWhatAnotherInstanceShowsUnlessItIsNamed) {
  ServiceIdentity other = kOwnPack;
  other.process_name = "dbus-mqtt-battery";
  EXPECT_EQ(of(other, {.process_name = "dbus-mqtt-battery"}).membership, Membership::same_program);
  EXPECT_EQ(of(other, {.process_name = "another"}), member(0));
  EXPECT_EQ(of(other, {.members = {"mqtt_battery_101"}, .process_name = "dbus-mqtt-battery"}),
            member(0));
  EXPECT_EQ(choose({other, "Pack1"}, {.process_name = "dbus-mqtt-battery"}), member(0));
}

TEST(MemberChoice, GivesShuntsTheirPlaces) {
  MemberChoice choice{.members = {"smartshunt", "Front"}, .shunt = "ttyS5"};
  EXPECT_EQ(of(kSmartShunt, choice).place.role, MemberRole::bank_shunt);
  choice = {.pairs = {{"Other", "280"}, {"Front", "ttyS5"}}};
  EXPECT_EQ(of(kSmartShunt, choice),
            (Chosen{Membership::member, {.role = MemberRole::pair_shunt, .position = 1}}));
  EXPECT_EQ(of(serial_pack(), choice), member(0, 1));
  EXPECT_EQ(of_own("Front", {.members = {"Front"}, .pairs = {{"front", "1"}}, .labels = {"Front"}}),
            member(0, 0));
  choice = {.members = {"can"}, .pairs = {{"Front", "ttyS5"}}};
  EXPECT_EQ(of(serial_pack(), choice), member(1, 0)) << "after all that `members` names";
}

TEST(MemberChoice, TellsWhatAnEntryMeans) {
  EXPECT_TRUE(is_kind("SerialBattery"));
  EXPECT_FALSE(is_kind("serial"));
  EXPECT_TRUE(is_meant({kCan}, "can", {}));
  EXPECT_TRUE(is_meant({serial_pack()}, "front", {}));
  EXPECT_FALSE(is_meant({serial_pack()}, "front", {.labels = {"Front"}}));
}

}  // namespace
}  // namespace dmb
