// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/domain/shunts.h"
#include "dmb/domain/value.h"

#include <bitset>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>

namespace dmb {

/// How long a condition must be clear before charging or discharging is released.
inline constexpr std::chrono::seconds kBmsReleaseDelay{30};
/// How far a temperature must be back inside its limit to count as clear.
inline constexpr double kBmsHysteresisC = 2;

/// Limits of the whole bank as configured, checked in config. A current that is not configured is
/// kNoCurrentLimitA while it is allowed: systemcalc skips a limit that turns invalid, and what it
/// wrote before, the 0 of a stop, would stay with the chargers for ever.
struct BmsRules {
  double max_charge_voltage_v = 0;
  std::optional<double> max_charge_current_a;
  std::optional<double> max_discharge_current_a;
  double temp_cold_danger_c = 5;
  double temp_hot_danger_c = 45;
};

/// One direction of current as it goes to the bus.
struct BmsDirection {
  bool allowed = true;
  double limit_a = 0;  ///< always a number: 0 while not allowed, kNoCurrentLimitA without a limit
  std::string reason;  ///< for people; empty when nothing limits
  bool operator==(const BmsDirection&) const = default;
};

struct BmsOutput {
  double max_charge_voltage_v = 0;
  BmsDirection charge;
  BmsDirection discharge;
  bool member_lost = false;
  bool operator==(const BmsOutput&) const = default;
};

/// Why the virtual BMS stops something.
enum StopCause : std::uint8_t {
  high_voltage_alarm,
  high_temperature_alarm,
  low_temperature_alarm,
  low_voltage_alarm,
  low_soc_alarm,
  too_hot,
  too_cold,
  stop_cause_count,
};
using StopCauses = std::bitset<stop_cause_count>;

/// Any member's alarm stops charging, discharging or both at once; release only after 30 s without
/// any. A stop is a limit of 0, because that is all DVCC reads. Cold stops charging alone: LiFePO4
/// may be discharged in the cold, and a dark house helps nobody.
///
/// A condition ends when the member says so, not when it falls silent: the stops of a member that
/// is lost, or whose value goes invalid, stay until it is heard again.
class VirtualBms {
 public:
  explicit VirtualBms(BmsRules rules) : rules_(rules) {}

  /// `members` are all there are.
  BmsOutput update(std::span<const ShuntSnapshot> members, Instant now);
  /// The same when of the members of the last update() only those at `changed` told something new.
  BmsOutput update(std::span<const ShuntSnapshot> members, std::span<const std::size_t> changed,
                   Instant now);

  /// It never counted.
  void forget(const std::string& id) { members_.erase(id); }

  /// When update() can change by the mere passing of time.
  std::optional<Instant> deadline() const;

 private:
  struct Member {
    std::string name;
    StopCauses causes;
    std::optional<double> capacity_ah;
    bool present = false;
  };
  struct Release {
    bool stopped = false;
    std::optional<Instant> at;  ///< when the stop ends, if nothing new comes
    std::string reason;         ///< of the last stop
  };

  void hear(const ShuntSnapshot& snapshot);
  void forget_surplus();
  BmsOutput conclude(Instant now);
  std::string stop_reason(StopCauses stopping) const;
  void advance(Release& release, std::string reason, Instant now) const;
  BmsDirection direction(const Release& release, const std::optional<double>& limit_a) const;
  double share_present() const;

  BmsRules rules_;
  std::map<std::string, Member> members_;  ///< by id; every one seen since the start
  std::size_t lost_ = 0;                   ///< of them, not there now
  Release charge_;
  Release discharge_;
};

}  // namespace dmb
