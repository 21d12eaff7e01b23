// SPDX-License-Identifier: MIT
#include "closed_loop.h"

#include "protection.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

namespace dmb::sim {
namespace {

/// With a cell 3 Ah ahead of 280 Ah the others hold 98.9 % when that one is full.
constexpr double kFull = 0.985;
constexpr double kFloatCellV = 3.40;
constexpr double kHighCellV = 3.5;
constexpr double kColdC = 5;
constexpr double kMuchInTheColdPerAh = 0.1;
constexpr double kLastHourS = 3600;
constexpr double kKilledAfterS = 120;  // in a mode
constexpr double kDownS = 30;

bool differs(const Limits& a, const Limits& b, double cells) {
  constexpr double kJumpV = 0.0011;  // of a cell: more than a ramp of 1 mV per second
  return std::abs(a.cvl_v - b.cvl_v) > kJumpV * cells || std::abs(a.ccl_a - b.ccl_a) > 0.1 ||
         std::abs(a.dcl_a - b.dcl_a) > 0.1;
}

/// Sees each second, and sums up at the end.
class Recorder {
 public:
  explicit Recorder(const Scenario& scenario)
      : scenario_(scenario), cells_(static_cast<double>(scenario.site.packs[0].cells)) {}

  void look(const Site& site, const Answer& answer, double now_s) {
    const Limits& limits = answer.limits;
    const double highest_v = site.highest_cell_v();
    metrics_.highest_cell_v = std::max(metrics_.highest_cell_v, highest_v);
    if (highest_v > kHighCellV) ++metrics_.above_3v5_s;
    if (before_ && differs(*before_, limits, cells_)) ++changes_;
    before_ = limits;
    for (const Pack& pack : site.packs()) count_cold(pack);
    const bool full =
        std::ranges::all_of(site.packs(), [](const Pack& pack) { return pack.soc() >= kFull; });
    if (full && metrics_.full_s == 0) metrics_.full_s = now_s - scenario_.from_s;
    if (now_s < scenario_.until_s - kLastHourS) return;
    floats_ = floats_ && answer.mode.starts_with("Float");
    lowest_cvl_v_ = std::min(lowest_cvl_v_, limits.cvl_v);
    highest_cvl_v_ = std::max(highest_cvl_v_, limits.cvl_v);
  }

  Metrics sum_up(const Site& site, int trips) {
    metrics_.not_taken_wh = site.not_taken_wh();
    metrics_.fed_in_wh = site.fed_in_wh();
    metrics_.floated = metrics_.full_s > 0 && floats_ && highest_cvl_v_ <= kFloatCellV * cells_;
    metrics_.ripple_v = (highest_cvl_v_ - lowest_cvl_v_) / cells_;
    metrics_.changes_per_hour = changes_ / ((scenario_.until_s - scenario_.from_s) / 3600);
    metrics_.trips = trips;
    return metrics_;
  }

 private:
  void count_cold(const Pack& pack) {
    const double much_a = kMuchInTheColdPerAh * pack.capacity_ah();
    if (pack.temperature_c() < kColdC && pack.current_a() > much_a)
      metrics_.cold_ah += (pack.current_a() - much_a) / 3600;
  }

  const Scenario& scenario_;
  double cells_;
  Metrics metrics_;
  std::optional<Limits> before_;
  double changes_ = 0;
  bool floats_ = true;
  double lowest_cvl_v_ = 1000;
  double highest_cvl_v_ = 0;
};

/// Kills a program once in each mode; what it told last stands meanwhile, as systemcalc keeps it.
class Killer {
 public:
  /// Whether it is down now.
  bool strikes(Controller& controller, const Answer& last, double now_s) {
    if (down_until_s_) {
      if (now_s < *down_until_s_) return true;
      down_until_s_.reset();
      controller.restart(now_s);
      since_s_ = now_s;
    }
    const std::string mode = last.mode.substr(0, last.mode.find(','));
    if (mode != mode_) since_s_ = now_s;
    mode_ = mode;
    if (mode_.empty() || now_s - since_s_ < kKilledAfterS || !struck_.insert(mode_).second)
      return false;
    down_until_s_ = now_s + kDownS;
    return true;
  }

 private:
  std::string mode_;
  double since_s_ = 0;
  std::set<std::string> struck_;
  std::optional<double> down_until_s_;
};

}  // namespace

Metrics run(Controller& controller, const Scenario& scenario,
            const std::function<void(const Moment&)>& visit) {
  Site site(scenario.site);
  const Day day(scenario.day);
  std::vector<Sensors> sensors(site.packs().size());
  sensors.front() = Sensors(scenario.faults);
  std::vector<Protection> protections(site.packs().size());
  std::vector<Measured> measured(sensors.size());
  Recorder recorder(scenario);
  Killer killer;
  Answer answer;
  for (double now_s = scenario.from_s; now_s < scenario.until_s; ++now_s) {
    for (std::size_t i = 0; i < sensors.size(); ++i) {
      protections[i].look(site.packs()[i]);
      measured[i] = sensors[i].measure(site.packs()[i], now_s);
    }
    if (!scenario.killed || !killer.strikes(controller, answer, now_s))
      answer = controller.update(
          {.packs = measured,
           .charger_v = scenario.tells_charger_v ? std::optional(site.charger_v()) : std::nullopt,
           .now_s = now_s});
    site.set_feed_in(scenario.site.feed_in && answer.feed_in);
    const Weather weather = day.at(now_s);
    site.step(answer.limits, weather, 1);
    recorder.look(site, answer, now_s);
    if (visit) visit({now_s, weather, answer, site});
  }
  int trips = 0;
  for (const Protection& protection : protections) trips += protection.trips();
  return recorder.sum_up(site, trips);
}

}  // namespace dmb::sim
