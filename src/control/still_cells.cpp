// SPDX-License-Identifier: MIT
#include "dmb/control/still_cells.h"

#include <algorithm>
#include <cmath>

namespace dmb {
namespace {

using namespace std::chrono_literals;

constexpr auto kStillFor = 5min;
constexpr double kClearlyV = 0.030;
constexpr double kClearlyDigits = 10;
constexpr double kRoundingError = 1e-9;
constexpr std::size_t kFewestMoving = 3;

}  // namespace

bool StillCells::are_the_same(std::span<const CellVoltage> cells) const {
  return std::ranges::equal(cells, watched_, {}, &CellVoltage::number, &Watched::number);
}

void StillCells::begin(std::span<const CellVoltage> cells, Instant now) {
  watched_.clear();
  for (const CellVoltage& cell : cells)
    watched_.push_back({cell.number, cell.voltage_v, cell.voltage_v});
  since_ = now;
  still_.clear();
}

void StillCells::follow(std::span<const CellVoltage> cells) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    Watched& watched = watched_[i];
    const double change_v = std::fabs(cells[i].voltage_v - watched.last_v);
    if (change_v <= kRoundingError) continue;
    last_digit_v_ = std::min(last_digit_v_.value_or(change_v), change_v);
    watched.last_v = cells[i].voltage_v;
    watched.moved_v = std::max(watched.moved_v, std::fabs(watched.last_v - watched.first_v));
    watched.changed = true;
  }
}

bool StillCells::all_others_moved() const {
  const double clearly_v = std::max(kClearlyV, kClearlyDigits * last_digit_v_.value_or(0));
  const auto moving = static_cast<std::size_t>(std::ranges::count_if(watched_, &Watched::changed));
  return moving >= kFewestMoving && 2 * moving >= watched_.size() &&
         std::ranges::all_of(watched_, [clearly_v](const Watched& one) {
           return !one.changed || one.moved_v >= clearly_v - kRoundingError;
         });
}

const std::vector<int>& StillCells::update(std::span<const CellVoltage> cells, Instant now) {
  if (!are_the_same(cells)) {
    begin(cells, now);
    return still_;
  }
  follow(cells);
  const auto moves = [this](int number) {
    return std::ranges::find(watched_, number, &Watched::number)->changed;
  };
  if (std::ranges::all_of(watched_, &Watched::changed) || std::ranges::any_of(still_, moves)) {
    begin(cells, now);
  } else if (still_.empty() && now - since_ >= kStillFor && all_others_moved()) {
    for (const Watched& one : watched_)
      if (!one.changed) still_.push_back(one.number);
  }
  return still_;
}

}  // namespace dmb
