// SPDX-License-Identifier: MIT
// What holds for a charge control whatever cells and sensors do.
#include "dmb/control/charge_control.h"
#include "random_input.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace dmb {
namespace {

using namespace std::chrono_literals;
using test::RandomInput;
using test::rule;

ChargeRules rules_of(Chemistry chemistry) {
  ChargeRules rules(chemistry);
  rules.max_charge_current_a = 100;
  rules.max_discharge_current_a = 150;
  return rules;
}

double least(std::span<const Vote> votes, Limit limit) {
  const Vote* vote = decide(votes, limit);
  return vote != nullptr ? vote->value : -1;
}

/// One pack, told with sensors that come and go, and now and then talk nonsense.
struct RandomPack {
  std::vector<double> cells_v;
  double temperature_c = 20;

  explicit RandomPack(RandomInput& random) : cells_v(1 + random.below(16), 3.3) {}

  void drift(RandomInput& random) {
    for (double& cell_v : cells_v)
      cell_v = std::clamp(cell_v + random.between(-0.03, 0.03), 2.6, 3.7);
    temperature_c = std::clamp(temperature_c + random.between(-4, 4), -30.0, 70.0);
  }
  PackCells told(RandomInput& random, const std::string& name, double& highest_v,
                 double& lowest_v) const {
    PackCells pack(name, name);
    constexpr std::array<double, 5> kNonsense{0, 65.5, -3, 1e300,
                                              std::numeric_limits<double>::quiet_NaN()};
    for (std::size_t i = 0; i < cells_v.size(); ++i) {
      if (random.one_in(300)) continue;
      const bool absurd = random.one_in(300);
      pack.add_cell(int(i) + 1, absurd ? kNonsense[random.below(5)] : cells_v[i]);
      if (absurd) continue;
      highest_v = std::max(highest_v, cells_v[i]);
      lowest_v = std::min(lowest_v, cells_v[i]);
    }
    if (!random.one_in(50)) pack.add_temperature(temperature_c, "T1");
    return pack;
  }
};

/// The rules of charge_control.h, seen from outside.
class Watch {
 public:
  explicit Watch(const ChargeRules& rules) : rules_(rules) {}

  void look(const ChargeControl& control, double highest_v, double lowest_v, Instant now) {
    for (const Vote& vote : control.votes())
      rule(std::isfinite(vote.value) && vote.value >= 0, "a vote that is no number");
    const double ccl_a = least(control.votes(), Limit::charge_current);
    const double dcl_a = least(control.votes(), Limit::discharge_current);
    rule(ccl_a >= 0 && dcl_a >= 0, "no CCL, or no DCL");
    if (highest_v > 0) {
      rule(highest_v < rules_.cell_never_above_v || ccl_a == 0, "a cell too high, and CCL");
      rule(ccl_a <= rules_.charge_by_cell.share(highest_v) * rules_.max_charge_current_a + 1e-9,
           "more than the highest cell allows");
      rule(
          dcl_a <= rules_.discharge_by_cell.share(lowest_v) * rules_.max_discharge_current_a + 1e-9,
          "more than the lowest cell allows");
    } else {
      rule(ccl_a == 0, "no cell is known, and CCL");
    }
    rule(control.cells().missing.empty() || ccl_a <= 0.1 * rules_.max_charge_current_a,
         "a sensor is missing, and more than a tenth");
    rises(ccl_a, ccl_before_a_, rules_.max_charge_current_a, ccl_fell_at_, now);
    rises(dcl_a, dcl_before_a_, rules_.max_discharge_current_a, dcl_fell_at_, now);
    const double cvl_v = least(control.votes(), Limit::charge_voltage);
    const double most_v =
        double(control.cells().cells.value_or(0)) * (rules_.cell_full_v + WireDrop::kMostPerCellV);
    rule(cvl_v <= most_v + 1e-9 || !control.cells().cells, "CVL above what all cells may have");
    const auto due = control.next_change(now);
    rule(!due || *due >= now, "a time that has passed");
  }
  void restarted() { ccl_before_a_ = dcl_before_a_ = -1; }

 private:
  static void rises(double value_a, double& before_a, double max_a, Instant& fell_at, Instant now) {
    if (before_a >= 0 && value_a > before_a) {
      rule(now - fell_at >= 30s, "raised within 30 s of a fall");
      rule(value_a <= before_a + 0.25 * max_a + 1e-9, "raised in a jump");
    }
    if (before_a < 0 || value_a < before_a) fell_at = now;
    before_a = value_a;
  }

  const ChargeRules& rules_;
  double ccl_before_a_ = -1;
  double dcl_before_a_ = -1;
  Instant ccl_fell_at_{};
  Instant dcl_fell_at_{};
};

TEST(AnyCells, LimitAtOnceAndNoLimitIsRaisedWhileACauseHolds) {
  const ChargeRules rules = rules_of(Chemistry::lfp);
  test::for_each_seed(200, [&](RandomInput& random) {
    ChargeControl control(rules);
    Watch watch(rules);
    std::vector<RandomPack> packs;
    for (std::size_t i = 1 + random.below(3); i > 0; --i) packs.emplace_back(random);
    Instant now(1h);
    for (int step = 0; step < 200; ++step) {
      now += random.one_in(20) ? random.pause(10min) : random.pause(3s);
      double highest_v = 0;
      double lowest_v = 9;
      std::vector<PackCells> told;
      for (std::size_t i = 0; i < packs.size(); ++i) {
        packs[i].drift(random);
        if (!random.one_in(100))
          told.push_back(packs[i].told(random, "Pack" + std::to_string(i), highest_v, lowest_v));
      }
      const ChargeInputs inputs{.packs = told,
                                .current_a = random.maybe(10, -200, 200),
                                .capacity_ah = random.maybe(10, 0, 300),
                                .soc_percent = random.maybe(10, 0, 100),
                                .charger_v = random.maybe(2, 0, 60)};
      control.update(inputs, now);
      watch.look(control, highest_v, lowest_v, now);
      if (!random.one_in(40)) continue;
      ChargeControl after(rules);
      after.resume(control.memory(now), now);
      control = after;
      watch.restarted();
    }
  });
}

/// A pack of 16 LFP cells of 280 Ah between chargers that obey three seconds late, and a load.
class SimplePack {
 public:
  explicit SimplePack(RandomInput& random) {
    for (double& soc : soc_) soc = 0.97 + random.between(-0.005, 0.005);
    soc_[3] += random.between(0, 3.0 / kCapacityAh);  // one is ahead
    // Nothing but noise of the last digit, and no two the same.
    noise_v_ = random.between(0, 0.001);
  }

