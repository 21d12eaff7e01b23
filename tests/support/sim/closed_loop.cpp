// SPDX-License-Identifier: MIT
#include "closed_loop.h"

#include "aggregate_rules.h"
#include "protection.h"
#include "serial_bms.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>

namespace dmb::sim {
namespace {

constexpr double kFull = 0.99;
constexpr double kFloatCellV = 3.40;
constexpr double kRippleS = 3600;
constexpr double kMaxChargeA = 140;

bool differs(const Limits& a, const Limits& b, double cells) {
  return std::abs(a.cvl_v - b.cvl_v) > 0.001 * cells || std::abs(a.ccl_a - b.ccl_a) > 0.1 ||
         std::abs(a.dcl_a - b.dcl_a) > 0.1;
}

/// Sees each second, and sums up at the end.
class Recorder {
 public:
  Recorder(double cells, double until_s) : cells_(cells), until_s_(until_s) {}

  void look(const Site& site, const Limits& limits, double now_s) {
    metrics_.highest_cell_v = std::max(metrics_.highest_cell_v, site.highest_cell_v());
    if (site.highest_cell_v() > 3.5) ++metrics_.above_3v5_s;
    if (before_ && differs(*before_, limits, cells_)) ++changes_;
    before_ = limits;
    const bool full =
        std::ranges::all_of(site.packs(), [](const Pack& pack) { return pack.soc() >= kFull; });
    if (full && metrics_.full_s == 0) metrics_.full_s = now_s;
    if (now_s < until_s_ - kRippleS) return;
    lowest_v_ = std::min(lowest_v_, limits.cvl_v);
    highest_v_ = std::max(highest_v_, limits.cvl_v);
  }

  Metrics sum_up(const Site& site, int trips) {
    metrics_.not_taken_wh = site.not_taken_wh();
    metrics_.floated = metrics_.full_s > 0 && highest_v_ <= kFloatCellV * cells_;
    metrics_.ripple_v = (highest_v_ - lowest_v_) / cells_;
    metrics_.changes_per_hour = changes_ / (until_s_ / 3600);
    metrics_.trips = trips;
    return metrics_;
  }

 private:
  double cells_;
  double until_s_;
  Metrics metrics_;
  std::optional<Limits> before_;
  double changes_ = 0;
  double lowest_v_ = 1000;
  double highest_v_ = 0;
};

PackSpec pack_of(double capacity_ah) {
  return {.capacity_ah = capacity_ah,
          .cell_resistance_ohm = 0.07 / capacity_ah,
          .soc = 0.5,
          .balance_a = 0.2};
}

}  // namespace

Metrics run(const Controller& controller, const Scenario& scenario) {
  Site site(scenario.site);
  const Day day(scenario.day);
  std::vector<Sensors> sensors(site.packs().size());
  sensors.front() = Sensors(scenario.faults);
  std::vector<Protection> protections(site.packs().size());
  Recorder recorder(static_cast<double>(site.packs()[0].cells_v().size()), scenario.until_s);
  for (double now_s = 0; now_s < scenario.until_s; ++now_s) {
    std::vector<Measured> measured;
    for (std::size_t i = 0; i < sensors.size(); ++i) {
      protections[i].look(site.packs()[i]);
      measured.push_back(sensors[i].measure(site.packs()[i], now_s));
    }
    const Answer answer = controller(measured, now_s);
    site.set_feed_in(scenario.site.feed_in && answer.feed_in);
    site.step(answer.limits, day.at(now_s), 1);
    recorder.look(site, answer.limits, now_s);
  }
  int trips = 0;
  for (const Protection& protection : protections) trips += protection.trips();
  return recorder.sum_up(site, trips);
}

std::vector<Scenario> charge_scenarios() {
  const Scenario plain{.name = "feed-in off", .site = {.packs = {pack_of(280)}}, .day = {}};
  std::vector<Scenario> all{plain};
  const auto add = [&](const char* name) -> Scenario& {
    all.push_back(plain);
    all.back().name = name;
    return all.back();
  };
  add("feed-in on").site.feed_in = true;
  add("a cell 3 Ah ahead").site.packs[0].ahead_ah = {3};
  Scenario& two = add("two packs");
  two.site.packs.push_back(pack_of(100));
  two.site.packs[1].soc = 0.7;
  Scenario& cold = add("cold morning");
  cold.site.packs[0].temperature_c = -4;
  cold.day.night_c = -5;
  cold.day.noon_c = 15;
  add("a cell's sensor lost").faults = {
      {.kind = Fault::Kind::cell_missing, .cell = 4, .from_s = 36000, .until_s = 43200}};
  add("SoC 30 % too high").soc_error_percent = 30;
  return all;
}

Contender serial_driver() {
  return {"serial driver", [](const Scenario& scenario) -> Controller {
            const double soc = 100 * scenario.site.packs[0].soc + scenario.soc_error_percent;
            const auto bms = std::make_shared<SerialBms>(SerialBmsSettings{
                .max_charge_a = kMaxChargeA, .max_discharge_a = 200, .start_soc_percent = soc});
            return [bms](std::span<const Measured> packs, double now_s) {
              return Answer{.limits = bms->update(packs.front(), now_s).limits};
            };
          }};
}

Contender aggregate_batteries() {
  return {"aggregate batteries", [](const Scenario&) -> Controller {
            const auto rules = std::make_shared<AggregateRulesOfOthers>(
                AggregateSettings{.max_charge_a = kMaxChargeA});
            return [rules](std::span<const Measured> packs, double) {
              const Limits limits = rules->update(packs);
              return Answer{.limits = limits, .feed_in = rules->wants_feed_in()};
            };
          }};
}

}  // namespace dmb::sim
