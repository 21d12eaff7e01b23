// SPDX-License-Identifier: MIT
// The simulated packs themselves: what is proven with them is worth no more than they are.
#include "../support/sim/pack.h"

#include "../support/sim/wiring.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace dmb::sim {
namespace {

TEST(ASimulatedPack, HoldsWhatWasPutIn) {
  Pack pack({.capacity_ah = 100, .soc = 0.2});
  for (int second = 0; second < 3600; ++second) pack.step(30, 20, 1);
  EXPECT_NEAR(pack.soc(), 0.5, 1e-9);
  for (int second = 0; second < 3600; ++second) pack.step(-30, 20, 1);
  EXPECT_NEAR(pack.soc(), 0.2, 1e-9);
}

TEST(ASimulatedPack, ShowsAtRestItsOpenCircuitVoltage) {
  for (const auto& chemistry : {std::cref(lfp()), std::cref(li_ion_nmc()), std::cref(lto())}) {
    for (const double soc : {0.05, 0.5, 0.97}) {
      Pack pack({.chemistry = chemistry, .soc = soc});
      pack.step(0, 20, 1);
      EXPECT_NEAR(pack.voltage_v(), 16 * chemistry.get().open_circuit_v.at(soc), 1e-9);
      EXPECT_DOUBLE_EQ(pack.voltage_v(), pack.source_v());
    }
  }
}

TEST(ASimulatedPack, HasAVoltageThatRisesWithItsCharge) {
  for (const auto& chemistry : {std::cref(lfp()), std::cref(li_ion_nmc()), std::cref(lto())})
    for (int percent = 0; percent < 103; ++percent)
      EXPECT_LT(chemistry.get().open_circuit_v.at(percent / 100.0),
                chemistry.get().open_circuit_v.at((percent + 1) / 100.0))
          << percent;
}

TEST(ASimulatedPack, HasMoreResistanceInTheColdAndNearEmpty) {
  const Pack warm({.soc = 0.5, .temperature_c = 25});
  const Pack cold({.soc = 0.5, .temperature_c = 0});
  const Pack empty({.soc = 0.02, .temperature_c = 25});
  EXPECT_GT(cold.resistance_ohm(), 1.5 * warm.resistance_ohm());
  EXPECT_GT(empty.resistance_ohm(), 1.3 * warm.resistance_ohm());
}

TEST(ASimulatedPack, WarmsByItsLossesAndCoolsToWhatIsAround) {
  Pack pack({.temperature_c = 20});
  for (int second = 0; second < 3600; ++second) pack.step(200, 20, 1);
  EXPECT_GT(pack.temperature_c(), 21);
  const double warm_c = pack.temperature_c();
  EXPECT_GT(pack.heat_j(), 100'000 * (warm_c - 20));  // the rest went to what is around
  for (int second = 0; second < 3600; ++second) pack.step(0, 20, 1);
  EXPECT_LT(pack.temperature_c(), warm_c);
  EXPECT_GT(pack.temperature_c(), 20);
}

TEST(ASimulatedPack, BalancesOnlyCellsThatAreHighAndAhead) {
  PackSpec spec{.capacity_ah = 100, .soc = 0.994, .ahead_ah = {0.5}, .balance_a = 0.2};
  Pack high(spec);
  spec.soc = 0.5;
  Pack low(spec);
  const double high_before = high.soc();
  const double low_before = low.soc();
  for (int second = 0; second < 600; ++second) {
    high.step(0, 20, 1);
    low.step(0, 20, 1);
  }
  EXPECT_NEAR((high_before - high.soc()) * 1600, 0.2 / 6, 1e-6);  // one cell of 16, ten minutes
  EXPECT_DOUBLE_EQ(low.soc(), low_before);
}

TEST(SimulatedPacksInParallel, ShareEquallyWhenTheyAreEqual) {
  const std::vector<Pack> packs(2, Pack({.capacity_ah = 100}));
  const double bus_v = voltage_at(packs, 60).value();
  EXPECT_NEAR(current_at(packs[0], bus_v), 30, 1e-9);
  EXPECT_NEAR(current_at(packs[1], bus_v), 30, 1e-9);
}

TEST(SimulatedPacksInParallel, ShareByTheirResistance) {
  const std::vector<Pack> packs{Pack({.cell_resistance_ohm = 0.0004, .wire_ohm = 0.0016}),
                                Pack({.cell_resistance_ohm = 0.0002, .wire_ohm = 0.0008})};
  const double bus_v = voltage_at(packs, 90).value();
  EXPECT_NEAR(current_at(packs[0], bus_v), 30, 1e-6);
  EXPECT_NEAR(current_at(packs[1], bus_v), 60, 1e-6);
}

TEST(SimulatedPacksInParallel, EvenOutWhenTheyDiffer) {
  const std::vector<Pack> packs{Pack({.soc = 0.3}), Pack({.soc = 0.8})};
  const double bus_v = voltage_at(packs, 0).value();
  EXPECT_GT(current_at(packs[0], bus_v), 1);
  EXPECT_NEAR(current_at(packs, bus_v), 0, 1e-9);
}

TEST(SimulatedPacksInParallel, LeaveAllTheCurrentToThoseThatTakeIt) {
  std::vector<Pack> packs(2, Pack({}));
  packs[1].blocks_charge = true;
  const double bus_v = voltage_at(packs, 40).value();
  EXPECT_NEAR(current_at(packs[0], bus_v), 40, 1e-9);
  EXPECT_EQ(current_at(packs[1], bus_v), 0);
  EXPECT_NEAR(current_at(packs[1], voltage_at(packs, -40).value()), -20, 1e-9);
  packs[0].contactor_open = true;
  EXPECT_FALSE(voltage_at(packs, 40));
}

TEST(SimulatedPacksInParallel, AreHeldAtAVoltageBehindAWire) {
  const std::vector<Pack> packs(1, Pack({.cell_resistance_ohm = 0.0005, .wire_ohm = 0.002}));
  const double resistance_ohm = packs[0].resistance_ohm() + 0.005;
  const double expected_a = (55.2 - packs[0].source_v() - 10 * 0.005) / resistance_ohm;
  EXPECT_NEAR(held_current_a(packs, 55.2, 0.005, 10), expected_a, 1e-6);
}

}  // namespace
}  // namespace dmb::sim
