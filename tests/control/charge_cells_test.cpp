// SPDX-License-Identifier: MIT
#include "dmb/control/charge_cells.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>

namespace dmb {
namespace {

using namespace std::chrono_literals;
using Missing = std::vector<std::string>;

Instant at(std::chrono::seconds when) {
  return Instant(1h + when);
}

/// Cells of 3.30 V; `odd` has another voltage.
PackCells pack_of(int cells, int odd = 0, double odd_v = 3.30, const std::string& name = {}) {
  PackCells pack(name, name);
  for (int number = 1; number <= cells; ++number)
    pack.add_cell(number, number == odd ? odd_v : 3.30);
  return pack;
}

TEST(KnownSensors, TellTheExtremesOfAllPacks) {
  KnownSensors sensors;
  std::vector<PackCells> packs{pack_of(16, 3, 3.25, "Pack1"), pack_of(16, 7, 3.451, "Pack2")};
  packs[0].add_temperature(2, "T1");
  packs[1].add_temperature(30, "");
  packs[1].set_mosfet(70);
  const CellView view = sensors.look(packs, at(0s));
  EXPECT_EQ(view.highest, (Sensed{3.451, "Pack2 C7"}));
  EXPECT_EQ(view.lowest, (Sensed{3.25, "Pack1 C3"}));
  EXPECT_EQ(view.coldest, (Sensed{2, "Pack1 T1"}));
  EXPECT_EQ(view.hottest, (Sensed{30, "Pack2"}));
  EXPECT_EQ(view.mosfet, (Sensed{70, "Pack2"}));
  EXPECT_EQ(view.cells, 16);
  EXPECT_NEAR(*view.mean_cell_v, (15 * 3.30 + 3.25) / 16, 1e-9);
  EXPECT_NEAR(*view.sum_v, 15 * 3.30 + 3.451, 1e-9);
  EXPECT_EQ(view.missing, Missing());
}

TEST(KnownSensors, GoByWhatABmsTellsOfItsExtremes) {
  KnownSensors sensors;
  PackCells pack;
  pack.add_highest(3.41, "C4");
  pack.add_lowest(3.29, "");
  pack.set_in_series(15);
  const CellView view = sensors.look(std::span(&pack, 1), at(0s));
  EXPECT_EQ(view.highest, (Sensed{3.41, "C4"}));
  EXPECT_EQ(view.lowest, (Sensed{3.29, ""}));
  EXPECT_EQ(view.cells, 15);
  EXPECT_FALSE(view.mean_cell_v);
  const PackCells silent;
  EXPECT_EQ(sensors.look(std::span(&silent, 1), at(1s)).missing, Missing{"the cells"});
}

TEST(KnownSensors, TakeAnExtremeForACellWhateverTheOtherOneSays) {
  KnownSensors sensors;
  PackCells crossed;
  crossed.add_highest(3.30, "old");
  crossed.add_lowest(3.49, "fresh");
  EXPECT_EQ(sensors.look(std::span(&crossed, 1), at(0s)).highest, (Sensed{3.49, "fresh"}));
  PackCells pack = pack_of(16);
  pack.add_highest(2.85, "old");
  EXPECT_EQ(sensors.look(std::span(&pack, 1), at(1s)).lowest, (Sensed{2.85, "old"}));
}

TEST(KnownSensors, MissWhatWasThereBefore) {
  KnownSensors sensors;
  PackCells whole = pack_of(16, 0, 0, "Pack2");
  whole.add_temperature(20, "T1");
  whole.add_temperature(21, "T2");
  whole.set_mosfet(30);
  sensors.look(std::span(&whole, 1), at(0s));

  PackCells lame = pack_of(15, 0, 0, "Pack2");
  lame.add_temperature(20, "T1");
  const CellView view = sensors.look(std::span(&lame, 1), at(1s));
  EXPECT_EQ(view.missing, (Missing{"Pack2: 1 of 16 cells", "Pack2: 1 of 2 temperatures",
                                   "Pack2: the temperature of the MOSFETs"}));
  EXPECT_EQ(view.cells, 16);  // it has not become a battery of 15 cells
  EXPECT_FALSE(view.mean_cell_v);
  EXPECT_EQ(sensors.look(std::span(&whole, 1), at(2s)).missing, Missing());
  EXPECT_EQ(sensors.look({}, at(3s)).missing, Missing());  // a pack that is lost altogether
}

TEST(KnownSensors, CountWhatCannotBeTrueAsMissing) {
  for (const double absurd_v : {0.0, 6.5535, -1.0, 65.0, std::nan("")}) {
    KnownSensors sensors;
    const PackCells pack = pack_of(16, 5, absurd_v);
    const CellView view = sensors.look(std::span(&pack, 1), at(0s));
    EXPECT_EQ(view.missing, Missing{"a sensor tells nonsense"}) << absurd_v;
    EXPECT_EQ(view.highest->value, 3.30);
    EXPECT_EQ(view.lowest->value, 3.30);
  }
  KnownSensors sensors;
  PackCells pack = pack_of(4);
  pack.add_temperature(-273, "T1");
  pack.set_mosfet(std::nan(""));
  EXPECT_EQ(sensors.look(std::span(&pack, 1), at(0s)).missing, Missing{"a sensor tells nonsense"});
}

TEST(KnownSensors, MissACellThatSticksOnceTheSumIsOffForAMinute) {
  KnownSensors sensors;
  PackCells pack = pack_of(16, 5, 2.0);
  pack.set_voltage(16 * 3.30);
  EXPECT_EQ(sensors.look(std::span(&pack, 1), at(0s)).missing, Missing());
  EXPECT_EQ(sensors.look(std::span(&pack, 1), at(59s)).missing, Missing());
  EXPECT_EQ(sensors.look(std::span(&pack, 1), at(60s)).missing,
            Missing{"the cells do not add up to the voltage"});
  PackCells right = pack_of(16);
  right.set_voltage(16 * 3.30 + 0.5);  // what wires may take
  EXPECT_EQ(sensors.look(std::span(&right, 1), at(61s)).missing, Missing());
}

TEST(KnownSensors, MissACellThatStandsStillWhileTheOthersRise) {
  KnownSensors sensors;
  CellView view;
  const auto look = [&](double others_v, double stuck_v, std::chrono::seconds when) {
    PackCells pack("Pack2", "Pack2");
    for (int number = 1; number <= 16; ++number)
      pack.add_cell(number, number == 5 ? stuck_v : others_v);
    view = sensors.look(std::span(&pack, 1), at(when));
  };
  for (int second = 0; second <= 310; ++second)
    look(3.30 + 0.001 * (second / 7), 3.31, std::chrono::seconds(second));
  EXPECT_EQ(view.missing, Missing{"Pack2: C5 stands still"});
  EXPECT_TRUE(view.cells_missing);
  EXPECT_FALSE(view.sum_v);
  EXPECT_NEAR(view.highest->value, 3.344, 1e-9);
  EXPECT_EQ(view.lowest, (Sensed{3.31, "Pack2 C5"}));  // it may be true
  look(3.34, 3.31, 8 * 24h);                           // however long
  EXPECT_EQ(view.missing, Missing{"Pack2: C5 stands still"});
  look(3.34, 3.341, 8 * 24h + 1s);
  EXPECT_EQ(view.missing, Missing());
}

TEST(KnownSensors, TakeNoHarmFromCellsThatAreSwapped) {
  KnownSensors sensors;
  for (const bool swapped : {false, true}) {
    PackCells pack;
    for (int number = 1; number <= 16; ++number)
      pack.add_cell(number, number == (swapped ? 8 : 7) ? 3.42 : 3.30);
    pack.set_voltage(15 * 3.30 + 3.42);
    const CellView view = sensors.look(std::span(&pack, 1), at(swapped ? 10min : 0min));
    EXPECT_EQ(view.highest, (Sensed{3.42, swapped ? "C8" : "C7"}));
    EXPECT_EQ(view.missing, Missing());
  }
}

TEST(KnownSensors, TellWhetherWhatIsMissingIsACell) {
  const auto looked = [](const PackCells& pack) {
    KnownSensors sensors;
    PackCells whole = pack_of(16);
    whole.add_temperature(20, "T1");
    sensors.look(std::span(&whole, 1), at(0s));
    return sensors.look(std::span(&pack, 1), at(1s));
  };
  EXPECT_EQ(looked(pack_of(16)).missing, Missing{"1 of 1 temperatures"});
  EXPECT_FALSE(looked(pack_of(16)).cells_missing);
  EXPECT_TRUE(looked(pack_of(15)).cells_missing);
  EXPECT_TRUE(looked(pack_of(16, 5, 0)).cells_missing);
}

TEST(KnownSensors, ForgetWhatWasAwayForAWeekOrIsToBeForgotten) {
  for (const bool by_hand : {false, true}) {
    KnownSensors sensors;
    const PackCells whole = pack_of(16);
    const PackCells lame = pack_of(15);
    sensors.look(std::span(&whole, 1), at(0s));
    sensors.look(std::span(&lame, 1), at(1s));
    if (by_hand) sensors.forget_missing();
    const auto later = by_hand ? at(2s) : at(1s) + 7 * 24h;
    EXPECT_EQ(sensors.look(std::span(&lame, 1), later).missing, Missing());
    EXPECT_EQ(sensors.look(std::span(&lame, 1), later).cells, 15);
  }
}

TEST(KnownSensors, GoOnAfterARestart) {
  KnownSensors before;
  const PackCells whole = pack_of(16);
  const PackCells lame = pack_of(15);
  before.look(std::span(&whole, 1), at(0s));
  KnownSensors after;
  after.resume(before.seen());
  EXPECT_EQ(after.look(std::span(&lame, 1), at(1s)).missing, Missing{"1 of 16 cells"});
}

TEST(KnownSensors, AreBounded) {
  KnownSensors sensors;
  for (int i = 0; i < 1200; ++i) {
    const PackCells pack = pack_of(1, 0, 0, "Pack" + std::to_string(i));
    sensors.look(std::span(&pack, 1), at(0s));
  }
  EXPECT_EQ(sensors.seen().size(), 1000U);
  std::vector<PackCells> silent;
  for (int i = 0; i < 100; ++i)
    silent.emplace_back("Pack" + std::to_string(i), "Pack" + std::to_string(i));
  EXPECT_EQ(sensors.look(silent, at(1s)).missing.size(), 8U);
}

}  // namespace
}  // namespace dmb
