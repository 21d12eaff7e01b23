// SPDX-License-Identifier: MIT
#pragma once

#include "sensors.h"
#include "site.h"

#include <array>
#include <optional>
#include <span>

namespace dmb::sim {

struct AggregateSettings {
  std::array<double, 12> month_cell_v{3.55, 3.50, 3.50, 3.45, 3.40, 3.40,
                                      3.40, 3.40, 3.45, 3.50, 3.50, 3.55};
  std::size_t month = 2;  ///< 0 is January
  double max_cell_v = 3.45;
  double min_cell_v = 2.90;
  double hysteresis_v = 0.1;
  double max_charge_a = 200;  ///< of the bank
  double max_discharge_a = 200;
  double alike_v = 0.025;
};

/// The charge parameters of dbus-aggregate-batteries for several packs as one, as publicly
/// described: one voltage by the month, lowered while a cell is above its maximum; currents by
/// curves of the highest and lowest cell; no float, no temperature, no ramps.
class AggregateRulesOfOthers {
 public:
  explicit AggregateRulesOfOthers(const AggregateSettings& settings) : settings_(settings) {}

  /// As last decided when a cell is not known: it reads again, and ends when that fails for long.
  Limits update(std::span<const Measured> packs);
  /// It switches the user's DC feed-in off while it lowers CVL, and on only if cells are alike when
  /// that ends.
  bool wants_feed_in() const { return wants_feed_in_; }

 private:
  AggregateSettings settings_;
  Limits limits_;
  bool lowered_ = false;
  bool wants_feed_in_ = true;
  bool discharge_blocked_ = false;
};

}  // namespace dmb::sim
