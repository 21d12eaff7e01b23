// SPDX-License-Identifier: MIT
#include "dmb/device/cell_page.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

namespace dmb {
namespace {

using namespace std::chrono_literals;

constexpr Instant kStart{1000s};

PagePack pack(const std::string& id, int cells, double first_v = 3.3) {
  PagePack pack{.id = id, .name = "Name of " + id, .voltage_v = 52.0, .cells = cells};
  for (int cell = 1; cell <= cells; ++cell) pack.cells_v.emplace(cell, first_v + 0.001 * cell);
  return pack;
}

OptValue value(const CellPage& page, const std::string& path) {
  const auto found = page.shown().items().find(path);
  return found == page.shown().items().end() ? OptValue() : found->second.value;
}

long valid(const CellPage& page) {
  return std::ranges::count_if(page.shown().items(),
                               [](const auto& item) { return item.second.value.has_value(); });
}

std::vector<PagePack> packs(int count, int cells) {
  std::vector<PagePack> all;
  for (int i = 1; i <= count; ++i)
    all.push_back(pack("p" + std::to_string(i), cells, 3.0 + 0.1 * i));
  return all;
}

TEST(CellPage, HasNoItemBeforeABatteryTellsACell) {
  CellPage page;
  page.show(std::vector{PagePack{.id = "a", .name = "A", .voltage_v = 52.0, .cells = 16}}, kStart);
  EXPECT_TRUE(page.shown().items().empty());
  EXPECT_EQ(page.cells(), std::nullopt);
  EXPECT_FALSE(page.request(1, kStart));
  EXPECT_FALSE(page.is_due(1, kStart + 4999ms));
  EXPECT_TRUE(page.is_due(1, kStart + 5s));  // a message may tell one
}

TEST(CellPage, ShowsOneBatteryFromTheStart) {
  CellPage page;
  PagePack told = pack("a", 2);
  told.capacity_ah = 100;
  told.current_a = -3.25;
  told.temperature_c = 21.5;
  told.status = 4;
  told.cells_c = {{2, 19.0}};
  page.show(std::vector{told}, kStart);
  EXPECT_EQ(value(page, "/Battery/Request/Id"), OptValue(1));
  EXPECT_EQ(value(page, "/System/NrOfBatteries"), OptValue(1));
  EXPECT_EQ(value(page, "/Battery/1/Serial"), OptValue("Name of a"));
  EXPECT_EQ(value(page, "/Battery/1/Capacity"), OptValue(100.0));
  EXPECT_EQ(value(page, "/Battery/1/Status"), OptValue(4));
  EXPECT_EQ(value(page, "/Battery/1/Voltage"), OptValue(52.0));
  EXPECT_EQ(value(page, "/Battery/1/Current"), OptValue(-3.25));
  EXPECT_EQ(value(page, "/Battery/1/Temperature"), OptValue(21.5));
  EXPECT_EQ(value(page, "/Battery/1/Cell/1/Voltage"), OptValue(3.301));
  EXPECT_EQ(value(page, "/Battery/1/Cell/2/Voltage"), OptValue(3.302));
  EXPECT_EQ(value(page, "/Battery/1/Cell/2/Temperature"), OptValue(19.0));
  EXPECT_EQ(page.shown().items().size(), 11U);  // nothing of what nobody knows
  EXPECT_EQ(page.cells(), 2);
}

TEST(CellPage, ShowsTheCellsOfTheChosenBatteryOnlyForAnyNumberOfBatteriesAndCells) {
  for (int count = 1; count <= kMaxPagePacks; ++count) {
    for (const int cells : {1, 16, 128}) {
      if (cells == 128 && count != 1 && count != kMaxPagePacks) continue;
      CellPage page;
      const auto all = packs(count, cells);
      page.show(all, kStart);
      for (int number = count; number >= 1; --number) {
        ASSERT_TRUE(page.request(number, kStart));
        page.show(all, kStart);
        const std::string prefix = "/Battery/" + std::to_string(number);
        EXPECT_EQ(value(page, "/Battery/Request/Id"), OptValue(number));
        for (const auto& [cell, voltage_v] : all[static_cast<std::size_t>(number - 1)].cells_v) {
          const auto shown =
              value(page, prefix + "/Cell/" + std::to_string(cell) + "/Voltage").value();
          EXPECT_NEAR(std::get<double>(shown), voltage_v, 1e-9);
        }
        // Id, count, voltage, a name for each.
        EXPECT_EQ(valid(page), 3 + count + cells);
      }
      EXPECT_FALSE(page.request(count + 1, kStart));
    }
  }
}

TEST(CellPage, DifferentCellCountsAreCountedByTheMost) {
  CellPage page;
  const std::vector all{pack("a", 8), pack("b", 16), pack("c", 15)};
  page.show(all, kStart);
  EXPECT_EQ(page.cells(), 16);
  ASSERT_TRUE(page.request(3, kStart));
  page.show(all, kStart);
  EXPECT_TRUE(value(page, "/Battery/3/Cell/15/Voltage"));
  EXPECT_FALSE(page.shown().items().contains("/Battery/3/Cell/16/Voltage"));
  EXPECT_FALSE(value(page, "/Battery/1/Cell/1/Voltage"));  // it was there
  EXPECT_TRUE(page.shown().items().contains("/Battery/1/Cell/1/Voltage"));
}

TEST(CellPage, ABatteryThatLeavesWhileItIsChosenLeavesNoValueAndComesBackUnderItsNumber) {
  CellPage page;
  const std::vector all{pack("a", 4), pack("b", 4), pack("c", 4)};
  page.show(all, kStart);
  ASSERT_TRUE(page.request(2, kStart));
  page.show(all, kStart);
  page.show(std::vector{all[0], all[2]}, kStart);
  EXPECT_EQ(value(page, "/Battery/Request/Id"), OptValue(2));
  EXPECT_EQ(value(page, "/System/NrOfBatteries"), OptValue(3));
  EXPECT_EQ(value(page, "/Battery/3/Serial"), OptValue("Name of c"));
  EXPECT_FALSE(value(page, "/Battery/2/Serial"));
  EXPECT_FALSE(value(page, "/Battery/2/Voltage"));
  EXPECT_FALSE(value(page, "/Battery/2/Cell/1/Voltage"));
  page.show(std::vector{all[0], all[2], all[1]}, kStart);
  EXPECT_TRUE(value(page, "/Battery/2/Cell/1/Voltage"));
}

TEST(CellPage, BeyondItsNumbersANewBatteryTakesThatOfOneThatIsAway) {
  CellPage page;
  auto all = packs(kMaxPagePacks + 1, 1);
  page.show(all, kStart);
  EXPECT_EQ(value(page, "/System/NrOfBatteries"), OptValue(kMaxPagePacks));
  EXPECT_FALSE(page.request(kMaxPagePacks + 1, kStart));
  all.erase(all.begin() + 4);
  page.show(all, kStart);
  EXPECT_EQ(value(page, "/Battery/5/Serial"), OptValue("Name of p17"));
  EXPECT_EQ(value(page, "/Battery/16/Serial"), OptValue("Name of p16"));
}

TEST(CellPage, RefusesNumbersThatNoBatteryHas) {
  CellPage page;
  page.show(packs(2, 1), kStart);
  for (const int number : {-1, 0, 3, 17, 1'000'000}) EXPECT_FALSE(page.request(number, kStart));
  EXPECT_EQ(page.requested(), 1);
}

TEST(CellPage, WhatCannotBeACellsVoltageMakesNoItem) {
  CellPage page;
  PagePack told = pack("a", 2);
  told.cells_v = {{1, 3.3}, {2, 65.535}};
  page.show(std::vector{told}, kStart);
  EXPECT_TRUE(value(page, "/Battery/1/Cell/1/Voltage"));
  EXPECT_FALSE(value(page, "/Battery/1/Cell/2/Voltage"));
}

TEST(CellPage, OfABankCountsItsBatteriesForTheSystemPageWithoutAnyCell) {
  CellPage page;
  PagePack even{.id = "a", .name = "A"};
  even.status = 1;
  const PagePack unknown{.id = "b", .name = "B"};
  page.show(std::vector{even, unknown}, kStart, 4);
  EXPECT_EQ(value(page, "/System/NrOfBatteries"), OptValue(2));
  EXPECT_EQ(value(page, "/System/BatteriesParallel"), OptValue(2));
  EXPECT_EQ(value(page, "/System/BatteriesSeries"), OptValue(4));
  EXPECT_EQ(page.shown().items().size(), 3U)
      << "nor the page of cells, nor a status of the balancer";
  EXPECT_FALSE(page.request(1, kStart));
  EXPECT_EQ(page.cells(), std::nullopt);
  page.show(std::vector{even}, kStart + 5s, 4);
  EXPECT_EQ(value(page, "/Balancer/Status"), OptValue(1));
  page.show(std::vector{even, pack("c", 4)}, kStart + 10s, 4);
  EXPECT_EQ(value(page, "/Battery/Request/Id"), OptValue(1));
  EXPECT_EQ(value(page, "/System/NrOfBatteries"), OptValue(3)) << "one is away";
}

TEST(CellPage, IsRenewedSlowlyUntilSomebodyChooses) {
  CellPage page;
  EXPECT_TRUE(page.is_due(1, kStart));
  EXPECT_EQ(page.next_due(), std::nullopt);
  const auto all = packs(2, 1);
  page.show(all, kStart);
  EXPECT_FALSE(page.is_due(2, kStart + 19999ms));
  EXPECT_EQ(page.next_due(), std::nullopt);  // nothing is new
  page.pass_over();
  EXPECT_EQ(page.next_due(), kStart + CellPage::kUnwatched);
  EXPECT_TRUE(page.is_due(2, kStart + 20s));

  ASSERT_TRUE(page.request(2, kStart + 2s));
  EXPECT_TRUE(page.is_due(2, kStart + 2s));
  page.show(all, kStart + 2s);
  EXPECT_FALSE(page.is_due(2, kStart + 2999ms));
  EXPECT_TRUE(page.is_due(2, kStart + 3s));
  const Instant later = kStart + 2s + CellPage::kLooks;
  page.show(all, later);
  EXPECT_FALSE(page.is_due(2, later + 19s));
}

TEST(CellPage, DoesNotWaitWhenABatteryComesOrGoes) {
  CellPage page;
  const auto all = packs(2, 1);
  page.show(all, kStart);
  EXPECT_TRUE(page.is_due(1, kStart + 1ms));
  EXPECT_TRUE(page.is_due(3, kStart + 1ms));
  EXPECT_FALSE(page.is_due(2, kStart + 1ms));
  page.pause();
  EXPECT_TRUE(page.is_due(2, kStart + 1ms));
}

TEST(CellPage, SaysWhetherAnythingIsNew) {
  CellPage page;
  auto all = packs(1, 2);
  page.show(all, kStart);
  const auto before = page.shown().revision();
  all[0].cells_v[1] += 0.00001;  // less than goes to the bus
  page.show(all, kStart);
  EXPECT_EQ(page.shown().revision(), before);
  all[0].cells_v[1] += 0.01;
  page.show(all, kStart);
  EXPECT_NE(page.shown().revision(), before);
}

}  // namespace
}  // namespace dmb
