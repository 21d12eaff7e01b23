// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/value.h"

#include <optional>
#include <span>
#include <vector>

namespace dmb {

struct CellVoltage {
  int number = 0;  ///< 1 …
  double voltage_v = 0;
};

/// Finds cells of one pack whose voltage stands still, to the last digit, while that of all others
/// moves clearly: their sensor sticks. Lithium cells hardly move at rest, and one that is behind
/// the others moves little while they rise, so it takes five minutes, 30 mV of each other cell and
/// ten times the last digit, and at least half of the cells. One that moved little by itself all
/// the same is taken to stick until the current changes: then it moves.
class StillCells {
 public:
  /// With all cells that are known, in the order of their numbers. Returns the numbers of those
  /// that stand still, until one of them moves.
  const std::vector<int>& update(std::span<const CellVoltage> cells, Instant now);

 private:
  struct Watched {
    int number = 0;
    double first_v = 0;
    double last_v = 0;
    double moved_v = 0;  ///< away from the first, at most
    bool changed = false;
  };

  bool are_the_same(std::span<const CellVoltage> cells) const;
  void begin(std::span<const CellVoltage> cells, Instant now);
  void follow(std::span<const CellVoltage> cells);
  bool all_others_moved() const;

  std::vector<Watched> watched_;  ///< since all of them had changed
  Instant since_{};
  std::optional<double> last_digit_v_;  ///< the least change that was seen
  std::vector<int> still_;
};

}  // namespace dmb
