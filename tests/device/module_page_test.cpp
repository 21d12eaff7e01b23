// SPDX-License-Identifier: MIT
#include "dmb/device/module_page.h"

#include "dmb/battery/quantity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace dmb {
namespace {

MemberSnapshot member(const std::string& id) {
  MemberSnapshot member{.id = id, .service = {}, .name = "Name of " + id};
  member.values[q("/Dc/0/Voltage")] = 52;
  member.values[q("/Alarms/HighVoltage")] = 0;
  member.values[q("/Alarms/LowSoc")] = 1;
  return member;
}

std::vector<MemberSnapshot> members(int count) {
  std::vector<MemberSnapshot> all;
  for (int i = 1; i <= count; ++i) all.push_back(member("m" + std::to_string(i)));
  return all;
}

OptValue value(const ModulePage& page, const std::string& path) {
  const auto found = page.shown().items().find(path);
  return found == page.shown().items().end() ? OptValue() : found->second.value;
}

/// What the display lists: a digit, and an id that is valid.
long listed(const ModulePage& page) {
  return std::ranges::count_if(page.shown().items(), [](const auto& item) {
    return item.first.ends_with("/Id") && item.second.value.has_value();
  });
}

TEST(ModulePage, ShowsNameAndAlarmsThatAreToldOfEachMember) {
  ModulePage page;
  auto all = members(2);
  all[1].values[q("/Alarms/HighCellVoltage")] = 2;
  all[1].values[q("/Alarms/BmsCable")] = 1;
  page.show(all);
  EXPECT_EQ(value(page, "/Diagnostics/Module0/Id"), OptValue("Name of m1"));
  EXPECT_EQ(value(page, "/Diagnostics/Module0/Alarms/HighVoltage"), OptValue(0));
  EXPECT_EQ(value(page, "/Diagnostics/Module0/Alarms/LowSoc"), OptValue(1));
  EXPECT_EQ(value(page, "/Diagnostics/Module1/Alarms/HighCellVoltage"), OptValue(2));
  EXPECT_EQ(value(page, "/Diagnostics/Module1/Alarms/BmsCable"), OptValue(1));
  EXPECT_EQ(page.shown().items().size(), 3U + 5U) << "nothing of what nobody told";
}

TEST(ModulePage, HasTenModulesForAnyNumberOfMembers) {
  for (int count = 0; count <= 16; ++count) {
    ModulePage page;
    page.show(members(count));
    EXPECT_EQ(listed(page), std::min(count, 10));
  }
}

TEST(ModulePage, AChangeOfAnyAlarmOrNameIsShownAtOnceAndNothingElseIsNews) {
  ModulePage page;
  auto all = members(3);
  page.show(all);
  const auto before = page.shown().revision();
  all[1].values[q("/Dc/0/Voltage")] = 53;
  page.show(all);
  EXPECT_EQ(page.shown().revision(), before);
  all[1].values[q("/Alarms/LowSoc")] = 2;
  page.show(all);
  EXPECT_EQ(page.shown().revision(), before + 1);
  EXPECT_EQ(value(page, "/Diagnostics/Module1/Alarms/LowSoc"), OptValue(2));
  all[2].name = "Bow";
  page.show(all);
  EXPECT_EQ(value(page, "/Diagnostics/Module2/Id"), OptValue("Bow"));
  all[1].values[q("/Alarms/LowSoc")].reset();
  page.show(all);
  EXPECT_EQ(value(page, "/Diagnostics/Module1/Alarms/LowSoc"), std::nullopt);
}

TEST(ModulePage, AMemberThatIsAwayLeavesNoValueAndComesBackUnderItsNumber) {
  ModulePage page;
  const auto all = members(3);
  page.show(all);
  page.show(std::vector{all[0], all[2]});
  EXPECT_EQ(value(page, "/Diagnostics/Module1/Id"), std::nullopt);
  EXPECT_EQ(value(page, "/Diagnostics/Module1/Alarms/LowSoc"), std::nullopt);
  EXPECT_EQ(value(page, "/Diagnostics/Module2/Id"), OptValue("Name of m3"));
  page.show(std::vector{all[2], all[0], all[1]});
  EXPECT_EQ(value(page, "/Diagnostics/Module0/Id"), OptValue("Name of m1"));
  EXPECT_EQ(value(page, "/Diagnostics/Module1/Id"), OptValue("Name of m2"));
}

TEST(ModulePage, BeyondItsNumbersANewMemberTakesThatOfOneThatIsAway) {
  ModulePage page;
  auto all = members(11);
  page.show(all);
  EXPECT_EQ(value(page, "/Diagnostics/Module9/Id"), OptValue("Name of m10"));
  all.erase(all.begin() + 4);
  page.show(all);
  EXPECT_EQ(value(page, "/Diagnostics/Module4/Id"), OptValue("Name of m11"));
  EXPECT_EQ(value(page, "/Diagnostics/Module9/Id"), OptValue("Name of m10"));
}

TEST(ModulePage, AMemberWithoutANameIsNotListed) {
  ModulePage page;
  auto all = members(1);
  all[0].name.clear();
  page.show(all);
  EXPECT_EQ(listed(page), 0);
}

}  // namespace
}  // namespace dmb
