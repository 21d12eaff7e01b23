// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/bank_memory.h"
#include "dmb/bank/member.h"
#include "dmb/battery/value.h"
#include "dmb/control/charge_voltage_rule.h"
#include "dmb/control/late_rise.h"
#include "dmb/control/member_share.h"
#include "dmb/control/vote.h"

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dmb {

/// How long the last limits of a member that is lost go on to count, against the bank.
inline constexpr std::chrono::minutes kLostMemberCounts{10};

/// What the members' own limits are joined by; checked in config.
struct MemberLimitRules {
  /// Of the whole bank: what a member without limits of its own gets its part of.
  std::optional<double> max_charge_current_a;
  std::optional<double> max_discharge_current_a;
  bool stop_when_lost = false;        ///< neither charge nor discharge while one is lost
  std::chrono::seconds keep_lost{0};  ///< so long one counts as if it were there
};

/// What is known of the bank besides its members.
struct BankMoment {
  std::optional<double> current_a;  ///< measured; positive is charging
  bool member_lost = false;
};

/// Makes one vote per limit of what the members of a bank tell.
///
/// A current is the least over the members of limit ÷ share, and never more than their sum. A
/// member that blocks carries no current, so the others decide; while current flows through it all
/// the same, it blocks the bank. Falls count at once, nothing rises before 30 s have passed. A
/// member that is lost does not add to what is allowed, and for ten minutes its last limits go on
/// to restrict it. Once a member told a limit, members that tell none and have none configured do
/// not carry current unguarded: 0.
class MemberLimits {
 public:
  explicit MemberLimits(MemberLimitRules rules) : rules_(rules) {}
  /// What is held stays as it is.
  void change_rules(MemberLimitRules rules) { rules_ = rules; }

  /// `members` are all that are heard. Without any the votes stay as they are. Returns whether
  /// remember() may say something new.
  bool update(std::span<const MemberSnapshot> members, const BankMoment& moment, Instant now);
  /// Is no member any more, and does not count as lost.
  template <typename Belongs>
  void keep_only(const Belongs& belongs) {
    std::erase_if(members_, [&](const auto& entry) { return !belongs(entry.first); });
  }

  /// Adds what must survive a restart.
  void remember(BankMemory& memory) const;
  /// Before the first update(): goes on as remembered.
  void resume(const BankMemory& memory, Instant now);

  std::span<const Vote> votes() const { return votes_; }
  /// A member gave a CVL at some time: the bank is a BMS.
  bool gives_voltage() const { return gives_voltage_; }
  /// One that was heard is not there, and counts still.
  bool has_lost() const;
  std::size_t blocking_charge() const { return charge_.blocking; }
  std::size_t blocking_discharge() const { return discharge_.blocking; }
  /// When update() can change by the mere passing of time.
  std::optional<Instant> deadline(Instant now) const;

 private:
  /// Charging or discharging, as one member sees it.
  struct Way {
    std::optional<double> limit_a;
    bool blocked = false;
    std::string why;  ///< it blocks
    MemberShare share;
    std::optional<Instant> flows_since;  ///< while it blocks
  };
  struct Member {
    std::string name;
    double capacity_ah = 1;
    std::optional<double> known_capacity_ah;
    std::optional<double> current_a;
    ChargeWish wish;
    Way charge;
    Way discharge;
    bool present = false;
    Instant lost_at{};
    bool remembered = false;  ///< and not heard in this run of the program
  };
  struct Direction {
    bool charging = true;
    bool told = false;  ///< a limit, by any member at any time
    std::size_t blocking = 0;
    LateRise rise = {};
  };
  struct Tally;

  void hear(const MemberSnapshot& snapshot);
  bool forget_lost(Instant now);
  bool counts(const Member& member, Instant now) const;
  void weigh(Direction& direction, const BankMoment& moment, Instant now);
  void watch_flow(Member& member, const Direction& direction, const BankMoment& moment,
                  Instant now) const;
  WantedLimit decide(Direction& direction, const BankMoment& moment, Instant now);
  void count_member(const Member& member, const Direction& direction, Instant now,
                    Tally& tally) const;
  void vote_current(Limit limit, Direction& direction, const BankMoment& moment, Instant now);
  void vote_voltage(Instant now);
  std::optional<double> configured_a(const Direction& direction) const;
  static Way& way(Member& member, const Direction& direction) {
    return direction.charging ? member.charge : member.discharge;
  }
  static const Way& way(const Member& member, const Direction& direction) {
    return direction.charging ? member.charge : member.discharge;
  }

  MemberLimitRules rules_;
  std::map<std::string, Member> members_;  ///< by id
  Direction charge_{.charging = true};
  Direction discharge_{.charging = false};
  ChargeVoltageRule voltage_rule_;
  LateRise voltage_rise_;
  bool gives_voltage_ = false;
  bool is_empty_ = true;
  std::vector<Vote> votes_;
};

}  // namespace dmb
