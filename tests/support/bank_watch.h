// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/domain/aggregate.h"
#include "dmb/domain/virtual_bms.h"

#include <array>
#include <map>
#include <span>
#include <string>

namespace dmb::test {

/// The rules of specification 4.2 that hold for any members. Throws BrokenRule.
void check_aggregate(std::span<const ShuntSnapshot> members, const AggregateRules& rules,
                     const Aggregate& bank);

/// Looks at each output of a VirtualBms and throws BrokenRule when a limit is above 0 while
/// something stops it, or earlier than 30 s after (specification 4.4).
class BmsWatch {
 public:
  explicit BmsWatch(BmsRules rules) : rules_(rules) {}

  /// To be called for each update(), with the same arguments.
  void look(std::span<const ShuntSnapshot> members, Instant now, const BmsOutput& output);

 private:
  /// What a member last said, and whether it is there.
  struct Heard {
    ShuntValues values{};
    bool hot = false;
    bool cold = false;
    bool present = false;
  };
  struct Direction {
    std::optional<Instant> stopped_at;  ///< last time something stopped it
  };

  void hear(const ShuntSnapshot& member);
  bool any_alarm(std::string_view path) const;
  bool any(bool Heard::*flag) const;
  void check(const BmsDirection& shown, Direction& direction, bool must_stop,
             const std::optional<double>& configured_a, Instant now) const;

  BmsRules rules_;
  std::map<std::string, Heard> heard_;
  Direction charge_;
  Direction discharge_;
};

}  // namespace dmb::test
