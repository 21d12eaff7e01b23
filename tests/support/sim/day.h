// SPDX-License-Identifier: MIT
#pragma once

#include "site.h"

#include <vector>

namespace dmb::sim {

inline constexpr double kDayS = 24 * 3600;

struct DaySpec {
  double peak_w = 6000;     ///< of the panels at noon
  double load_w = 400;      ///< all day
  double evening_w = 1200;  ///< on top from 18 to 23 h
  double night_c = 10;      ///< at its coldest
  double noon_c = 25;
  double clouds = 0.4;  ///< part of the sun that they may take
  unsigned seed = 1;
};

/// Sun, loads and temperature by the time of day; the same for the same seed everywhere.
class Day {
 public:
  explicit Day(const DaySpec& spec);
  /// `now_s` since midnight of the first day; the days are alike.
  Weather at(double now_s) const;

 private:
  double cloud_at(double day_s) const;

  DaySpec spec_;
  std::vector<double> clouds_;  ///< each ten minutes, 0 to 1
};

}  // namespace dmb::sim
