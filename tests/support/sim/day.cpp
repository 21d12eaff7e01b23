// SPDX-License-Identifier: MIT
#include "day.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

namespace dmb::sim {
namespace {

constexpr double kCloudS = 600;
constexpr double kSunriseS = 6.5 * 3600;
constexpr double kSunsetS = 19.5 * 3600;

}  // namespace

Day::Day(const DaySpec& spec) : spec_(spec) {
  std::mt19937 random(spec.seed);
  for (double at_s = 0; at_s <= kDayS; at_s += kCloudS)
    clouds_.push_back(static_cast<double>(random() % 1000) / 1000);
}

double Day::cloud_at(double day_s) const {
  const double place = day_s / kCloudS;
  const auto before = static_cast<std::size_t>(place);
  const double part = place - static_cast<double>(before);
  return clouds_[before] * (1 - part) + clouds_[before + 1] * part;
}

Weather Day::at(double now_s) const {
  const double day_s = std::fmod(now_s, kDayS);
  const double height = std::sin(std::numbers::pi * (day_s - kSunriseS) / (kSunsetS - kSunriseS));
  const bool is_day = day_s > kSunriseS && day_s < kSunsetS;
  const bool is_evening = day_s >= 18 * 3600 && day_s < 23 * 3600;
  // Coldest at 5 h.
  const double warmth = (1 - std::cos(2 * std::numbers::pi * (day_s - 5 * 3600.0) / kDayS)) / 2;
  return {.sun_w = is_day ? spec_.peak_w * height * (1 - spec_.clouds * cloud_at(day_s)) : 0,
          .load_w = spec_.load_w + (is_evening ? spec_.evening_w : 0),
          .ambient_c = spec_.night_c + (spec_.noon_c - spec_.night_c) * warmth};
}

}  // namespace dmb::sim
