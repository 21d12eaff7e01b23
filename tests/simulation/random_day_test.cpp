// SPDX-License-Identifier: MIT
// Days of random packs, chargers, wires, clouds and BMSes that tell something each second or
// seldom.
#include "../support/sanitized.h"
#include "../support/sim/our_control.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace dmb::sim {
namespace {

class Random {
 public:
  explicit Random(unsigned seed) : random_(seed) {}
  bool coin() { return random_() % 2 == 0; }
  unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }
  double between(double low, double high) { return low + (high - low) * below(1001) / 1000; }

 private:
  std::mt19937 random_;
};

PackSpec random_pack(Random& random) {
  PackSpec pack{.capacity_ah = random.between(80, 320)};
  pack.cell_resistance_ohm = random.between(0.05, 0.15) / pack.capacity_ah;
  pack.wire_ohm = random.between(0.0005, 0.003);
  pack.soc = random.between(0.4, 0.9);
  pack.balance_a = random.between(0, 0.5);
  if (random.coin()) {
    pack.ahead_ah.assign(pack.cells, 0);
    for (int cell = 0; cell < 3; ++cell)
      pack.ahead_ah[random.below(16)] = random.between(-3, 4) * pack.capacity_ah / 280;
  }
  return pack;
}

Scenario random_day(Random& random) {
  Scenario day{.until_s = 16 * 3600};
  double capacity_ah = 0;
  for (unsigned packs = 1 + random.below(3); packs > 0; --packs) {
    day.site.packs.push_back(random_pack(random));
    capacity_ah += day.site.packs.back().capacity_ah;
  }
  day.site.chargers_a = random.between(0.25, 0.6) * capacity_ah;
  day.site.charger_wire_ohm = random.between(0.0005, 0.004);
  day.site.feed_in = random.coin();
  day.site.feed_in_a = random.between(20, 150);
  day.site.drains_to_cvl = random.coin();
  day.day = {.peak_w = day.site.chargers_a * 60,
             .load_w = random.between(0, 1000),
             .night_c = 12,
             .clouds = random.between(0, 0.9),
             .seed = random.below(1000)};
  day.tells_charger_v = random.coin();
  day.soc_error_percent = random.between(-30, 30);
  return day;
}

/// Its BMS tells something only so often.
class Seldom final : public Controller {
 public:
  Seldom(const Scenario& scenario, double max_charge_a, unsigned each_s)
      : ours_(rules(max_charge_a), 100 * scenario.site.packs[0].soc), each_s_(each_s) {}

  Answer update(const Seen& seen) override {
    if (told_.empty() || seen.now_s - told_[0].told_s >= each_s_)
      told_.assign(seen.packs.begin(), seen.packs.end());
    Seen old = seen;
    old.packs = told_;
    Answer answer = ours_.update(old);
    if (ours_.control().phase() != phase_) ++changes_of_phase_;
    phase_ = ours_.control().phase();
    return answer;
  }
  void restart(double now_s) override { ours_.restart(now_s); }
  int changes_of_phase() const { return changes_of_phase_; }

 private:
  static ChargeRules rules(double max_charge_a) {
    ChargeRules rules = our_rules();
    rules.max_charge_current_a = max_charge_a;
    return rules;
  }

  OurControl ours_;
  double each_s_;
  std::vector<Measured> told_;
  ChargePhase phase_ = ChargePhase::bulk;
  int changes_of_phase_ = 0;
};

/// The first three made a control circle that took steps for what it was told long before.
constexpr std::array kSeeds{15U, 10U, 8U, 1U};

TEST(AnyDay, EndsInFloatWithoutCirclesAndNoCellIsTooHigh) {
  constexpr double kFloatAfterFullS = 3 * 3600;
  for (const unsigned seed : std::span(kSeeds).first(test::in_scale(kSeeds.size()))) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    const Scenario day = random_day(random);
    const unsigned each_s = random.coin() ? 1 : 1 + random.below(15);
    Seldom control(day, random.between(0.8, 1) * day.site.chargers_a, each_s);
    const Metrics metrics = run(control, day);
    EXPECT_LT(metrics.highest_cell_v, our_rules().cell_never_above_v);
    EXPECT_EQ(metrics.trips, 0);
    EXPECT_LE(control.changes_of_phase(), 6);
    const bool in_time =
        metrics.full_s > 0 && metrics.full_s + kFloatAfterFullS < day.until_s - day.from_s;
    if (in_time) {
      EXPECT_TRUE(metrics.floated);
    }
  }
}

}  // namespace
}  // namespace dmb::sim
