// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/value.h"
#include "dmb/control/charge_rules.h"

#include <chrono>
#include <cstdint>
#include <optional>

namespace dmb {

enum class ChargePhase : std::uint8_t {
  bulk,
  absorption,  ///< the highest cell is at its goal, or the battery is full already
  to_float,    ///< full for long enough: the goal goes down slowly
  at_float,
};

/// What a phase goes by. nullopt: not known.
struct PhaseInputs {
  std::optional<double> highest_v;  ///< cells
  std::optional<double> lowest_v;
  std::optional<double> mean_v;  ///< of the pack that stands lowest on the whole
  std::optional<double> current_a;
  std::optional<double> capacity_ah;
  std::optional<double> soc_percent;
  double full_v = 0;         ///< of a cell, at this time of the year or for balancing
  bool balance_due = false;  ///< it is to be full once more, whatever the rest says
};

/// What outlives the program.
struct PhaseMemory {
  ChargePhase phase = ChargePhase::bulk;
  std::chrono::minutes full_so_far{0};
  double goal_v = 0;  ///< of a cell; 0: none yet
  double out_ah = 0;  ///< that flowed out since the battery was full
  bool operator==(const PhaseMemory&) const = default;
};

/// Bulk, absorption, float. Full is a battery whose highest cell is within 10 mV of its goal while
/// the current was below the tail current for a minute, or whose cells on the whole reached it for
/// a minute; when it was full for `full_for`, in however many pieces, the goal goes down to float,
/// so slowly that no rush of discharge comes of it.
///
/// Back to bulk it goes for a low state of charge that the Ah counted since, or else the cells'
/// voltage, confirm; for as much flowed out, or cells as low, as no full battery has, whatever the
/// state of charge says; when highest and lowest cell drift apart at rest; and when it is due for
/// balancing.
class ChargeCycle {
 public:
  /// Returns whether the battery has been full for long enough just now.
  bool update(const PhaseInputs& inputs, const ChargeRules& rules, Instant now);

  ChargePhase phase() const { return phase_; }
  /// Where the highest cell is to stand now.
  double goal_v() const { return goal_v_; }
  /// Of absorption, while the battery is full: how long it lasts still.
  std::optional<std::chrono::seconds> left() const { return left_; }
  /// Hardly any current has flowed for some time: differences between cells are their own.
  bool at_rest() const { return at_rest_; }

  std::optional<Instant> next_change(Instant now) const;
  PhaseMemory memory() const;
  void resume(const PhaseMemory& memory);

 private:
  bool charge(const PhaseInputs& inputs, const ChargeRules& rules, Instant now);
  void float_on(const PhaseInputs& inputs, const ChargeRules& rules, Instant now);
  bool is_bulk_again(const PhaseInputs& inputs, const ChargeRules& rules, Instant now);
  bool spread_passes(const PhaseInputs& inputs, const ChargeRules& rules, Instant now);
  void begin_bulk();
  void move_goal(double wanted_v, const ChargeRules& rules);
  void watch_rest(const PhaseInputs& inputs, Instant now);

  ChargePhase phase_ = ChargePhase::bulk;
  double goal_v_ = 0;
  double full_so_far_s_ = 0;
  double out_ah_ = 0;
  std::optional<std::chrono::seconds> left_;
  bool at_rest_ = false;
  bool ramps_ = false;             ///< the goal is on its way down
  bool spread_was_small_ = false;  ///< clearly, at rest, since float began
  double since_last_s_ = 0;
  std::optional<Instant> last_;
  std::optional<Instant> full_since_;
  std::optional<Instant> low_since_;    ///< in absorption: below float
  std::optional<Instant> left_float_;   ///< clearly below float
  std::optional<Instant> empty_since_;  ///< below what any full battery has
  std::optional<Instant> wide_since_;   ///< the spread passed
  std::optional<Instant> rest_since_;
};

/// "Bulk", "Absorption, 12 min left", "Float Transition", "Float".
std::string describe(const ChargeCycle& cycle);

}  // namespace dmb
