// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/member.h"
#include "dmb/battery/value.h"

#include <optional>
#include <span>
#include <string>

namespace dmb {

/// What a member of a bank says about the voltage it is to be charged with.
struct ChargeWish {
  std::optional<double> max_charge_voltage_v;  ///< CVL; > 0
  std::optional<double> highest_cell_v;
  std::optional<double> cells;  ///< in series
  bool in_float = false;
  bool voltage_alarm = false;  ///< of the battery or a cell: too high
  bool lost = false;           ///< that is what it said last
};
ChargeWish charge_wish(const MemberSnapshot& member);

/// The CVL of a bank. Members in bulk or absorption decide by their least. One in float is full and
/// takes next to nothing, so it does not keep the others from being charged, unless one of its
/// cells is too high. All in float: the least, reached by a ramp, for a CVL that falls by volts
/// makes the loads discharge the battery. Every other fall is at once.
///
/// A member that tells no CVL has no say.
class ChargeVoltageRule {
 public:
  /// nullopt: no member has a CVL.
  std::optional<double> update(std::span<const ChargeWish> wishes, Instant now);
  /// When update() can change by the mere passing of time.
  std::optional<Instant> next_change() const;

 private:
  double ramp_to(double goal_v, Instant now);

  std::optional<double> voltage_v_;    ///< as of the last update()
  bool in_float_ = false;              ///< all were
  std::optional<Instant> stepped_at_;  ///< while it goes down to the float voltage
};

/// "Bulk", "Absorption", "Float", where they differ "Absorption (Pack1 in float)"; empty: no member
/// tells its mode.
std::string bank_charge_mode(std::span<const MemberSnapshot> members);

}  // namespace dmb
