// SPDX-License-Identifier: MIT
#include "dmb/battery/quantity.h"

#include "dmb/battery/member_quantity.h"

#include <gtest/gtest.h>

#include <cctype>
#include <cstdint>
#include <limits>
#include <set>
#include <string>

namespace dmb {
namespace {

TEST(Quantities, FindsEveryPathItHoldsAndNoOther) {
  for (const Quantity id : all_quantities())
    EXPECT_EQ(find_quantity(id.spec().path), id) << id.spec().path;
  for (const char* path : {"", "/", "/soc", "Soc", "/Soc/", "/Voltages/Cell0", "/Voltages/Cell129",
                           "/Voltages/Cell01", "/TimeToSoC/3"})
    EXPECT_EQ(find_quantity(path), std::nullopt) << path;
}

TEST(Quantities, HasNoPathThatIsANodeOfAnother) {
  std::set<std::string> paths;
  for (const ItemSpec& item : quantity_specs()) paths.emplace(item.path);
  for (const std::string& path : paths)
    for (std::size_t slash = path.find('/', 1); slash != std::string::npos;
         slash = path.find('/', slash + 1))
      EXPECT_FALSE(paths.contains(path.substr(0, slash))) << path;
}

TEST(Quantities, HasARangeForEveryNumberThatItsTypeCanHold) {
  using Whole = std::numeric_limits<std::int32_t>;
  for (const ItemSpec& item : quantity_specs()) {
    if (item.kind == Kind::text) continue;
    EXPECT_LT(item.min, item.max) << item.path;
    if (item.kind == Kind::measure) continue;
    EXPECT_GE(item.min, Whole::min()) << item.path;
    EXPECT_LE(item.max, Whole::max()) << item.path;
  }
}

TEST(Quantities, AreEachOnePlaceAmongThoseThatMembersTell) {
  std::size_t told = 0;
  for (const Quantity quantity : all_quantities()) {
    const auto member = find_member_quantity(quantity.spec().path);
    EXPECT_EQ(member.has_value(), is_of_members(quantity.spec().merge)) << quantity.spec().path;
    if (!member) continue;
    EXPECT_EQ(member->place(), told++);
    EXPECT_EQ(member->quantity(), quantity);
    EXPECT_EQ(member->rule(), quantity.spec().merge);
  }
  EXPECT_EQ(told, kMemberQuantities);
}

TEST(Quantities, LetsAPayloadCarryEverythingButWhatTheServiceIs) {
  EXPECT_EQ(find_payload_quantity("dc/0/voltage"), find_quantity("/Dc/0/Voltage"));
  EXPECT_EQ(find_payload_quantity("timetosoc/95"), find_quantity("/TimeToSoC/95"));
  EXPECT_EQ(find_payload_quantity("customname"), std::nullopt);
  EXPECT_EQ(find_payload_quantity("deviceinstance"), std::nullopt);
  EXPECT_EQ(find_payload_quantity("Soc"), std::nullopt) << "keys come in lower case";
}

TEST(Quantities, CreatesLimitsOnlyOnSight) {
  // The mere path changes which battery systemcalc selects.
  for (const char* path :
       {"/Info/MaxChargeVoltage", "/Info/MaxChargeCurrent", "/Info/MaxDischargeCurrent"}) {
    const Trait traits = find_quantity(path)->spec().traits;
    EXPECT_TRUE(has(traits, Trait::on_sight)) << path;
    EXPECT_TRUE(has(traits, Trait::urgent)) << path;
    EXPECT_TRUE(has(traits, Trait::exact)) << path;
  }
}

TEST(Quantities, HasAllCellsInOrder) {
  for (int n = 1; n <= kMaxCells; ++n) {
    const auto voltage = cell_voltage(n);
    const auto balance = cell_balance(n);
    EXPECT_EQ(voltage.spec().path, "/Voltages/Cell" + std::to_string(n));
    EXPECT_EQ(balance.spec().path, "/Balances/Cell" + std::to_string(n));
    EXPECT_EQ(has(voltage.spec().traits, Trait::on_sight), n > 24);
  }
}

TEST(Quantities, NeverDelaysAnAlarm) {
  for (const ItemSpec& item : quantity_specs())
    if (item.path.starts_with("/Alarms/")) {
      EXPECT_TRUE(has(item.traits, Trait::urgent)) << item.path;
    }
}

}  // namespace
}  // namespace dmb
