// SPDX-License-Identifier: MIT
#include "dmb/bank/shunt_selection.h"

#include <gtest/gtest.h>

#include <vector>

namespace dmb {
namespace {

ServiceIdentity smartshunt() {
  return {.service = "com.victronenergy.battery.ttyS5",
          .product_id = 0xA389,
          .product_name = "SmartShunt 500A/50mV",
          .custom_name = "House 1",
          .serial = "HQ2132ABCDE",
          .device_instance = 279};
}

Membership of(const ServiceIdentity& identity, const std::vector<std::string>& excluded = {},
              const std::vector<std::string>& included = {}) {
  return membership(identity, {excluded, included});
}

TEST(Membership, KnowsASmartShuntByIdOrName) {
  for (const int id : {0xA389, 0xA38A, 0xA38B, 0xC030})
    EXPECT_EQ(of({.product_id = id, .product_name = "x"}), Membership::member) << id;
  EXPECT_EQ(of({.product_id = 1, .product_name = "SmartShunt 300A"}), Membership::member);
  EXPECT_EQ(of({.product_name = "SmartShunt 300A"}), Membership::member);
  EXPECT_EQ(of({.product_id = 0xFFFF, .product_name = "MQTT Battery"}), Membership::no_shunt);
  EXPECT_EQ(of({.product_id = 0xA381, .product_name = "BMV-702"}), Membership::no_shunt);
}

TEST(Membership, WaitsForAServiceThatHasNotToldItsProduct) {
  EXPECT_EQ(of({}), Membership::undecided);
  EXPECT_EQ(of({.product_id = 0xA381}), Membership::undecided);
  EXPECT_EQ(of({.product_name = "BMV-702"}), Membership::undecided);
}

TEST(Membership, LeavesOutWhatIsDerivedOrVirtual) {
  ServiceIdentity identity = smartshunt();
  identity.measurement_kind = "direct";
  EXPECT_EQ(of(identity), Membership::member);
  identity.measurement_kind = "derived";
  EXPECT_EQ(of(identity), Membership::derived);
  identity = smartshunt();
  identity.is_virtual = 0;
  EXPECT_EQ(of(identity), Membership::member);
  identity.is_virtual = 1;
  EXPECT_EQ(of(identity), Membership::derived);
}

TEST(Membership, ExcludesByInstanceNameSerialAndService) {
  for (const char* entry :
       {"279", "House 1", "house 1", "HQ2132ABCDE", "ttyS5", "com.victronenergy.battery.ttyS5"})
    EXPECT_EQ(of(smartshunt(), {"nothing", entry}), Membership::excluded) << entry;
  for (const char* entry : {"", "27", "House", "HQ2132", "com.victronenergy.battery.", "tty"})
    EXPECT_EQ(of(smartshunt(), {entry}), Membership::member) << entry;
}

TEST(Membership, TakesAMonitorThatIsIncluded) {
  ServiceIdentity monitor{.service = "com.victronenergy.battery.ttyO4",
                          .product_id = 0xA381,
                          .product_name = "BMV-712 Smart",
                          .custom_name = "Garage",
                          .serial = "HQ7",
                          .device_instance = 4};
  EXPECT_TRUE(is_other_monitor(monitor));
  EXPECT_EQ(of(monitor, {}, {"Shed"}), Membership::no_shunt);
  for (const char* entry : {"4", "garage", "HQ7", "ttyO4", "com.victronenergy.battery.ttyO4"})
    EXPECT_EQ(of(monitor, {}, {entry}), Membership::member) << entry;
  EXPECT_EQ(of(monitor, {"4"}, {"HQ7"}), Membership::excluded);
  monitor.measurement_kind = "derived";
  EXPECT_EQ(of(monitor, {}, {"4"}), Membership::derived);
}

TEST(Membership, KnowsTheOtherMonitors) {
  EXPECT_TRUE(is_other_monitor({.product_id = 1, .product_name = "Lynx Shunt VE.Can"}));
  EXPECT_TRUE(is_other_monitor({.product_id = 0x203, .product_name = "x"}));
  EXPECT_FALSE(is_other_monitor(smartshunt()));
  EXPECT_FALSE(is_other_monitor({.product_id = 0xFFFF, .product_name = "MQTT Battery"}));
  EXPECT_FALSE(is_other_monitor({}));
}

using HeardAt = std::vector<std::optional<std::size_t>>;

TEST(Superseded, IsTheOlderOfTwoPlacesOfOneShunt) {
  const auto heard_at = [](std::vector<ShuntPlace> places) { return find_superseded(places); };
  EXPECT_EQ(heard_at({{"HQ1", ":1.5"}, {"HQ2", ":1.6"}, {"", ":1.7"}, {"", ":1.8"}}),
            HeardAt(4, std::nullopt));
  EXPECT_EQ(heard_at({{"HQ1", ":1.9", 3}, {"HQ1", ":1.5", 4}}), (HeardAt{1, std::nullopt}))
      << "the serial on another port";
  EXPECT_EQ(heard_at({{"HQ1", ":1.10"}, {"HQ1", ":1.9"}}), (HeardAt{std::nullopt, 0}))
      << "both there at start: the younger connection";
  EXPECT_EQ(heard_at({{"", ":1.5", 1}, {"", ":1.5", 2}, {"", ":1.5", 0}}),
            (HeardAt{1, std::nullopt, 1}))
      << "names of one connection";
  EXPECT_EQ(heard_at({{"HQ1", ":1.5"}, {"HQ1", ":1.5"}}), (HeardAt{std::nullopt, 0}));
}

TEST(DisplayName, IsWhatTheUserKnowsItBy) {
  EXPECT_EQ(display_name(smartshunt()), "House 1");
  ServiceIdentity identity = smartshunt();
  identity.custom_name.clear();
  EXPECT_EQ(display_name(identity), "SmartShunt 500A/50mV [279]");
  EXPECT_EQ(display_name({.service = "com.victronenergy.battery.x"}),
            "com.victronenergy.battery.x");
}

}  // namespace
}  // namespace dmb
