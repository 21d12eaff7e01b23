// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

namespace dmb {

inline constexpr std::size_t kMaxCurvePoints = 32;

struct CurvePoint {
  double at = 0;       ///< V of a cell, °C, or % of SoC
  double percent = 0;  ///< 0 … 100 of the maximum
  bool operator==(const CurvePoint&) const = default;
};

/// How a curve may run for a battery to be safe by it.
enum class CurveShape : std::uint8_t {
  falling,  ///< the more, the less is allowed
  rising,
  hump,  ///< rising, then falling
};

/// What part of a maximum current is allowed: linear between its points, flat outside.
class Curve {
 public:
  /// Allows all.
  Curve() = default;
  Curve(std::initializer_list<CurvePoint> points) : points_(points) {}
  explicit Curve(std::vector<CurvePoint> points) : points_(std::move(points)) {}

  /// 0 … 1 of the maximum; 0 at what is no number.
  double share(double at) const;
  /// Between its first and its last point; 0 without any.
  double middle() const;
  const std::vector<CurvePoint>& points() const { return points_; }
  bool operator==(const Curve&) const = default;

 private:
  std::vector<CurvePoint> points_;
};

/// Why a curve cannot be used, for people; nullopt: it can.
std::optional<std::string> fault_of(const Curve& curve, CurveShape shape);

}  // namespace dmb
