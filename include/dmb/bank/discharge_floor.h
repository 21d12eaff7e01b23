// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/member.h"

#include <optional>
#include <span>

namespace dmb {

/// What a shunt's register 0x1008 says. Up to 100 it may count 1 % or 0.1 %: sources disagree.
struct FloorRegister {
  std::optional<double> percent;  ///< a doubtful one as if it counted 1 %
  bool doubtful = false;
};

/// The SoC at which a shunt's own time to go ends. Its own figure proves the register's scale, and
/// stands in for the register where that cannot be read.
class DischargeFloor {
 public:
  void learn(const FloorRegister& told, const MemberValues& values,
             std::optional<double> capacity_ah);
  /// nullopt: unknown.
  std::optional<double> percent() const;

 private:
  std::optional<double> register_percent_;
  bool doubtful_ = false;
  std::optional<double> estimate_percent_;
};

/// Of the bank: weighted by capacity, over the members whose floor is known.
std::optional<double> bank_discharge_floor_percent(std::span<const MemberSnapshot> members);

}  // namespace dmb
