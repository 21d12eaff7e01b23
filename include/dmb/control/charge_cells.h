// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/value.h"
#include "dmb/control/still_cells.h"

#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dmb {

/// A measured value, and where it was measured.
struct Sensed {
  double value = 0;
  std::string where;  ///< "C7"; in a bank "Pack2 C7"
  bool operator==(const Sensed&) const = default;
};

/// What one battery tells of its cells and temperatures at this moment. What is stale is left out;
/// what cannot be a cell's voltage, or a temperature, is counted as unusable.
class PackCells {
 public:
  /// Empty id and name: the only battery there is.
  explicit PackCells(std::string id = {}, std::string name = {})
      : id_(std::move(id)), name_(std::move(name)) {}

  /// The voltage of cell `number`, 1 …
  void add_cell(int number, double voltage_v);
  /// Extremes as the BMS tells them; beside single cells they count as well. Empty `where`:
  /// unknown.
  void add_highest(double voltage_v, const std::string& where);
  void add_lowest(double voltage_v, const std::string& where);
  void add_temperature(double temperature_c, const std::string& where);
  void set_mosfet(double temperature_c);
  /// As the BMS tells it; else as many as are known.
  void set_in_series(int cells);
  void set_voltage(double voltage_v);

  const std::string& id() const { return id_; }
  const std::string& name() const { return name_; }
  const std::optional<Sensed>& highest() const { return highest_; }
  const std::optional<Sensed>& lowest() const { return lowest_; }
  const std::optional<Sensed>& hottest() const { return hottest_; }
  const std::optional<Sensed>& coldest() const { return coldest_; }
  std::optional<double> mosfet_c() const { return mosfet_c_; }
  std::optional<double> voltage_v() const { return voltage_v_; }
  std::optional<int> in_series() const { return in_series_; }
  std::span<const CellVoltage> cells() const { return cells_; }  ///< single ones that are known
  double sum_v() const { return sum_v_; }                        ///< of those
  int temperatures() const { return temperatures_; }
  int unusable() const { return unusable_; }
  int unusable_cells() const { return unusable_cells_; }  ///< of those

 private:
  std::string named(const std::string& where) const;
  bool is_cell_voltage(double voltage_v);
  void rank(double voltage_v, const std::string& where);

  std::string id_;
  std::string name_;
  std::optional<Sensed> highest_, lowest_, hottest_, coldest_;
  std::optional<double> mosfet_c_;
  std::optional<double> voltage_v_;
  std::optional<int> in_series_;
  std::vector<CellVoltage> cells_;
  double sum_v_ = 0;
  int temperatures_ = 0;
  int unusable_ = 0;
  int unusable_cells_ = 0;
};

/// What is known of all cells of a battery or bank at this moment.
struct CellView {
  std::optional<Sensed> highest, lowest;  ///< cells, V
  std::optional<Sensed> hottest, coldest, mosfet;
  std::optional<int> cells;  ///< in series of one pack: the least that any pack has
  /// Of the pack whose cells stand lowest on the whole; all its cells are known.
  std::optional<double> mean_cell_v;
  std::optional<double> sum_v;  ///< the greatest of any pack, all of whose cells are known
  /// What was known before and is not now, or cannot be true, for people: "Pack2: 1 of 16 cells".
  std::vector<std::string> missing;
  bool cells_missing = false;  ///< some of that is about cells
};

/// How much of a pack was ever known.
struct SensorsSeen {
  int cells = 0;      ///< single ones
  int in_series = 0;  ///< as its BMS counts them, or as many as are known
  int temperatures = 0;
  bool extremes = false;
  bool mosfet = false;
  std::optional<Instant> less_since = {};     ///< not all of that is known any more
  std::optional<Instant> differs_since = {};  ///< the cells do not add up to its voltage
  bool operator==(const SensorsSeen&) const = default;
};

/// Remembers which sensors were there, so that one that falls silent is missed, and one that stands
/// still while the others move. A pack that is away altogether is not: how a bank goes on without
/// it is for others to say.
class KnownSensors {
 public:
  using ById = std::map<std::string, SensorsSeen>;

  CellView look(std::span<const PackCells> packs, Instant now);
  /// When look() tells something else by the mere passing of time.
  std::optional<Instant> next_change(Instant now) const;
  /// What is missing now is not missed any more.
  void forget_missing();

  const ById& seen() const { return seen_; }
  void resume(ById seen);

 private:
  SensorsSeen* remembered(const std::string& id);
  static std::vector<std::string> missing_now(const PackCells& pack, SensorsSeen& seen, Instant now,
                                              bool& cells_missing);
  const std::vector<int>& still_cells(const PackCells& pack, Instant now);

  ById seen_;
  std::map<std::string, StillCells> still_;  ///< of those in `seen_`
};

}  // namespace dmb
