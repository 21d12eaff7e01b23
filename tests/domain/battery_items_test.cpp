// SPDX-License-Identifier: MIT
#include "dmb/domain/battery_items.h"

#include <gtest/gtest.h>

#include <cctype>
#include <set>
#include <string>

namespace dmb {
namespace {

TEST(BatteryItems, FindsEveryPathItHoldsAndNoOther) {
  for (ItemId id = 0; id < battery_items().size(); ++id)
    EXPECT_EQ(find_item(battery_items()[id].path), id) << battery_items()[id].path;
  for (const char* path : {"", "/", "/soc", "Soc", "/Soc/", "/Voltages/Cell0", "/Voltages/Cell129",
                           "/Voltages/Cell01", "/TimeToSoC/3"})
    EXPECT_EQ(find_item(path), std::nullopt) << path;
}

TEST(BatteryItems, HasNoPathThatIsANodeOfAnother) {
  std::set<std::string> paths;
  for (const ItemSpec& item : battery_items()) paths.emplace(item.path);
  for (const std::string& path : paths)
    for (std::size_t slash = path.find('/', 1); slash != std::string::npos;
         slash = path.find('/', slash + 1))
      EXPECT_FALSE(paths.contains(path.substr(0, slash))) << path;
}

TEST(BatteryItems, HasARangeForEveryNumber) {
  for (const ItemSpec& item : battery_items())
    if (item.kind != Kind::text) {
      EXPECT_LT(item.min, item.max) << item.path;
    }
}

TEST(BatteryItems, LetsAPayloadCarryEverythingButWhatTheServiceIs) {
  EXPECT_EQ(find_payload_item("dc/0/voltage"), find_item("/Dc/0/Voltage"));
  EXPECT_EQ(find_payload_item("timetosoc/95"), find_item("/TimeToSoC/95"));
  EXPECT_EQ(find_payload_item("customname"), std::nullopt);
  EXPECT_EQ(find_payload_item("deviceinstance"), std::nullopt);
  EXPECT_EQ(find_payload_item("Soc"), std::nullopt) << "keys come in lower case";
}

TEST(BatteryItems, CreatesLimitsOnlyOnSight) {
  // The mere path changes which battery systemcalc selects.
  for (const char* path :
       {"/Info/MaxChargeVoltage", "/Info/MaxChargeCurrent", "/Info/MaxDischargeCurrent"}) {
    const Trait traits = battery_items()[*find_item(path)].traits;
    EXPECT_TRUE(has(traits, Trait::on_sight)) << path;
    EXPECT_TRUE(has(traits, Trait::urgent)) << path;
    EXPECT_TRUE(has(traits, Trait::exact)) << path;
  }
}

TEST(BatteryItems, HasAllCellsInOrder) {
  const BatteryIds& ids = battery_ids();
  for (int n = 1; n <= kMaxCells; ++n) {
    const auto voltage = static_cast<ItemId>(ids.first_cell_voltage + n - 1);
    const auto balance = static_cast<ItemId>(ids.first_cell_balance + n - 1);
    EXPECT_EQ(battery_items()[voltage].path, "/Voltages/Cell" + std::to_string(n));
    EXPECT_EQ(battery_items()[balance].path, "/Balances/Cell" + std::to_string(n));
    EXPECT_EQ(has(battery_items()[voltage].traits, Trait::on_sight), n > kCellsFromStart);
  }
}

TEST(BatteryItems, NeverDelaysAnAlarm) {
  for (const ItemSpec& item : battery_items())
    if (item.path.starts_with("/Alarms/")) {
      EXPECT_TRUE(has(item.traits, Trait::urgent)) << item.path;
    }
}

}  // namespace
}  // namespace dmb
