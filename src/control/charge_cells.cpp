// SPDX-License-Identifier: MIT
#include "dmb/control/charge_cells.h"

#include "dmb/bank/member.h"
#include "dmb/battery/quantity.h"

#include <algorithm>
#include <cmath>

namespace dmb {
namespace {

// What no lithium cell has that anybody could charge.
constexpr double kLowestCellV = 0.5;
constexpr double kHighestCellV = 5.0;
constexpr double kLowestC = -60;
constexpr double kHighestC = 150;
/// A sensor that was away for so long was taken out.
constexpr std::chrono::hours kForgottenAfter{7 * 24};
/// Twice what may fall off in wires: then some cell's voltage is not its own.
constexpr double kSumOffPerCellV = 2 * 0.5 / 16;
constexpr std::chrono::seconds kSumOffFor{60};
constexpr std::size_t kUsualCells = 16;
/// How many are named: the rest is only counted.
constexpr std::size_t kMostNamed = 8;

bool is_temperature(double temperature_c) {
  return temperature_c >= kLowestC && temperature_c <= kHighestC;
}

void keep_higher(std::optional<Sensed>& kept, const std::optional<Sensed>& other) {
  if (other && (!kept || other->value > kept->value)) kept = other;
}

void keep_lower(std::optional<Sensed>& kept, const std::optional<Sensed>& other) {
  if (other && (!kept || other->value < kept->value)) kept = other;
}

std::string counted(int missing, int of, const char* what) {
  return std::to_string(missing) + " of " + std::to_string(of) + " " + what;
}

int known_cells(const PackCells& pack) {
  return static_cast<int>(pack.cells().size());
}

/// Tells what of `seen` cells a pack does not tell now.
std::vector<std::string> missing_cells(const PackCells& pack, const SensorsSeen& seen) {
  const int known = known_cells(pack);
  if (known < seen.cells) return {counted(seen.cells - known, seen.cells, "cells")};
  const int told = pack.in_series().value_or(seen.in_series);
  if (known == 0 && told < seen.in_series)
    return {counted(seen.in_series - told, seen.in_series, "cells")};
  if (seen.extremes && !pack.highest()) return {"the cells"};
  return {};
}

/// The same of temperatures.
void add_missing_temperatures(const PackCells& pack, const SensorsSeen& seen,
                              std::vector<std::string>& missing) {
  if (pack.temperatures() < seen.temperatures)
    missing.push_back(
        counted(seen.temperatures - pack.temperatures(), seen.temperatures, "temperatures"));
  if (seen.mosfet && !pack.mosfet_c()) missing.emplace_back("the temperature of the MOSFETs");
}

void learn(const PackCells& pack, SensorsSeen& seen) {
  seen.cells = std::max(seen.cells, known_cells(pack));
  seen.in_series = std::max(seen.in_series, pack.in_series().value_or(seen.cells));
  seen.temperatures = std::max(seen.temperatures, pack.temperatures());
  seen.extremes = seen.extremes || (pack.highest() && pack.lowest());
  seen.mosfet = seen.mosfet || pack.mosfet_c();
}

/// Cells that stick, or stand for each other's, do not add up to what the battery measures.
bool adds_up(const PackCells& pack, int in_series, SensorsSeen& seen, Instant now) {
  const bool all = pack.voltage_v() && in_series > 0 && known_cells(pack) == in_series;
  if (!all || std::fabs(*pack.voltage_v() - pack.sum_v()) <= kSumOffPerCellV * in_series) {
    seen.differs_since.reset();
    return true;
  }
  if (!seen.differs_since) seen.differs_since = now;
  return now - *seen.differs_since < kSumOffFor;
}

/// All its cells, or nothing.
void add_sum(const PackCells& pack, int in_series, CellView& view) {
  std::optional<double> sum_v;
  if (known_cells(pack) == in_series)
    sum_v = pack.sum_v();
  else if (pack.cells().empty() && !pack.highest())
    sum_v = pack.voltage_v();
  if (!sum_v || in_series < 1) return;
  const double mean_v = *sum_v / in_series;
  view.mean_cell_v = std::min(view.mean_cell_v.value_or(mean_v), mean_v);
  if (!pack.cells().empty()) view.sum_v = std::max(view.sum_v.value_or(*sum_v), *sum_v);
}

void add_extremes(const PackCells& pack, CellView& view) {
  keep_higher(view.highest, pack.highest());
  keep_lower(view.lowest, pack.lowest());
  keep_higher(view.hottest, pack.hottest());
  keep_lower(view.coldest, pack.coldest());
  if (pack.mosfet_c()) keep_higher(view.mosfet, Sensed{*pack.mosfet_c(), pack.name()});
}

}  // namespace

std::string PackCells::named(const std::string& where) const {
  if (name_.empty() || where.empty()) return name_ + where;
  return name_ + " " + where;
}

bool PackCells::is_cell_voltage(double voltage_v) {
  const bool usable = voltage_v >= kLowestCellV && voltage_v <= kHighestCellV;
  if (usable) return true;
  ++unusable_;
  ++unusable_cells_;
  return false;
}

void PackCells::rank(double voltage_v, const std::string& where) {
  if (!highest_ || voltage_v > highest_->value) highest_ = Sensed{voltage_v, named(where)};
  if (!lowest_ || voltage_v < lowest_->value) lowest_ = Sensed{voltage_v, named(where)};
}

void PackCells::add_cell(int number, double voltage_v) {
  if (!is_cell_voltage(voltage_v)) return;
  const bool is_extreme =
      !highest_ || !lowest_ || voltage_v > highest_->value || voltage_v < lowest_->value;
  if (is_extreme) rank(voltage_v, "C" + std::to_string(number));
  if (cells_.empty()) cells_.reserve(kUsualCells);
  cells_.push_back({number, voltage_v});
  sum_v_ += voltage_v;
}

/// Either is the voltage of some cell: one that is older than the other hides nothing.
void PackCells::add_highest(double voltage_v, const std::string& where) {
  if (!is_cell_voltage(voltage_v)) return;
  const Sensed cell{voltage_v, named(where)};
  keep_higher(highest_, cell);
  if (lowest_) keep_lower(lowest_, cell);
}

void PackCells::add_lowest(double voltage_v, const std::string& where) {
  if (!is_cell_voltage(voltage_v)) return;
  const Sensed cell{voltage_v, named(where)};
  keep_lower(lowest_, cell);
  if (highest_) keep_higher(highest_, cell);
}

void PackCells::add_temperature(double temperature_c, const std::string& where) {
  if (!is_temperature(temperature_c)) {
    ++unusable_;
    return;
  }
  ++temperatures_;
  keep_higher(hottest_, Sensed{temperature_c, named(where)});
  keep_lower(coldest_, Sensed{temperature_c, named(where)});
}

void PackCells::set_mosfet(double temperature_c) {
  if (is_temperature(temperature_c))
    mosfet_c_ = temperature_c;
  else
    ++unusable_;
}

void PackCells::set_in_series(int cells) {
  if (cells >= 1 && cells <= kMaxCells) in_series_ = cells;
}

void PackCells::set_voltage(double voltage_v) {
  if (std::isfinite(voltage_v) && voltage_v > 0) voltage_v_ = voltage_v;
}

SensorsSeen* KnownSensors::remembered(const std::string& id) {
  const auto known = seen_.find(id);
  if (known != seen_.end()) return &known->second;
  if (seen_.size() >= kMaxMembersSeen) return nullptr;
  return &seen_[id];
}

std::vector<std::string> KnownSensors::missing_now(const PackCells& pack, SensorsSeen& seen,
                                                   Instant now, bool& cells_missing) {
  learn(pack, seen);
  auto missing = missing_cells(pack, seen);
  if (!adds_up(pack, seen.in_series, seen, now))
    missing.emplace_back("the cells do not add up to the voltage");
  cells_missing = !missing.empty() || pack.unusable_cells() > 0;
  add_missing_temperatures(pack, seen, missing);
  if (missing.empty() && pack.unusable() > 0) missing.emplace_back("a sensor tells nonsense");
  if (missing.empty()) {
    seen.less_since.reset();
  } else if (!seen.less_since) {
    seen.less_since = now;
  } else if (now - *seen.less_since >= kForgottenAfter) {
    learn(pack, seen = {});
    missing.clear();
    cells_missing = false;
  }
  return missing;
}

const std::vector<int>& KnownSensors::still_cells(const PackCells& pack, Instant now) {
  static const std::vector<int> kNone;
  return seen_.contains(pack.id()) ? still_[pack.id()].update(pack.cells(), now) : kNone;
}

CellView KnownSensors::look(std::span<const PackCells> packs, Instant now) {
  CellView view;
  for (const PackCells& pack : packs) {
    SensorsSeen unremembered;
    SensorsSeen* remembered_one = remembered(pack.id());
    SensorsSeen& seen = remembered_one != nullptr ? *remembered_one : unremembered;
    bool cells_missing = false;
    auto missing = missing_now(pack, seen, now, cells_missing);
    const auto& still = still_cells(pack, now);
    for (const int number : still)
      missing.push_back("C" + std::to_string(number) + " stands still");
    view.cells_missing = view.cells_missing || cells_missing || !still.empty();
    for (const std::string& what : missing)
      if (view.missing.size() < kMostNamed)
        view.missing.push_back(pack.name().empty() ? what : pack.name() + ": " + what);
    const int in_series = seen.in_series;
    if (in_series > 0) view.cells = std::min(view.cells.value_or(in_series), in_series);
    add_extremes(pack, view);
    if (still.empty()) add_sum(pack, in_series, view);
  }
  return view;
}

void KnownSensors::forget_missing() {
  seen_.clear();
  still_.clear();
}

std::optional<Instant> KnownSensors::next_change(Instant now) const {
  std::optional<Instant> next;
  const auto ends = [&](const std::optional<Instant>& since, std::chrono::seconds after) {
    if (since && *since + after > now) next = earlier(next, *since + after);
  };
  for (const auto& [id, seen] : seen_) {
    ends(seen.less_since, kForgottenAfter);
    ends(seen.differs_since, kSumOffFor);
  }
  return next;
}

void KnownSensors::resume(ById seen) {
  seen_ = std::move(seen);
  still_.clear();
  for (auto& [id, one] : seen_) {
    one.less_since.reset();
    one.differs_since.reset();
  }
}

}  // namespace dmb
