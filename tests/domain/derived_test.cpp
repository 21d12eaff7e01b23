// SPDX-License-Identifier: MIT
#include "dmb/domain/derived.h"

#include "dmb/domain/battery_items.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dmb {
namespace {

using Number = std::optional<double>;

ItemValues empty() {
  return ItemValues(battery_items().size());
}

void set(ItemValues& values, const char* path, Number number) {
  if (number) values.set(*find_item(path), *number);
}

TEST(DeriveDc, FillsTheOneThatIsMissing) {
  struct Case {
    Number power, voltage, current;
    Number want_power, want_voltage, want_current;
  };
  const std::vector<Case> cases{
      {321.6, 52.7, {}, 321.6, 52.7, 321.6 / 52.7},
      {{}, 50, -2, -100, 50, -2},
      {100, {}, 2, 100, 50, 2},
      {1, 2, 3, 1, 2, 3},  // given values stay, right or wrong
      {0, 52, {}, 0, 52, 0},
      {100, 0, {}, 100, 0, {}},  // no division by zero
      {100, {}, 0, 100, {}, 0},
      {-100, {}, 2, -100, {}, 2},      // −50 V is no reading
      {100, {}, 1e-9, 100, {}, 1e-9},  // nor is 1e11 V
      {100, {}, {}, 100, {}, {}},
      {{}, {}, {}, {}, {}, {}},
  };
  for (const Case& c : cases) {
    ItemValues values = empty();
    set(values, "/Dc/0/Power", c.power);
    set(values, "/Dc/0/Voltage", c.voltage);
    set(values, "/Dc/0/Current", c.current);
    derive_dc(values);
    EXPECT_EQ(values.number(battery_ids().power), c.want_power);
    EXPECT_EQ(values.number(battery_ids().voltage), c.want_voltage);
    EXPECT_EQ(values.number(battery_ids().current), c.want_current);
  }
}

TEST(DeriveCapacity, FillsFromInstalledAndTheOtherElseFromSoc) {
  struct Case {
    Number installed, capacity, consumed, soc;
    Number want_capacity, want_consumed;
  };
  const std::vector<Case> cases{
      {200, {}, -74.5, 63, 125.5, -74.5}, {200, 125.5, {}, 63, 125.5, -74.5},
      {200, {}, {}, 60, 120, -80},        {200, 150, -20, 60, 150, -20},
      {200, 210, {}, 100, 210, 0},    // more left than installed: nothing consumed
      {200, {}, -250, 10, 20, -250},  // −50 Ah left is no reading: the SoC tells
      {200, {}, {}, {}, {}, {}},          {{}, {}, -20, 60, {}, -20},
      {{}, 150, {}, 60, 150, {}},
  };
  for (const Case& c : cases) {
    ItemValues values = empty();
    set(values, "/InstalledCapacity", c.installed);
    set(values, "/Capacity", c.capacity);
    set(values, "/ConsumedAmphours", c.consumed);
    set(values, "/Soc", c.soc);
    derive_capacity(values);
    EXPECT_EQ(values.number(battery_ids().capacity), c.want_capacity);
    EXPECT_EQ(values.number(battery_ids().consumed_amphours), c.want_consumed);
  }
}

TEST(DeriveCells, LooksAtCellsOnly) {
  ItemValues values = empty();
  set(values, "/Voltages/Cell1", 3.351);
  set(values, "/Voltages/Cell3", 3.346);
  set(values, "/Voltages/Cell4", 3.354);
  set(values, "/Voltages/Cell30", 3.354);  // a tie goes to the lower number
  values.set(*find_item("/Voltages/Cell2"), std::nullopt);
  set(values, "/Voltages/Diff", 0.9);
  derive_cells(values);
  const BatteryIds& ids = battery_ids();
  EXPECT_EQ(values.number(ids.min_cell_voltage), 3.346);
  EXPECT_EQ(values.number(ids.max_cell_voltage), 3.354);
  EXPECT_EQ(values[ids.min_voltage_cell_id].value, OptValue("C3"));
  EXPECT_EQ(values[ids.max_voltage_cell_id].value, OptValue("C4"));
  EXPECT_NEAR(*values.number(ids.cell_sum), 13.405, 1e-9);
  EXPECT_EQ(values.number(ids.cell_diff), 0.9) << "given: not overwritten";
}

TEST(DeriveCells, SaysNothingWithoutCells) {
  ItemValues values = empty();
  set(values, "/Voltages/Sum", 52.0);
  derive_cells(values);
  EXPECT_EQ(values.number(battery_ids().min_cell_voltage), std::nullopt);
  EXPECT_EQ(values[battery_ids().min_voltage_cell_id].value, std::nullopt);
}

}  // namespace
}  // namespace dmb
