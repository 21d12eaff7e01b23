// SPDX-License-Identifier: MIT
#include "dmb/device/page_pack.h"

#include "dmb/battery/quantity.h"

#include <gtest/gtest.h>

namespace dmb {
namespace {

using Status = std::optional<std::int32_t>;

Status status_of(const std::vector<std::pair<Quantity, double>>& told) {
  ItemValues values;
  for (const auto& [id, number] : told) values.set(id, number);
  return page_pack_of(values, "a", "A").status;
}

TEST(PagePack, StatusHasTheDisplaysBits) {
  EXPECT_EQ(status_of({}), Status());  // nothing is known
  EXPECT_EQ(status_of({{q("/Alarms/HighVoltage"), 0}}), 0);
  EXPECT_EQ(status_of({{q("/Alarms/HighVoltage"), 1}}), 8);
  EXPECT_EQ(status_of({{q("/Alarms/LowVoltage"), 2}}), 16);
  EXPECT_EQ(status_of({{q("/Alarms/LowTemperature"), 2}}), 32);
  EXPECT_EQ(status_of({{q("/Alarms/LowChargeTemperature"), 2}}), 32);
  EXPECT_EQ(status_of({{q("/Alarms/HighTemperature"), 2}}), 64);
  EXPECT_EQ(status_of({{q("/Alarms/HighChargeTemperature"), 2}}), 64);
  EXPECT_EQ(status_of({{q("/Alarms/HighCellVoltage"), 2}}), 512);
  EXPECT_EQ(status_of({{q("/Alarms/LowCellVoltage"), 2}}), 32768);
  EXPECT_EQ(status_of({{q("/Alarms/CellImbalance"), 1}}), 2);
  EXPECT_EQ(status_of({{q("/Alarms/CellImbalance"), 0}}), 1);
  EXPECT_EQ(status_of({{q("/Alarms/CellImbalance"), 0}, {q("/Balancing"), 1}}), 4);
  EXPECT_EQ(status_of({{q("/Alarms/CellImbalance"), 1}, {q("/Balancing"), 1}}), 6);
  EXPECT_EQ(status_of({{q("/Balancing"), 0}}), 0);  // it need not be balanced for that
}

TEST(PagePack, ABatteryByItselfHasAllThatItTells) {
  ItemValues values;
  values.set(q("/Dc/0/Voltage"), 52.1);
  values.set(q("/Dc/0/Current"), -4.0);
  values.set(q("/Dc/0/Temperature"), 20.0);
  values.set(q("/InstalledCapacity"), 280.0);
  values.set(q("/System/NrOfCellsPerBattery"), 16);
  values.set(cell_voltage(1), 3.3);
  values.set(cell_voltage(128), 3.4);
  values.set(cell_voltage(2), std::nullopt);
  const PagePack pack = page_pack_of(values, "id", "House");
  EXPECT_EQ(pack.id, "id");
  EXPECT_EQ(pack.name, "House");
  EXPECT_EQ(pack.voltage_v, 52.1);
  EXPECT_EQ(pack.current_a, -4.0);
  EXPECT_EQ(pack.temperature_c, 20.0);
  EXPECT_EQ(pack.capacity_ah, 280.0);
  EXPECT_EQ(pack.cells, 16);
  EXPECT_EQ(pack.cells_v, (ByCell{{1, 3.3}, {128, 3.4}}));
}

MemberSnapshot with_extremes(std::string lowest, std::string highest) {
  MemberSnapshot member;
  member.values[q("/System/MinCellVoltage")] = 3.1;
  member.values[q("/System/MaxCellVoltage")] = 3.5;
  member.texts.min_cell_id = std::move(lowest);
  member.texts.max_cell_id = std::move(highest);
  return member;
}

TEST(PagePack, OfOneThatTellsExtremesOnlyThoseCellsAreKnown) {
  EXPECT_EQ(page_pack_of(with_extremes("C3", "12"), {}).cells_v, (ByCell{{3, 3.1}, {12, 3.5}}));
  MemberSnapshot member = with_extremes("", "Pack2 C7");
  EXPECT_TRUE(page_pack_of(member, {}).cells_v.empty());
  for (const char* id : {"C0", "C129", "C", "C-1", "C7x", "99999999999"})
    EXPECT_TRUE(page_pack_of(with_extremes(id, id), {}).cells_v.empty()) << id;
  // Single cells go before.
  EXPECT_EQ(page_pack_of(with_extremes("C1", "C2"), {{1, 3.2}}).cells_v,
            (ByCell{{1, 3.2}, {2, 3.5}}));
  member = with_extremes("C1", "C2");
  member.texts.ids_named = true;
  EXPECT_TRUE(page_pack_of(member, {}).cells_v.empty());
}

TEST(PagePack, TemperaturesOfCellsAreThoseOfTheExtremes) {
  MemberSnapshot member;
  member.values[q("/System/MinCellTemperature")] = 11;
  member.values[q("/System/MaxCellTemperature")] = 25;
  member.texts.min_temperature_id = "C4";
  member.texts.max_temperature_id = "T2";  // a sensor
  EXPECT_EQ(page_pack_of(member, {}).cells_c, (ByCell{{4, 11}}));
}

TEST(PagePack, CellsOfOneOnTheBusAreThoseBesideItsMergedValues) {
  SparseValues others;
  others.set(cell_voltage(2), 3.31);
  others.set(cell_voltage(128), 3.32);
  others.set(cell_balance(1), 1);
  EXPECT_EQ(cells_of(others), (ByCell{{2, 3.31}, {128, 3.32}}));
}

TEST(PagePack, CellsOfBatteriesInSeriesGoOnCounting) {
  ByCell cells{{1, 3.1}, {2, 3.2}};
  append_cells(cells, {{1, 3.3}, {2, 3.4}});
  EXPECT_EQ(cells, (ByCell{{1, 3.1}, {2, 3.2}, {3, 3.3}, {4, 3.4}}));
  append_cells(cells, {{124, 3.5}, {125, 3.6}});  // the page has 128
  EXPECT_EQ(cells.rbegin()->first, 128);
  EXPECT_EQ(cells.size(), 5U);
}

TEST(PagePack, TheBalancerIsWhatTheWorstOfThemSays) {
  const auto with = [](std::vector<std::optional<std::int32_t>> statuses) {
    std::vector<PagePack> packs;
    for (const auto status : statuses) packs.push_back({.id = "", .name = "", .status = status});
    return balancer_status_of(packs);
  };
  EXPECT_EQ(with({}), std::nullopt);
  EXPECT_EQ(with({std::nullopt}), std::nullopt);
  EXPECT_EQ(with({0}), std::nullopt);
  EXPECT_EQ(with({1, 1}), BalancerStatus::balanced);
  EXPECT_EQ(with({1, std::nullopt}), std::nullopt);
  EXPECT_EQ(with({1, 4, std::nullopt}), BalancerStatus::balancing);
  EXPECT_EQ(with({4, 2, 1}), BalancerStatus::imbalance);
  EXPECT_EQ(with({6}), BalancerStatus::imbalance);
}

}  // namespace
}  // namespace dmb
