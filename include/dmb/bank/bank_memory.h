// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/stop_cause.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace dmb {

/// More than any bank has: strangers that come and go fill no flash.
inline constexpr std::size_t kMaxShuntsRemembered = 100;

/// What of a bank must not be forgotten when the program restarts: who belongs to it, what they
/// hold stopped, and what waits for its release. All times are spans: no clock is the same after.
struct BankMemory {
  struct Shunt {
    std::string id;
    std::string name;
    std::optional<double> capacity_ah;
    StopCauses causes;
    std::chrono::hours away{0};  ///< 0 also for one that is there
    bool operator==(const Shunt&) const = default;
  };
  /// One that is active, or was released not long ago: should it come back, it is no new one.
  struct Stop {
    bool active = false;
    std::chrono::seconds delay{0};
    std::vector<MemberStop> members;  ///< that stop, or did
    bool operator==(const Stop&) const = default;
  };
  /// The part of the bank that may be used, when it is or was not long ago less than the whole.
  struct Share {
    double present = 1;
    std::chrono::seconds delay{0};
    bool operator==(const Share&) const = default;
  };
  /// What a bank of batteries allows, while it is held below what the members tell.
  struct Held {
    double current_a = 0;
    std::chrono::seconds delay{0};
    bool operator==(const Held&) const = default;
  };
  /// Of a battery that is lost: what it allowed last restricts the bank, for the whole time anew.
  struct LastLimits {
    std::string id;
    std::string name;
    std::optional<double> max_charge_voltage_v;
    std::optional<double> charge_a;  ///< of the whole bank, by its share; as below
    std::optional<double> discharge_a;
    bool operator==(const LastLimits&) const = default;
  };
  /// Of charging or discharging; what is at rest has nothing to remember.
  struct Direction {
    std::optional<Stop> stop;
    std::optional<Share> share;
    std::optional<Held> held = {};
    bool operator==(const Direction&) const = default;
  };

  std::size_t heard_together = 0;
  std::vector<Shunt> shunts;
  Direction charge;
  Direction discharge;
  std::optional<double> right_charge_voltage_v;  ///< that fitted the bank's voltage last
  std::vector<LastLimits> last_limits = {};
  bool operator==(const BankMemory&) const = default;
};

}  // namespace dmb
