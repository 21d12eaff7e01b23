// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/bank_memory.h"
#include "dmb/bank/discharge_floor.h"
#include "dmb/bank/member_news.h"
#include "dmb/bank/shunt_capacity.h"

#include <map>
#include <optional>
#include <span>
#include <string>

namespace dmb {

/// A member's capacity and where it is from.
struct MemberAmpHours {
  std::optional<double> capacity_ah;
  CapacityOrigin origin = CapacityOrigin::unknown;
};

/// What is learned in the course of time of the batteries behind the members: how much they hold,
/// and at which SoC their time to go ends. By id, of every shunt that was heard since the start.
class LearnedMembers {
 public:
  struct Facts {
    std::optional<double> capacity_ah;
    std::optional<double> discharge_floor_percent;
  };

  explicit LearnedMembers(CapacityMode mode) : mode_(mode) {}
  void change_mode(CapacityMode mode) { mode_ = mode; }
  /// From an earlier run of the program.
  void resume(const BankMemory& memory);

  /// What the member tells now, and what is known of it then.
  Facts learn(const WatchedMember& member);
  MemberAmpHours capacity_of(const std::string& id) const;
  /// From its settings, as last told.
  std::optional<double> charged_voltage_v(const std::string& id) const;

  void forget(const std::string& id) { members_.erase(id); }
  /// Bounds what is kept: once there are too many, only those that are there.
  void drop_absent(std::span<const MemberSnapshot> there);

 private:
  struct Member {
    MemberCapacity capacity;
    DischargeFloor floor;
    std::optional<double> charged_voltage_v;
  };

  CapacityMode mode_;
  std::map<std::string, Member> members_;
};

}  // namespace dmb
