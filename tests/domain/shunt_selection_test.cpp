// SPDX-License-Identifier: MIT
#include "dmb/domain/shunt_selection.h"

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

Membership of(const ServiceIdentity& identity, const std::vector<std::string>& excluded = {}) {
  return membership(identity, excluded);
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
