// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/member.h"
#include "dmb/bank/member_role.h"
#include "dmb/battery/sparse_values.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace dmb {

/// A member as whoever watches it knows it. `snapshot.capacity_ah` and its floor are left to the
/// device, which learns them.
struct WatchedMember {
  MemberSnapshot snapshot;
  MemberPlace place = {};
  std::optional<double> register_capacity_ah;              ///< VregLink 0x1000
  std::optional<double> register_charged_voltage_v;        ///< VregLink 0x1001
  std::optional<double> register_discharge_floor_percent;  ///< VregLink 0x1008
  bool discharge_floor_doubtful = false;                   ///< see FloorRegister
  bool registers_pending = false;                          ///< they are still being read
  SparseValues others = {};  ///< what no bank merges yet, of a battery that is more than a shunt
};

/// What is new about the members.
struct MemberNews {
  bool all = true;                   ///< look at each: members came, went, or are now complete
  std::vector<std::size_t> changed;  ///< otherwise: whose values changed, by index of the members
  /// Ids that never counted, whatever it looked like: excluded, computed from others, or a stand-in
  /// for another id. To be forgotten, where all else that is missing of the members is lost.
  std::vector<std::string> forgotten = {};
};

}  // namespace dmb
