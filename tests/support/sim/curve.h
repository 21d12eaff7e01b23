// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>

namespace dmb::sim {

struct Point {
  double x = 0;
  double y = 0;
};

/// Linear between its points, which stand in rising order of x; flat outside.
class Curve {
 public:
  constexpr explicit Curve(std::span<const Point> points) : points_(points) {}

  constexpr double at(double x) const {
    if (x <= points_.front().x) return points_.front().y;
    for (std::size_t i = 1; i < points_.size(); ++i) {
      const Point& low = points_[i - 1];
      const Point& high = points_[i];
      if (x < high.x) return low.y + (high.y - low.y) * (x - low.x) / (high.x - low.x);
    }
    return points_.back().y;
  }

 private:
  std::span<const Point> points_;
};

}  // namespace dmb::sim
