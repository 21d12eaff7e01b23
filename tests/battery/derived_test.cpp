// SPDX-License-Identifier: MIT
#include "dmb/battery/derived.h"

#include "dmb/battery/quantity.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <string_view>
#include <vector>

namespace dmb {
namespace {

using Number = std::optional<double>;

ItemValues empty() {
  return ItemValues();
}

void set(ItemValues& values, const char* path, Number number) {
  if (number) values.set(*find_quantity(path), *number);
}

void tell(Reading& reading, const char* path, Number number) {
  if (number) reading.set(*find_quantity(path), *number);
}

TEST(DeriveDc, FillsTheOneThatIsMissing) {
  struct Case {
    Number power, voltage, current;
    const char* path;  ///< of what is derived, if anything
    double want = 0;
  };
  const std::vector<Case> cases{
      {321.6, 52.7, {}, "/Dc/0/Current", 321.6 / 52.7},
      {{}, 50, -2, "/Dc/0/Power", -100},
      {100, {}, 2, "/Dc/0/Voltage", 50},
      {1, 2, 3, nullptr},  // given values stay, right or wrong
      {0, 52, {}, "/Dc/0/Current", 0},
      {100, 0, {}, nullptr},  // no division by zero
      {100, {}, 0, nullptr},
      {0, {}, 0, nullptr},
      {-100, {}, 2, nullptr},    // −50 V is no reading
      {100, {}, 1e-9, nullptr},  // nor is 1e11 V
      {100, {}, {}, nullptr},
      {{}, {}, {}, nullptr},
  };
  for (const Case& c : cases) {
    Reading reading;
    tell(reading, "/Dc/0/Power", c.power);
    tell(reading, "/Dc/0/Voltage", c.voltage);
    tell(reading, "/Dc/0/Current", c.current);
    const auto third = derive_dc(reading);
    ASSERT_EQ(third.has_value(), c.path != nullptr);
    if (!third) continue;
    EXPECT_EQ(third->id.spec().path, c.path);
    EXPECT_EQ(third->value, OptValue(c.want));
    EXPECT_FALSE(std::signbit(std::get<double>(*third->value)) && c.want == 0);
  }
}

TEST(DeriveDc, PutsNothingInThePlaceOfAValueThatWasRefused) {
  for (const char* refused : {"/Dc/0/Power", "/Dc/0/Voltage", "/Dc/0/Current"}) {
    Reading reading;
    for (const char* path : {"/Dc/0/Power", "/Dc/0/Voltage", "/Dc/0/Current"})
      if (std::string_view(path) != refused) tell(reading, path, 7);
    reading.set_bad(*find_quantity(refused), "is nonsense");
    EXPECT_FALSE(derive_dc(reading)) << refused;
    reading.set(*find_quantity(refused), std::nullopt);
    EXPECT_TRUE(derive_dc(reading)) << refused << ": null is not told at all";
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
    derive_capacity(values, {});
    EXPECT_EQ(values.number(q("/Capacity")), c.want_capacity);
    EXPECT_EQ(values.number(q("/ConsumedAmphours")), c.want_consumed);
  }
}

TEST(DeriveCells, LooksAtCellsOnly) {
  ItemValues values = empty();
  set(values, "/Voltages/Cell1", 3.351);
  set(values, "/Voltages/Cell3", 3.346);
  set(values, "/Voltages/Cell4", 3.354);
  set(values, "/Voltages/Cell30", 3.354);  // a tie goes to the lower number
  values.set(*find_quantity("/Voltages/Cell2"), std::nullopt);
  set(values, "/Voltages/Diff", 0.9);
  derive_cells(values, {});
  EXPECT_EQ(values.number(q("/System/MinCellVoltage")), 3.346);
  EXPECT_EQ(values.number(q("/System/MaxCellVoltage")), 3.354);
  EXPECT_EQ(values[q("/System/MinVoltageCellId")].value, OptValue("C3"));
  EXPECT_EQ(values[q("/System/MaxVoltageCellId")].value, OptValue("C4"));
  EXPECT_NEAR(*values.number(q("/Voltages/Sum")), 13.405, 1e-9);
  EXPECT_EQ(values.number(q("/Voltages/Diff")), 0.9) << "given: not overwritten";
  EXPECT_EQ(values[q("/System/NrOfCellsPerBattery")].value, OptValue(4));
}

TEST(DeriveCells, HasNoSumWhenACellWasRefused) {
  ItemValues values = empty();
  set(values, "/Voltages/Cell1", 3.351);
  set(values, "/Voltages/Cell3", 3.346);
  const std::vector<Quantity> refused{*find_quantity("/Voltages/Cell2")};
  derive_cells(values, refused);
  EXPECT_EQ(values.number(q("/System/MaxCellVoltage")), 3.351);
  EXPECT_EQ(values[q("/System/NrOfCellsPerBattery")].value, OptValue(3))
      << "it is one of the cells";
  EXPECT_EQ(values.number(q("/Voltages/Sum")), std::nullopt) << "would be that of another pack";
}

TEST(Derive, PutsNothingInThePlaceOfAValueThatWasRefused) {
  ItemValues values = empty();
  set(values, "/InstalledCapacity", 200);
  set(values, "/Soc", 50);
  set(values, "/Voltages/Cell1", 3.351);
  const std::vector<Quantity> refused{q("/Capacity"),
                                      q("/ConsumedAmphours"),
                                      q("/System/NrOfCellsPerBattery"),
                                      q("/System/MinCellVoltage"),
                                      q("/Voltages/Sum"),
                                      q("/Voltages/Diff"),
                                      q("/System/NrOfModulesOnline"),
                                      q("/System/NrOfModulesBlockingDischarge")};
  derive_capacity(values, refused);
  derive_cells(values, refused);
  derive_modules(values, refused);
  for (const Quantity id : refused) EXPECT_FALSE(values[id].value) << id.spec().path;
  EXPECT_TRUE(values[q("/System/MaxCellVoltage")].value);
  EXPECT_TRUE(values[q("/System/NrOfModulesOffline")].value);
}

TEST(DeriveModules, IsOneThatBlocksWhatIsNotAllowed) {
  struct Case {
    OptValue charge, discharge;
    int blocks_charge, blocks_discharge;
  };
  for (const Case& c :
       {Case{std::nullopt, std::nullopt, 0, 0}, Case{1, 0, 0, 1}, Case{0, 1, 1, 0}}) {
    ItemValues values = empty();
    values.set(q("/Io/AllowToCharge"), c.charge);
    values.set(q("/Io/AllowToDischarge"), c.discharge);
    derive_modules(values, {});
    EXPECT_EQ(values[q("/System/NrOfModulesOnline")].value, OptValue(1));
    EXPECT_EQ(values[q("/System/NrOfModulesOffline")].value, OptValue(0));
    EXPECT_EQ(values[q("/System/NrOfModulesBlockingCharge")].value, OptValue(c.blocks_charge));
    EXPECT_EQ(values[q("/System/NrOfModulesBlockingDischarge")].value,
              OptValue(c.blocks_discharge));
  }
}

TEST(DeriveModules, TellsHowManyAreOfflineWhenTheBatteryIsSilent) {
  ItemValues values = empty();
  EXPECT_EQ(number_of_modules(values), 1);
  values.set(q("/System/NrOfModulesOnline"), 5);
  values.set(q("/System/NrOfModulesOffline"), 1);
  show_modules_offline(values, number_of_modules(values));
  EXPECT_EQ(values[q("/System/NrOfModulesOnline")].value, OptValue(0));
  EXPECT_EQ(values[q("/System/NrOfModulesOffline")].value, OptValue(6));
  EXPECT_EQ(number_of_modules(values), 6) << "asked again, it is still the same";
}

TEST(DeriveCells, SaysNothingWithoutCells) {
  ItemValues values = empty();
  set(values, "/Voltages/Sum", 52.0);
  derive_cells(values, {});
  EXPECT_EQ(values.number(q("/System/MinCellVoltage")), std::nullopt);
  EXPECT_EQ(values[q("/System/MinVoltageCellId")].value, std::nullopt);
}

}  // namespace
}  // namespace dmb