  /// One second with these limits.
  void pass(double cvl_v, double ccl_a, double offset_v, double sun_a, RandomInput& random) {
    delayed_.push_back({cvl_v, ccl_a});
    if (delayed_.size() > 3) delayed_.erase(delayed_.begin());
    double open_v = 0;
    for (const double soc : soc_) open_v += open_circuit_v(soc);
    const double to_setpoint_a = (delayed_.front().cvl_v + offset_v - open_v) / (16 * kOhm);
    current_a_ = std::max(0.0, std::min({to_setpoint_a, delayed_.front().ccl_a, sun_a}));
    for (double& soc : soc_) {
      const double balancer_a = open_circuit_v(soc) > 3.42 ? 0.15 : 0;
      soc += (current_a_ - balancer_a) / 3600 / kCapacityAh;
    }
    noise_now_v_ = random.between(-noise_v_, noise_v_);
  }
  double cell_v(std::size_t i) const {
    return open_circuit_v(soc_[i]) + kOhm * current_a_ + (i == 3 ? noise_now_v_ : 0);
  }
  double voltage_v() const {
    double sum_v = 0;
    for (std::size_t i = 0; i < soc_.size(); ++i) sum_v += cell_v(i);
    return sum_v;
  }
  double highest_v() const {
    double highest_v = 0;
    for (std::size_t i = 0; i < soc_.size(); ++i) highest_v = std::max(highest_v, cell_v(i));
    return highest_v;
  }
  double current_a() const { return current_a_; }
  ChargeInputs inputs(PackCells& pack) const {
    pack = PackCells();
    for (std::size_t i = 0; i < soc_.size(); ++i)
      pack.add_cell(int(i) + 1, std::round(cell_v(i) * 1000) / 1000);
    return {.packs = std::span(&pack, 1),
            .voltage_v = voltage_v(),
            .current_a = current_a_,
            .capacity_ah = kCapacityAh};
  }

 private:
  static constexpr double kCapacityAh = 280;
  static constexpr double kOhm = 0.0005;
  struct Told {
    double cvl_v, ccl_a;
  };

  /// Flat, and steep above 98 %.
  static double open_circuit_v(double soc) {
    return 3.33 + 0.02 * (soc - 0.9) + 0.12 * std::exp((soc - 1.0) * 250);
  }

  std::array<double, 16> soc_{};
  std::vector<Told> delayed_;
  double current_a_ = 0;
  double noise_v_ = 0;
  double noise_now_v_ = 0;
};

/// What a control made of a pack in some hours.
struct Course {
  double highest_ever_v = 0;
  double swing_v = 0;  ///< of CVL per cell, in the last half hour
  bool held_back = false;
  bool floated = false;
};

Course charge(const ChargeRules& rules, RandomInput& random) {
  SimplePack pack(random);
  ChargeControl control(rules);
  const double offset_v = random.one_in(2) ? random.between(0, 0.4) : 0;  // as with feed-in
  const bool obeys_ccl = random.one_in(2);
  PackCells cells;
  Instant now(1h);
  Course course;
  double low_v = 99;
  double high_v = 0;
  for (int second = 0; second < 9000; ++second) {
    now += 1s;
    control.update(pack.inputs(cells), now);
    const Vote* cvl = decide(control.votes(), Limit::charge_voltage);
    course.held_back = course.held_back || cvl->cause == Cause::charge_control;
    pack.pass(cvl->value, obeys_ccl ? least(control.votes(), Limit::charge_current) : 200, offset_v,
              100, random);
    course.highest_ever_v = std::max(course.highest_ever_v, pack.highest_v());
    course.floated = course.floated || control.phase() == ChargePhase::at_float;
    if (second < 7200) continue;
    low_v = std::min(low_v, cvl->value / 16);
    high_v = std::max(high_v, cvl->value / 16);
  }
  course.swing_v = high_v - low_v;
  return course;
}

TEST(AnyPack, IsChargedToFloatWithoutSwingingAndNoCellIsTooHigh) {
  const ChargeRules rules = rules_of(Chemistry::lfp);
  test::for_each_seed(15, [&](RandomInput& random) {
    const Course course = charge(rules, random);
    rule(course.highest_ever_v < rules.cell_never_above_v,
         "a cell at " + std::to_string(course.highest_ever_v));
    rule(course.held_back && course.floated, "not held back, or no float");
    rule(course.swing_v < 0.020, "CVL swings in float by " + std::to_string(course.swing_v));
  });
}

TEST(AnyPack, IsHeldInAbsorptionWithoutSwinging) {
  ChargeRules rules = rules_of(Chemistry::lfp);
  rules.full_for = 24h;
  test::for_each_seed(15, [&](RandomInput& random) {
    const Course course = charge(rules, random);
    rule(course.swing_v < 0.020, "CVL swings in absorption by " + std::to_string(course.swing_v));
  });
}

}  // namespace
}  // namespace dmb
