// SPDX-License-Identifier: MIT
#include "aggregate_rules.h"

#include <algorithm>

namespace dmb::sim {
namespace {

constexpr std::array<Point, 5> kChargeByCell{
    {{2.90, 0.2}, {2.95, 1}, {3.30, 1}, {3.40, 0.1}, {3.45, 0}}};
constexpr std::array<Point, 3> kDischargeByCell{{{2.90, 0}, {3.00, 0.05}, {3.10, 1}}};

struct Cells {
  double sum_v = 0;
  double excess_v = 0;
  double highest_v = 0;
  double lowest_v = 10;
};

/// nullopt: not all are known.
std::optional<Cells> look_at(const Measured& pack, double max_cell_v) {
  Cells cells;
  for (const auto& cell_v : pack.cells_v) {
    if (!cell_v) return std::nullopt;
    cells.sum_v += *cell_v;
    cells.excess_v += std::max(0.0, *cell_v - max_cell_v);
    cells.highest_v = std::max(cells.highest_v, *cell_v);
    cells.lowest_v = std::min(cells.lowest_v, *cell_v);
  }
  return cells;
}

}  // namespace

Limits AggregateRulesOfOthers::update(std::span<const Measured> packs) {
  double highest_v = 0;
  double lowest_v = 10;
  double held_v = 1000;
  for (const Measured& pack : packs) {
    const auto cells = look_at(pack, settings_.max_cell_v);
    if (!cells) return limits_;
    highest_v = std::max(highest_v, cells->highest_v);
    lowest_v = std::min(lowest_v, cells->lowest_v);
    held_v = std::min(held_v, cells->sum_v - cells->excess_v);
  }
  limits_.cvl_v = static_cast<double>(packs.front().cells_v.size()) *
                  settings_.month_cell_v.at(settings_.month);
  const bool lowers = highest_v >= settings_.max_cell_v;
  if (lowers) {
    limits_.cvl_v = std::min(limits_.cvl_v, held_v);
    wants_feed_in_ = false;
  } else if (lowered_ && highest_v - lowest_v < settings_.alike_v) {
    wants_feed_in_ = true;
  }
  lowered_ = lowers;
  if (lowest_v <= settings_.min_cell_v) discharge_blocked_ = true;
  if (lowest_v >= settings_.min_cell_v + settings_.hysteresis_v) discharge_blocked_ = false;
  limits_.ccl_a = settings_.max_charge_a * Curve(kChargeByCell).at(highest_v);
  limits_.dcl_a =
      discharge_blocked_ ? 0 : settings_.max_discharge_a * Curve(kDischargeByCell).at(lowest_v);
  return limits_;
}

}  // namespace dmb::sim
