// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/aggregate.h"
#include "dmb/control/virtual_bms.h"

#include <array>
#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dmb::test {

/// The rules that hold for any members. Throws BrokenRule.
void check_aggregate(std::span<const ShuntSnapshot> members, const AggregateRules& rules,
                     const Aggregate& bank);

/// What each shunt's standing must be at least. Throws BrokenRule.
void check_standings(std::span<const ShuntSnapshot> all, bool alarms_needed);

/// Works out anew, from what the members say, what may be charged and discharged, and throws
/// BrokenRule when an output of a VirtualBms says anything else: a limit above 0 while something
/// stops it, or before its release delay is over; more than the share of the bank that is there, or
/// a share given back too early; a number missing.
class BmsWatch {
 public:
  explicit BmsWatch(BmsRules rules) : rules_(rules) {}

  /// To be called for each update(), with the same arguments.
  void look(std::span<const ShuntSnapshot> members, Instant now, const BmsOutput& output);

 private:
  /// What a member last said, and whether it is there.
  struct Heard {
    MemberValues values{};
    std::optional<double> capacity_ah;
    bool hot = false;
    bool cold = false;
    bool present = false;
    bool disconnected = false;
  };
  struct Direction {
    bool stopped = false;
    std::chrono::seconds delay{30};
    std::optional<Instant> clear_since;
    std::optional<Instant> released_at;
    std::vector<std::pair<Instant, double>> shares;  ///< that were there, of the last minute
    Instant same_since{};                            ///< the share has not changed
  };

  void hear(const ShuntSnapshot& member);
  bool any_alarm(std::string_view path) const;
  bool any(bool Heard::*flag) const;
  std::size_t lost() const;
  double share() const;
  static bool is_stopped(Direction& direction, bool must_stop, Instant now);
  static void note_share(Direction& direction, double share, Instant now);
  static void check_share(const Direction& direction, double shown, Instant now);
  void check(const BmsDirection& shown, Direction& direction, bool must_stop,
             const std::optional<double>& configured_a, Instant now) const;

  BmsRules rules_;
  std::map<std::string, Heard> heard_;
  std::size_t together_ = 0;
  Direction charge_;
  Direction discharge_;
};

}  // namespace dmb::test
