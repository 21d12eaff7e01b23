// SPDX-License-Identifier: MIT
// A stop of charging by each cause, where feed-in is on and chargers do not mind CCL.
#include "../support/sim/our_control.h"
#include "../support/sim/site.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace dmb::sim {
namespace {

constexpr double kCapacityAh = 280;
constexpr double kAllowedA = 0.01 * kCapacityAh;
constexpr double kBeginS = 300;
constexpr double kEndS = 900;
constexpr double kStoppedAfterS = 60;
constexpr double kBackAfterS = 180;

struct Cause {
  std::string name;
  std::function<void(OurControl&, Measured&, bool stopped)> act;  ///< before each update
  double known_after_s = 0;                                       ///< it is not noticed before
  /// Nobody measures then what a lower CVL does, so it is lowered for sure.
  bool blind = false;
};

Cause by_vote(const char* name, dmb::Cause cause) {
  return {name, [cause](OurControl& control, Measured&, bool stopped) {
            control.set_other_votes(stopped ? std::vector<Vote>{{Limit::charge_current, 0, cause}}
                                            : std::vector<Vote>{});
          }};
}

std::vector<Cause> causes() {
  return {{"a cell above what none may exceed",
           [](OurControl&, Measured& measured, bool stopped) {
             if (stopped) measured.cells_v[3] = 3.61;
           }},
          {"no cell known any more",
           [](OurControl&, Measured& measured, bool stopped) {
             if (stopped) std::ranges::fill(measured.cells_v, std::nullopt);
           }},
          {"cold",
           [](OurControl&, Measured& measured, bool stopped) {
             if (stopped) measured.temperature_c = -1;
           }},
          {"the state of charge that is wanted",
           [](OurControl& control, Measured&, bool stopped) {
             control.set_soc_percent(stopped ? 80 : 70);
           }},
          {"silence",
           [last_s = 0.0](OurControl&, Measured& measured, bool stopped) mutable {
             if (!stopped) last_s = measured.told_s;
             measured.told_s = last_s;
           },
           60, true},
          by_vote("a CCL of 0 that is given", dmb::Cause::given),
          by_vote("a battery that does not let itself be charged", dmb::Cause::charge_blocked),
          by_vote("an alarm", dmb::Cause::alarm)};
}

/// What became of it.
struct Course {
  double charged_before_a = 0;
  double most_in_a = -1000;       ///< while it was to be stopped
  double most_to_grid_a = -1000;  ///< of the battery's own
  double fed_in_a = 0;
  std::optional<double> released_s;
  std::optional<double> back_s;
};

/// With a BMS that tells something only each so many seconds.
Course play(const Cause& cause, const SiteSpec& spec, int each_s) {
  Site site(spec);
  ChargeRules rules = our_rules();
  rules.charge_to_soc_percent = 80;
  OurControl control(rules, 60);
  Sensors sensors;
  Measured told;
  Course course;
  const Weather noon{.sun_w = 6000, .load_w = 400, .ambient_c = 20};
  double cvl_before_v = 0;
  for (double now_s = 0; now_s < kEndS + 600; ++now_s) {
    if (static_cast<int>(now_s) % each_s == 0) told = sensors.measure(site.packs()[0], now_s);
    std::vector<Measured> measured{told};
    const bool stopped = now_s >= kBeginS && now_s < kEndS;
    cause.act(control, measured[0], stopped);
    const Limits limits = control.update({.packs = measured, .now_s = now_s}).limits;
    site.step(limits, noon, 1);
    if (now_s < kBeginS) {
      cvl_before_v = limits.cvl_v;
      course.charged_before_a = site.current_a();
    } else if (now_s >= kBeginS + cause.known_after_s + kStoppedAfterS && stopped) {
      course.most_in_a = std::max(course.most_in_a, site.current_a());
      course.most_to_grid_a =
          std::max(course.most_to_grid_a, -site.current_a() - noon.load_w / site.bus_v());
      course.fed_in_a = site.fed_in_a();
    } else if (now_s >= kEndS) {
      if (limits.ccl_a > 0 && !course.released_s) course.released_s = now_s;
      if (limits.cvl_v >= cvl_before_v - 0.01 && !course.back_s) course.back_s = now_s;
    }
  }
  return course;
}

TEST(AStopWithFeedIn, EndsTheCurrentAndDrivesNoneIntoTheGrid) {
  for (const bool drains : {false, true}) {
    for (const int each_s : {1, 10}) {
      const double soc = drains ? 0.5 : 0.9;
      const SiteSpec spec{.packs = {{.capacity_ah = kCapacityAh, .soc = soc}},
                          .feed_in = true,
                          .drains_to_cvl = drains};
      for (const Cause& cause : causes()) {
        SCOPED_TRACE(cause.name + ", told each " + std::to_string(each_s) + " s" +
                     (drains ? ", with an inverter that draws down to CVL" : ""));
        const Course course = play(cause, spec, each_s);
        EXPECT_GT(course.charged_before_a, 40);
        EXPECT_LT(course.most_in_a, kAllowedA);
        if (!cause.blind) {
          EXPECT_LT(course.most_to_grid_a, kAllowedA);
          EXPECT_GT(course.fed_in_a, 10);
        }
        ASSERT_TRUE(course.released_s && course.back_s);
        EXPECT_LE(*course.back_s - *course.released_s, kBackAfterS);
      }
    }
  }
}

}  // namespace
}  // namespace dmb::sim
