// SPDX-License-Identifier: MIT
#pragma once

#include "../support/sim/bank_day.h"
#include "dmb/bank/member_news.h"
#include "dmb/device/bank_device.h"

#include <span>
#include <string>
#include <vector>

namespace dmb::test {

/// The bank of this driver over simulated batteries.
class BankOfBatteries {
 public:
  explicit BankOfBatteries(const sim::BankDaySpec& spec);
  /// What the bank shows once it was told what they tell.
  sim::BankAnswer decide(std::span<const sim::BatteryMoment> batteries, double now_s);

 private:
  MemberNews tell(std::span<const sim::BatteryMoment> batteries);

  std::vector<WatchedMember> members_;  ///< of all batteries
  std::vector<WatchedMember> heard_;
  std::vector<std::string> told_modes_;
  BankDevice device_;
};

}  // namespace dmb::test
