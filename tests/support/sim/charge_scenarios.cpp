// SPDX-License-Identifier: MIT
#include "charge_scenarios.h"

namespace dmb::sim {
namespace {

PackSpec pack_of(double capacity_ah, double soc) {
  return {.capacity_ah = capacity_ah,
          .cell_resistance_ohm = 0.07 / capacity_ah,
          .soc = soc,
          .balance_a = 0.2};
}

}  // namespace

std::vector<Scenario> charge_scenarios() {
  const Scenario plain{.name = "feed-in off", .site = {.packs = {pack_of(280, 0.35)}}, .day = {}};
  std::vector<Scenario> all{plain};
  const auto add = [&](const char* name) -> Scenario& {
    all.push_back(plain);
    all.back().name = name;
    return all.back();
  };
  add("feed-in on").site.feed_in = true;
  for (const bool feed_in : {false, true}) {
    Scenario& ahead = add(feed_in ? "a cell ahead, feed-in" : "a cell 3 Ah ahead");
    ahead.site.packs[0].ahead_ah = {3};
    ahead.site.feed_in = feed_in;
    ahead.imbalanced = true;
  }
  Scenario& two = add("two packs");
  two.site.packs.push_back(pack_of(100, 0.55));
  Scenario& cold = add("cold morning");
  cold.site.packs[0].temperature_c = -4;
  cold.day.night_c = -5;
  cold.day.noon_c = 20;
  cold.site.packs[0].soc = 0.6;
  cold.careful = true;
  cold.until_s = 18 * 3600;
  Scenario& lost = add("a cell's sensor lost");
  lost.careful = true;
  lost.faults = {{.kind = Fault::Kind::cell_missing, .cell = 4, .from_s = 32400, .until_s = 36000}};
  add("SoC 30 % too high").soc_error_percent = 30;
  add("SoC 30 % too low").soc_error_percent = -30;
  Scenario& wires = add("long wires");
  wires.site.charger_wire_ohm = 0.005;
  wires.tells_charger_v = true;
  add("killed in each state").killed = true;
  return all;
}

}  // namespace dmb::sim
