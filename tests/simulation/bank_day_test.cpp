// SPDX-License-Identifier: MIT
// A day of two packs of different size, each with a BMS of its own, as one bank; docs/bank-day.svg
// shows it.
#include "bank_of_batteries.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <functional>
#include <string>

namespace dmb {
namespace {

constexpr double kHourS = 3600;
constexpr double kNeverAboveV = 3.60;
constexpr double kChargersA = 140;
/// A member's share is held above this part of what its capacity gives it.
constexpr double kLeastShare = 0.5;
/// So long what a member told last goes on to count when it is lost.
constexpr double kLostCountsS = 600;

double limit_of(const sim::BatteryMoment& battery, bool charging) {
  return charging ? battery.wishes.limits.ccl_a : battery.wishes.limits.dcl_a;
}

/// What holds in each second of any day.
class DayWatch {
 public:
  explicit DayWatch(const sim::BankDaySpec& spec) : spec_(spec) {}

  void look(const sim::BankMoment& moment) {
    for (const sim::BatteryMoment& battery : moment.batteries)
      highest_cell_v = std::max(highest_cell_v, battery.highest_cell_v);
    check_current(moment, moment.limits.ccl_a, true);
    check_current(moment, moment.limits.dcl_a, false);
    check_voltage(moment);
    check_rush(moment);
  }

  double highest_cell_v = 0;
  double float_from_s = 0;    ///< of the bank, the first time; 0: never
  double largest_jump_a = 0;  ///< within ten seconds, around the way into float

 private:
  void check_current(const sim::BankMoment& moment, double bank_a, bool charging) {
    double sum_a = 0;
    double capacity_ah = 0;
    const auto& batteries = moment.batteries;
    const auto carries = [&](std::size_t i) {
      return batteries[i].heard && limit_of(batteries[i], charging) > 0;
    };
    for (std::size_t i = 0; i < batteries.size(); ++i) {
      if (!carries(i)) continue;
      sum_a += limit_of(batteries[i], charging);
      capacity_ah += spec_.batteries[i].pack.capacity_ah;
    }
    ASSERT_LE(bank_a, sum_a + 1e-6) << moment.now_s << (charging ? " s, CCL" : " s, DCL");
    for (std::size_t i = 0; i < batteries.size(); ++i) {
      if (!carries(i)) continue;
      const double share = kLeastShare * spec_.batteries[i].pack.capacity_ah / capacity_ah;
      ASSERT_LE(bank_a, limit_of(batteries[i], charging) / share + 1e-6) << moment.now_s << " s";
    }
  }

  /// Float only when all are full, and no member in bulk or absorption gets more than it asks for.
  void check_voltage(const sim::BankMoment& moment) {
    bool all_in_float = true;
    for (const sim::BatteryMoment& battery : moment.batteries) {
      if (!battery.heard) continue;
      const bool in_float = battery.wishes.mode.starts_with("Float");
      all_in_float = all_in_float && in_float;
      if (!in_float) {
        ASSERT_LE(moment.limits.cvl_v, battery.wishes.limits.cvl_v + 1e-6) << moment.now_s << " s";
      }
    }
    ASSERT_EQ(moment.mode == "Float", all_in_float) << moment.now_s << " s: " << moment.mode;
    if (!all_in_float || float_from_s > 0) return;
    float_from_s = moment.now_s;
    for (const sim::BatteryMoment& battery : moment.batteries) {
      if (battery.heard) {
        EXPECT_GT(battery.soc_percent, 99);
      }
    }
  }

  void check_rush(const sim::BankMoment& moment) {
    last_a_.push_back(moment.current_a);
    if (last_a_.size() > 11) last_a_.pop_front();
    const bool around_float = float_from_s > 0 && moment.now_s < float_from_s + kHourS;
    if (around_float)
      largest_jump_a = std::max(largest_jump_a, std::abs(last_a_.back() - last_a_.front()));
  }

