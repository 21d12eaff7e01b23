// SPDX-License-Identifier: MIT
#include "dmb/device/side_items.h"

#include <gtest/gtest.h>

namespace dmb {
namespace {

constexpr ItemSpec kRow{.path = "/A/#", .min = 0, .max = 100};

TEST(SideItems, WhatIsNotWantedAnyMoreStaysAsAnInvalidItem) {
  SideItemSet set;
  set.show({{"/A/1", {&kRow, 1.0}}, {"/A/2", {&kRow, 2.0}}});
  set.show({{"/A/2", {&kRow, 2.5}}, {"/A/3", {&kRow, 3.0}}});
  const SideItems left{
      {"/A/1", {&kRow, std::nullopt}}, {"/A/2", {&kRow, 2.5}}, {"/A/3", {&kRow, 3.0}}};
  EXPECT_EQ(set.items(), left);
}

TEST(SideItems, TheRevisionRisesWithEachChangeAndOnlyThen) {
  SideItemSet set;
  EXPECT_EQ(set.revision(), 0U);
  const SideItems one{{"/A/1", {&kRow, 1.0}}};
  set.show(one);
  EXPECT_EQ(set.revision(), 1U);
  set.show(one);
  EXPECT_EQ(set.revision(), 1U);
  set.show({});
  EXPECT_EQ(set.revision(), 2U);
  set.show({});
  EXPECT_EQ(set.revision(), 2U);
  set.show({{"/A/2", {&kRow, std::nullopt}}});  // an item that appears is news, invalid or not
  EXPECT_EQ(set.revision(), 3U);
}

}  // namespace
}  // namespace dmb
