// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/member_role.h"
#include "dmb/bank/shunt_selection.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dmb {

/// What a [BANK] says of who takes part. An entry is the label of a [BATTERY] of the config, or one
/// as of is_named(); one of `members` may be a kind as well: serialbattery, can, lynx, bmv,
/// smartshunt, or mqtt, which is every [BATTERY]. A label wins over all else that an entry may
/// mean.
struct MemberChoice {
  struct Pair {
    std::string battery;
    std::string shunt;
    bool operator==(const Pair&) const = default;
  };

  /// Empty: every battery that is no aggregate and no mere monitor.
  std::vector<std::string> members = {};
  std::string shunt = {};  ///< of the whole bank; empty: none
  std::vector<Pair> pairs = {};
  std::vector<std::string> labels = {};  ///< of all [BATTERY]s of the config
  std::string process_name = {};         ///< of this driver, as it publishes it
  bool operator==(const MemberChoice&) const = default;
};

/// Who may take part.
struct BankCandidate {
  const ServiceIdentity& identity;
  /// Of a [BATTERY] of this process: its label; empty: it is that of [MQTT]. nullopt: a service of
  /// another program.
  std::optional<std::string_view> own_label = {};
};

struct Chosen {
  Membership membership = Membership::undecided;
  MemberPlace place = {};  ///< of a member only
  bool operator==(const Chosen&) const = default;
};

/// Whether and as what it takes part. An aggregate, and what another instance of this driver shows,
/// does so only where an entry names it; a monitor where an entry names it or its kind. What is
/// named for the bank's shunt or for a pair's is that, and no member, whatever else names it; what
/// is named for a pair's battery is a member.
Chosen choose(const BankCandidate& candidate, const MemberChoice& choice);

/// Whether `entry` of the choice means it, by whatever it can mean. Of a kind: also where it does
/// not take part.
bool is_meant(const BankCandidate& candidate, std::string_view entry, const MemberChoice& choice);

/// Whether an entry can mean batteries of this process only.
bool is_of_own(std::string_view entry, const MemberChoice& choice);

/// Whether an entry is a kind; in any case.
bool is_kind(std::string_view entry);

/// Whether it is computed from other batteries: it says so, or it is one of the programs that are
/// known to add up batteries.
bool is_aggregate(const ServiceIdentity& identity);

}  // namespace dmb
