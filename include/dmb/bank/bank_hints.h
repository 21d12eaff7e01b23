// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/member.h"
#include "dmb/battery/value.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <vector>

namespace dmb {

/// Something about a bank that a person should look at; nothing is changed for it.
struct BankHint {
  enum class Kind : std::uint8_t {
    soc_differs,              ///< of two members, in percent
    time_to_go_differs,       ///< of two members, in seconds
    charged_voltage_differs,  ///< of two members' settings, in volts
    capacity_differs,         ///< configured, and the members' sum, in ampere-hours
    current_opposite,         ///< of one member, to all others' sum, in amperes
    not_synchronised,         ///< a member that knows no SoC
    monitor_not_counted,      ///< a BMV or Lynx Shunt beside the members
    entry_matches_nothing,    ///< of exclude_shunts or include_shunts
    alarms_missing,           ///< a member does not tell all that a virtual BMS stops for
    pair_shunt_lost,          ///< a battery is not measured by its shunt (`other`): by itself
    pair_battery_lost,        ///< a shunt (`other`) whose battery is not there
    string_torn,              ///< batteries in series, one of which is not there
    bank_shunt_lost,          ///< it measures nothing: its members do
  };
  Kind kind = Kind::soc_differs;
  std::string who;                    ///< as people know it; the entry; empty: the bank
  std::string other;                  ///< the second member; what is missing
  std::optional<double> value;        ///< of `who`
  std::optional<double> other_value;  ///< of `other`, or of the rest
  bool of_batteries = false;          ///< of a bank of batteries, else of shunts

  bool operator==(const BankHint&) const = default;
};

/// A member and what else it tells.
struct HintMember {
  const MemberSnapshot* snapshot = nullptr;
  std::optional<double> charged_voltage_v;  ///< from its settings
};

/// What a bank cannot know of itself.
struct Surroundings {
  std::vector<std::string> other_monitors;     ///< BMVs and Lynx Shunts, by their names
  std::vector<std::string> unmatched_entries;  ///< of the config
};

struct BankView {
  std::span<const HintMember> members;
  std::optional<double> total_capacity_ah;  ///< configured
  bool complete = true;                     ///< no member is lost
  bool stops_for_alarms = false;            ///< it is a virtual BMS
  Surroundings around = {};
  bool of_batteries = false;                   ///< and not of shunts
  std::span<const BankHint> composition = {};  ///< what is known already of who makes a member
};

/// How different things must be to be worth a hint. Differences that shunts show in normal use, or
/// for a moment, are none.
struct HintLimits {
  double soc_percent = 20;  ///< percentage points
  double time_to_go = 0.2;  ///< of the longer one
  double charged_voltage_v = 0.05;
  double capacity = 0.1;  ///< of the sum
  double current_a = 1;   ///< what counts as a current
  std::chrono::minutes opposite_for{10};
};

/// Finds the hints of a bank.
class BankHints {
 public:
  explicit BankHints(HintLimits limits = {}) : limits_(limits) {}

  /// Those that are true now. To be called now and then: a current is opposite when it was so at
  /// every look for ten minutes.
  const std::vector<BankHint>& look(const BankView& bank, Instant now);

  /// Those of the last look that were never told before.
  std::vector<BankHint> take_new();

 private:
  void compare_soc(const BankView& bank);
  void compare_time_to_go(const BankView& bank);
  void compare_charged_voltage(const BankView& bank);
  void compare_capacity(const BankView& bank);
  void find_opposite(const BankView& bank, Instant now);
  void find_missing_alarms(const BankView& bank);
  void list_others(const BankView& bank);

  HintLimits limits_;
  std::vector<BankHint> hints_;
  std::map<std::string, Instant> opposite_since_;  ///< by id
  std::set<std::tuple<BankHint::Kind, std::string, std::string>> told_;
};

}  // namespace dmb
