// SPDX-License-Identifier: MIT
#pragma once

#include "broken_rule.h"
#include "dmb/control/charge_control.h"
#include "dmb/device/bank_device.h"
#include "dmb/device/battery_device.h"

#include <map>
#include <optional>
#include <string>

namespace dmb::test {

/// What can be seen from outside of all cells and temperatures. Of what cannot be true nothing.
struct CellsSeen {
  std::optional<double> highest_v, lowest_v;
  std::optional<double> hottest_c, coldest_c, mosfet_c;
  bool less = false;  ///< than was known before, or one tells nonsense

  void add_cell(double voltage_v);
  void add_temperature(double temperature_c);
  void set_mosfet(double temperature_c);
};

/// Looks at the limits of a device with a charge control, and throws BrokenRule when one is above
/// what the cells allow that are seen at the same moment; when one rises early or in a jump; when a
/// stop ends early; when there is no number, or no word why. Worked out anew from the rules.
class ChargeWatch {
 public:
  explicit ChargeWatch(ChargeRules rules) : rules_(std::move(rules)) {}

  /// Of a device that shows its limits.
  void look(CellsSeen cells, const ItemValues& values, const ChargeControl& control, Instant now);
  /// It does not show them now: what they do meanwhile is not seen.
  void look_away();
  /// What is stopped stays so; ramps begin anew.
  void restarted();
  void change_rules(ChargeRules rules);

 private:
  struct Direction {
    bool stopped = false;
    bool unseen = false;                 ///< for a while
    std::optional<Instant> clear_since;  ///< of a stop
    std::optional<double> before_a;      ///< that the control let through
    std::optional<Instant> fell_at;      ///< or began
  };

  void check_numbers(const ItemValues& values, const ChargeControl& control) const;
  void check_charge(const CellsSeen& cells, double limit_a) const;
  void check_discharge(const CellsSeen& cells, double limit_a) const;
  void check_stops(const CellsSeen& cells, const ItemValues& values, const ChargeControl& control,
                   Instant now);
  static void follow_stop(Direction& direction, bool stops, bool known, bool alarm, double limit_a,
                          Instant now);
  static void check_rise(Direction& direction, double limit_a, double max_a, Instant now);
  void check_voltage(const CellsSeen& cells, const ItemValues& values,
                     const ChargeControl& control);
  void check_words(const ItemValues& values) const;

  ChargeRules rules_;
  Direction charge_, discharge_;
  double goal_v_ = 0;  ///< where a cell might ever stand; a goal that is lower comes slowly
  std::optional<double> voltage_before_v_;
  std::optional<int> cells_before_;
};

/// What a battery shows of its cells, and what of it was there before.
class BatteryCells {
 public:
  CellsSeen look(const ItemValues& values);
  /// Somebody said that what is missing will not come back.
  void forget() { *this = {}; }

 private:
  std::size_t cells_ = 0, temperatures_ = 0;
  bool mosfet_ = false;
};

/// The same of the members of a bank that are heard.
class MemberCells {
 public:
  CellsSeen look(std::span<const MemberSnapshot> members);
  void forget() { *this = {}; }

 private:
  struct Seen {
    bool cells = false, mosfet = false;
    std::size_t temperatures = 0;
    double in_series = 0;
  };
  std::map<std::string, Seen> seen_;
};

}  // namespace dmb::test
