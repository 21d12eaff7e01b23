// SPDX-License-Identifier: MIT
#include "../support/sim/site.h"

#include "../support/sim/day.h"
#include "../support/sim/protection.h"

#include <gtest/gtest.h>

namespace dmb::sim {
namespace {

constexpr Weather kNoon{.sun_w = 6000, .load_w = 400, .ambient_c = 20};
constexpr Limits kFull{.cvl_v = 55.2, .ccl_a = 100, .dcl_a = 100};

void run(Site& site, const Limits& limits, const Weather& weather, int seconds) {
  for (int second = 0; second < seconds; ++second) site.step(limits, weather, 1);
}

TEST(ASimulatedSite, ChargesByCclWithTheLoadsOnTop) {
  Site site({.packs = {{.soc = 0.5}}});
  run(site, {.cvl_v = 55.2, .ccl_a = 30, .dcl_a = 100}, kNoon, 60);
  EXPECT_NEAR(site.current_a(), 30, 0.1);
  EXPECT_GT(site.sun_a(), 36);
}

TEST(ASimulatedSite, HoldsTheChargeVoltageAtTheChargersEnd) {
  Site site({.packs = {{.soc = 0.96}}, .charger_wire_ohm = 0.004});
  run(site, kFull, kNoon, 3600);
  EXPECT_NEAR(site.bus_v() + 0.004 * site.sun_a(), 55.2, 0.001);
  EXPECT_LT(site.current_a(), 100);
}

TEST(ASimulatedSite, ReadsLimitsEachThreeSeconds) {
  Site site({.packs = {{.soc = 0.5}}});
  run(site, kFull, kNoon, 61);
  const double charging_a = site.current_a();
  ASSERT_GT(charging_a, 50);
  int late_s = 0;
  const Limits none{.cvl_v = 55.2, .ccl_a = 0, .dcl_a = 100};
  for (; site.current_a() > 0.1 && late_s < 10; ++late_s) run(site, none, kNoon, 1);
  EXPECT_GE(late_s, 1);
  EXPECT_LE(late_s, 3);
}

TEST(ASimulatedSite, ServesLoadsFromTheBatteryAsFarAsDclLetsIt) {
  Site site({.packs = {{.soc = 0.5}}});
  const Weather night{.sun_w = 0, .load_w = 2000, .ambient_c = 20};
  run(site, kFull, night, 30);
  EXPECT_NEAR(site.current_a(), -2000 / site.bus_v(), 0.5);
  run(site, {.cvl_v = 55.2, .ccl_a = 100, .dcl_a = 10}, night, 30);
  EXPECT_NEAR(site.current_a(), -10, 1e-9);
}

TEST(ASimulatedSite, WithFeedInChargesAtCclZeroUnlessCvlFalls) {
  for (const bool feed_in : {false, true}) {
    Site site({.packs = {{.soc = 0.5}}, .feed_in = feed_in, .feed_in_a = 140});
    Limits stop{.cvl_v = 55.2, .ccl_a = 0, .dcl_a = 100};
    run(site, stop, kNoon, 300);
    if (feed_in) {
      EXPECT_GT(site.current_a(), 80);
    } else {
      EXPECT_NEAR(site.current_a(), 0, 0.1);
    }
    stop.cvl_v = site.packs()[0].source_v();
    run(site, stop, kNoon, 300);
    EXPECT_NEAR(site.current_a(), 0, 2);
    EXPECT_GT(site.not_taken_wh(), 250);
  }
}

TEST(ASimulatedSite, GivesNoBatteryCurrentToTheGrid) {
  Site site({.packs = {{.soc = 0.9}}, .feed_in = true});
  run(site, {.cvl_v = 48, .ccl_a = 0, .dcl_a = 100}, kNoon, 60);
  EXPECT_GE(site.current_a(), -kNoon.load_w / site.bus_v() - 0.5);
}

TEST(ASimulatedBms, OpensAtTheEndsAndClosesAgain) {
  Pack pack({.soc = 1.02});
  Protection protection;
  pack.step(0, 20, 1);
  protection.look(pack);
  EXPECT_TRUE(pack.contactor_open);
  EXPECT_EQ(protection.trips(), 1);
  for (int minute = 0; minute < 60; ++minute) pack.step(-20, 20, 60);
  protection.look(pack);
  EXPECT_FALSE(pack.contactor_open);
}

TEST(ASimulatedDay, IsTheSameForTheSameSeedAndDarkAtNight) {
  const Day day({.seed = 3});
  const Day same({.seed = 3});
  const Day other({.seed = 4});
  EXPECT_EQ(day.at(40000).sun_w, same.at(40000).sun_w);
  EXPECT_NE(day.at(40000).sun_w, other.at(40000).sun_w);
  EXPECT_EQ(day.at(3600).sun_w, 0);
  EXPECT_GT(day.at(kDayS / 2).sun_w, 3000);
  EXPECT_LT(day.at(5 * 3600).ambient_c, day.at(17 * 3600).ambient_c);
}

}  // namespace
}  // namespace dmb::sim
