// SPDX-License-Identifier: MIT
#pragma once

#include "dbus/bus.h"
#include "dmb/bank/measurement_graph.h"
#include "dmb/bank/member_choice.h"
#include "dmb/bank/member_news.h"
#include "dmb/bank/shunt_selection.h"
#include "runtime/loop.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dmb {

/// A battery service that is, or may be, a member.
struct SeenBattery {
  ServiceIdentity identity;
  std::string name;  ///< for people
  Membership membership = Membership::undecided;
  MemberPlace place = {};             ///< of a member of a bank
  std::string heard_at;               ///< another service that stands for the same battery
  bool tracked = false;               ///< that one is an aggregate that has it in its sum
  bool hung = false;                  ///< it owes an answer: not counted, or lost
  std::optional<Instant> last_heard;  ///< its last signal or answer
};

/// How long services are waited for.
struct WatchPatience {
  std::chrono::milliseconds answer = std::chrono::seconds(5);         ///< to one call
  std::chrono::milliseconds before_retry = std::chrono::seconds(10);  ///< of what failed
  /// Of a capacity register that did not tell, the first time; doubling to an hour.
  std::chrono::milliseconds before_register_retry = std::chrono::minutes(1);
  /// How long the last ones are still members while another one tells what it is.
  std::chrono::milliseconds exchange{100};
  /// How long a member may neither send nor answer anything before it counts as lost; 0: for ever.
  std::chrono::milliseconds silence = std::chrono::minutes(3);

  /// Until an entry of the rules that named nothing is said to be of no use.
  std::chrono::milliseconds before_unmatched = std::chrono::minutes(1);

  /// A member that is silent for so long is asked whether it lives, and again each time.
  std::chrono::milliseconds before_question() const {
    return std::min<std::chrono::milliseconds>(std::chrono::minutes(1), silence / 3);
  }
  /// How long the last question must have been open before its member is lost.
  std::chrono::milliseconds to_question() const { return std::min(answer, before_question()); }
};

/// Which services are watched, and what for.
struct WatchRules {
  std::vector<std::string> own_services;   ///< bus names that are ours and never members
  std::vector<std::string> excluded = {};  ///< entries as of is_named()
  std::vector<std::string> included = {};
  bool read_registers = false;
  WatchPatience patience = {};
  /// Set: whatever it chooses takes part. Else SmartShunts do, and what is included.
  std::optional<MemberChoice> bank = {};
};

/// Finds every battery on the bus that takes part (membership(); docs/behaviour.md, "Members of a
/// bank") and follows all that the table of quantities knows of it; of a SmartShunt it reads the
/// registers as well. Event driven: NameOwnerChanged and one ListNames, one GetItems per service
/// (GetValue on "/" where there is no GetItems), then both kinds of signals. All calls are
/// asynchronous with a time-out; a service that hangs or sends nonsense delays and harms nobody.
/// Memory per service is bounded.
///
/// Owning a name is no life: a program may stand still, and what it measured last must not stay
/// true for ever. A silent member is asked one cheap question from time to time; one that answers
/// is merely quiet, one that does not is lost until it answers, and is then read anew.
class BatteryWatcher {
 public:
  /// Called at most once per turn, after members or their values changed, and once when
  /// looked_round() becomes true. Must not destroy the watcher.
  using Changed = std::function<void(const MemberNews&)>;

  /// `bus` must outlive it. Nothing is called from within the constructor.
  BatteryWatcher(Bus& bus, WatchRules rules, Changed changed);
  ~BatteryWatcher();
  BatteryWatcher(const BatteryWatcher&) = delete;
  BatteryWatcher& operator=(const BatteryWatcher&) = delete;

  /// In force at once; what is known stays known.
  void change_rules(WatchRules rules);

  /// Asks again who is there, and everybody who is not followed what he is; those that are
  /// followed tell what is new by themselves.
  void look_again();

  /// Present members, in the order of their service names; those of a bank by role and position
  /// first. Valid until the loop goes on.
  std::span<const WatchedMember> members() const;

  /// Whether the first look round has ended: every service that was there at start has answered or
  /// timed out, or left. Registers may still be on their way.
  bool looked_round() const;

  /// All services that are looked at, as what they measure; `is_member` are the members of a bank
  /// that are no mere shunts to it, whether or not another one stands for them.
  std::vector<MeasurementNode> nodes() const;

  /// Everything that has to do with SmartShunts, and other monitors that might be included; for a
  /// bank every battery service. In the order of the service names; for the status.
  std::vector<SeenBattery> seen() const;

  /// Entries that have named nothing so far, those that mean batteries of this process aside; none
  /// before they had a minute.
  std::vector<std::string> unmatched() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dmb
