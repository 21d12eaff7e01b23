// SPDX-License-Identifier: MIT
#include "dmb/bank/discharge_floor.h"

#include "../support/shunt_samples.h"

#include <gtest/gtest.h>

#include <vector>

namespace dmb {
namespace {

using Number = std::optional<double>;

/// 100 Ah at 80 %, 10 A out, by its own figure for so long.
MemberValues lasting(Number hours) {
  MemberSnapshot member = shunt("a", {{"/Soc", 80}, {"/Dc/0/Current", -10}});
  if (hours) member.values[q("/TimeToGo")] = *hours * 3600;
  return member.values;
}

Number floor_of(const FloorRegister& told, Number hours, Number capacity_ah = 100) {
  DischargeFloor floor;
  floor.learn(told, lasting(hours), capacity_ah);
  return floor.percent();
}

TEST(DischargeFloor, IsWhatTheRegisterSaysInTheScaleThatTheShuntProves) {
  EXPECT_EQ(floor_of({50, false}, 3), 50) << "above 100 it counts tenths for sure";
  EXPECT_EQ(floor_of({50, true}, 3), 50) << "(80 - 50) % of 100 Ah at 10 A";
  EXPECT_EQ(floor_of({50, true}, 7.5), 5);
  EXPECT_EQ(floor_of({50, true}, {}), 5) << "the likelier";
  EXPECT_EQ(floor_of({0, false}, 8), 0);
}

TEST(DischargeFloor, IsFoundByTheShuntsOwnFigureWhereTheRegisterCannotBeRead) {
  EXPECT_EQ(floor_of({}, 3), 50);
  EXPECT_EQ(floor_of({}, 8), 0);
  EXPECT_EQ(floor_of({}, 9), 0) << "never below empty";
  EXPECT_EQ(floor_of({}, {}), std::nullopt);
  EXPECT_EQ(floor_of({}, 3, {}), std::nullopt);
  EXPECT_EQ(floor_of({}, 240), std::nullopt) << "its word for never";
}

TEST(DischargeFloor, IsKeptWhileTheShuntSaysNothingOfIt) {
  DischargeFloor floor;
  floor.learn({50, true}, lasting(3), 100);
  floor.learn({}, lasting({}), 100);
  EXPECT_EQ(floor.percent(), 50);
}

TEST(DischargeFloor, DoesNotFollowACurrentThatSwings) {
  DischargeFloor floor;
  for (int i = 0; i < 50; ++i) floor.learn({}, lasting(3), 100);
  floor.learn({}, lasting(1), 100);
  EXPECT_NEAR(floor.percent().value(), 50, 1);
}

TEST(DischargeFloor, OfTheBankIsWeightedByCapacityOverThoseThatAreKnown) {
  std::vector<MemberSnapshot> members{shunt("a", {}, 100), shunt("b", {}, 300),
                                      shunt("c", {}, 100)};
  EXPECT_EQ(bank_discharge_floor_percent(members), std::nullopt);
  members[0].discharge_floor_percent = 50;
  members[1].discharge_floor_percent = 10;
  EXPECT_EQ(bank_discharge_floor_percent(members), 20);
}

}  // namespace
}  // namespace dmb
