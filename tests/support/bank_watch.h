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
void check_aggregate(std::span<const MemberSnapshot> members, const AggregateRules& rules,
                     const Aggregate& bank);

/// What each shunt's standing must be at least. Throws BrokenRule.
void check_standings(std::span<const MemberSnapshot> all, bool alarms_needed);

/// One direction of current as the bus shows it.
struct ShownLimit {
  bool allowed = true;
  double limit_a = 0;
  std::string reason;
};

struct ShownLimits {
  ShownLimit charge;
  ShownLimit discharge;
  bool member_lost = false;
};

/// Works out anew, from what the members say, what may be charged and discharged, and throws
/// BrokenRule when what is shown says anything else: a limit above 0 while something stops it, or
/// before its release delay is over; more than the share of the bank that is there, or a share
/// given back too early; a number missing.
class BmsWatch {
 public:
  explicit BmsWatch(BmsRules rules) : rules_(rules) {}

  /// To be called each time the BMS sees its members; without limits while none are shown.
  void look(std::span<const MemberSnapshot> members, Instant now,
            const std::optional<ShownLimits>& shown);
  /// How many are there that are not heard: they are missed.
  void set_mute(std::size_t count) { mute_ = count; }
  /// What is stopped stays, and each delay begins anew.
  void restarted(Instant now);

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

  void hear(const MemberSnapshot& member);
  bool any_alarm(std::string_view path) const;
  bool any(bool Heard::*flag) const;
  std::size_t lost() const;
  double share() const;
  static void follow_stop(Direction& direction, bool must_stop, Instant now);
  static void note_share(Direction& direction, double share, Instant now);
  static void check_share(const Direction& direction, double shown, Instant now);
  void follow(Direction& direction, bool must_stop, Instant now) const;
  bool keeps_limit(const Direction& direction) const;
  void check(const ShownLimit& shown, const Direction& direction, bool must_stop,
             const std::optional<double>& configured_a, Instant now) const;

  BmsRules rules_;
  std::map<std::string, Heard> heard_;
  std::size_t together_ = 0;
  std::size_t mute_ = 0;
  Direction charge_;
  Direction discharge_;
};

}  // namespace dmb::test
