// SPDX-License-Identifier: MIT
#include "dmb/control/charge_curve.h"

#include "dmb/battery/shortest.h"

#include <algorithm>
#include <cmath>

namespace dmb {
namespace {

std::string words(const CurvePoint& point) {
  return shortest(point.at) + ":" + shortest(point.percent);
}

std::optional<std::string> fault_of(const CurvePoint& point) {
  if (!std::isfinite(point.at)) return "a point is no number";
  if (!(point.percent >= 0 && point.percent <= 100))
    return words(point) + " is not within 0 and 100 percent";
  return std::nullopt;
}

}  // namespace

double Curve::share(double at) const {
  if (std::isnan(at)) return 0;
  if (points_.empty()) return 1;
  const auto right =
      std::ranges::find_if(points_, [at](const auto& point) { return point.at > at; });
  if (right == points_.begin()) return right->percent / 100;
  const CurvePoint& left = *(right - 1);
  if (right == points_.end()) return left.percent / 100;
  const double part = (at - left.at) / (right->at - left.at);
  return (left.percent + part * (right->percent - left.percent)) / 100;
}

double Curve::middle() const {
  return points_.empty() ? 0 : (points_.front().at + points_.back().at) / 2;
}

std::optional<std::string> fault_of(const Curve& curve, CurveShape shape) {
  const auto& points = curve.points();
  if (points.size() < 2) return "needs at least two points, such as 3.40:100 3.55:0";
  if (points.size() > kMaxCurvePoints)
    return "has more than " + std::to_string(kMaxCurvePoints) + " points";
  bool falls = shape == CurveShape::falling;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (auto fault = fault_of(points[i])) return fault;
    if (i == 0) continue;
    const CurvePoint& before = points[i - 1];
    const std::string both = words(before) + " and then " + words(points[i]);
    if (!(points[i].at > before.at)) return both + ": the points must stand in rising order";
    const double change = points[i].percent - before.percent;
    if (shape == CurveShape::rising && change < 0)
      return both + ": it must not allow less as the value rises";
    if (falls && change > 0)
      return both + (shape == CurveShape::hump
                         ? ": it must not allow more again after it allowed less"
                         : ": it must not allow more as the value rises");
    falls = falls || (shape == CurveShape::hump && change < 0);
  }
  return std::nullopt;
}

}  // namespace dmb