  const sim::BankDaySpec& spec_;
  std::deque<double> last_a_;
};

/// `look` sees each second as well.
DayWatch watch_until(double until_s, sim::BankDaySpec spec,
                     const std::function<void(const sim::BankMoment&)>& look) {
  spec.from_s = 6 * kHourS;  // the night before changes nothing
  spec.until_s = until_s;
  DayWatch watch(spec);
  test::BankOfBatteries bank(spec);
  sim::run(
      spec, [&](auto batteries, double now_s) { return bank.decide(batteries, now_s); },
      [&](const sim::BankMoment& moment) {
        if (testing::Test::HasFatalFailure()) return;
        watch.look(moment);
        look(moment);
      });
  EXPECT_LT(watch.highest_cell_v, kNeverAboveV);
  return watch;
}

TEST(ADayOfABank, FloatsWhenBothPacksAreFullAndWithoutARush) {
  double small_full_s = 0;
  double for_large_v = 0;
  const DayWatch watch =
      watch_until(16 * kHourS, sim::two_unequal_packs(), [&](const sim::BankMoment& moment) {
        const bool large_full = moment.batteries[0].wishes.mode.starts_with("Float");
        const bool small_full = moment.batteries[1].wishes.mode.starts_with("Float");
        if (!small_full || moment.now_s > 16 * kHourS) return;
        if (small_full_s == 0) small_full_s = moment.now_s;
        if (!large_full) for_large_v = std::max(for_large_v, moment.limits.cvl_v);
      });
  EXPECT_GT(small_full_s, 10 * kHourS);
  EXPECT_GT(watch.float_from_s, small_full_s + 300) << "the larger pack is full later";
  EXPECT_LT(watch.float_from_s, 15 * kHourS);
  EXPECT_GT(for_large_v, 55.1) << "one in float does not keep the other from being charged";
  EXPECT_LT(watch.largest_jump_a, 0.2 * kChargersA);
}

TEST(ADayOfABank, GoesOnWithTheOtherPackWhileOneIsCold) {
  sim::BankDaySpec spec = sim::two_unequal_packs();
  spec.day.night_c = -4;
  spec.day.noon_c = 14;
  spec.batteries[0].pack.temperature_c = 15;
  spec.batteries[0].pack.cooling_w_per_k = 0.2;  // stands in the house
  spec.batteries[1].pack.temperature_c = -3;
  double cold_charge_ah = 0;
  double cold_sun_s = 0;
  double thawed_a = 0;
  watch_until(14 * kHourS, spec, [&](const sim::BankMoment& moment) {
    const sim::BatteryMoment& small = moment.batteries[1];
    if (small.temperature_c < 0) {
      cold_charge_ah += std::max(small.current_a, 0.0) / kHourS;
      if (moment.current_a > 5) ++cold_sun_s;
    } else if (moment.now_s > 10 * kHourS) {
      thawed_a = std::max(thawed_a, small.current_a);
    }
  });
  EXPECT_EQ(cold_charge_ah, 0);
  EXPECT_GT(cold_sun_s, 600) << "the sun goes into the pack that is warm";
  EXPECT_GT(thawed_a, 5);
}

TEST(ADayOfABank, RaisesNothingWhenAPackIsLostForAnHour) {
  sim::BankDaySpec spec = sim::two_unequal_packs();
  spec.batteries[1].lost_from_s = 9 * kHourS;
  spec.batteries[1].lost_until_s = 10 * kHourS;
  double before_a = 0;
  double before_v = 0;
  double charged_s = 0;
  double both_again_a = 0;
  watch_until(12 * kHourS, spec, [&](const sim::BankMoment& moment) {
    if (moment.now_s < 9 * kHourS) {
      before_a = moment.limits.ccl_a;
      before_v = moment.limits.cvl_v;
    } else if (moment.now_s < 10 * kHourS) {
      if (moment.now_s < 9 * kHourS + kLostCountsS) {
        ASSERT_LE(moment.limits.ccl_a, before_a);
        ASSERT_LE(moment.limits.cvl_v, before_v);
      }
      ASSERT_LE(moment.limits.ccl_a, 140) << "what the pack that is left allows";
      if (moment.current_a > 5) ++charged_s;
    } else if (moment.now_s < 11 * kHourS) {
      both_again_a = std::max(both_again_a, moment.limits.ccl_a);
    }
  });
  EXPECT_GT(charged_s, 3000) << "the loss of one does not end the charge";
  EXPECT_GT(both_again_a, 140);
}

}  // namespace
}  // namespace dmb
