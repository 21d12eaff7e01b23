// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/aggregate.h"
#include "dmb/bank/bank_hints.h"
#include "dmb/bank/member.h"
#include "dmb/bank/member_role.h"
#include "dmb/bank/temperature_danger.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace dmb {

/// A battery of a bank and the shunt that measures for it, as the config names them.
struct PairNames {
  std::string battery;
  std::string shunt;
  bool operator==(const PairNames&) const = default;
};

/// What a bank's members are made of. The default: each battery is a member.
struct CompositionRules {
  std::vector<PairNames> pairs = {};
  std::size_t series = 1;       ///< so many batteries, by their position, make a string
  std::string bank_shunt = {};  ///< as the config names it; empty: none

  bool is_plain() const { return pairs.empty() && series <= 1 && bank_shunt.empty(); }
  bool operator==(const CompositionRules&) const = default;
};

/// Makes the members of a bank out of its parts: batteries, shunts that measure for one of them or
/// for all, strings of batteries in series. No part counts twice.
///
/// A pair is its battery, with voltage, current, power, SoC and ampere-hours as the shunt measures
/// them, and what the battery does not tell from the shunt; an alarm of either counts. Without the
/// shunt, or while that measures nothing, it is the battery as that says itself. A shunt without
/// its battery is nothing: it has no limits. Where several claim one pair the least id has it.
///
/// Position / series is the number of a battery's string. In a string voltages add up, a current or
/// ampere-hours are the mean, a current limit and the capacity the least. One that does not have
/// exactly one battery at each of its positions is a member without any value: what is known of it
/// is that it is missing.
class Composition {
 public:
  explicit Composition(CompositionRules rules = {}, TemperatureDanger danger = {})
      : rules_(std::move(rules)), danger_(danger) {}

  /// Parts came or went.
  void arrange(std::span<const MemberSnapshot> parts, std::span<const MemberPlace> places);

  /// How many members there are.
  std::size_t size() const { return members_.size(); }
  /// `parts` are those that were arranged, with what they tell now.
  MemberSnapshot member(std::size_t index, std::span<const MemberSnapshot> parts) const;
  std::vector<MemberSnapshot> members(std::span<const MemberSnapshot> parts) const;
  /// Which of the members a part belongs to; nullopt: none.
  std::optional<std::size_t> member_of(std::size_t part) const { return member_of_[part]; }
  BankMeasurement measurement(std::span<const MemberSnapshot> parts) const;

  /// What a person should look at: who is missing of it, and what stands in.
  std::vector<BankHint> hints(std::span<const MemberSnapshot> parts) const;

 private:
  struct Battery {
    std::size_t part = 0;
    std::optional<std::size_t> shunt;  ///< the part that measures for it
  };
  struct Member {
    std::vector<Battery> batteries;  ///< by position
    bool complete = true;            ///< nobody is missing in the string
  };

  using Parts = std::span<const MemberSnapshot>;
  using Places = std::span<const MemberPlace>;

  void find_shunts(Parts parts, Places places);
  void find_pairs(Parts parts, Places places);
  void make_strings(Parts parts, Places places);
  void note_members();
  MemberSnapshot battery(const Battery& battery, Parts parts) const;
  void hint_pairs(Parts parts, std::vector<BankHint>& hints) const;

  CompositionRules rules_;
  TemperatureDanger danger_;
  std::vector<Member> members_;
  std::vector<std::optional<std::size_t>> member_of_;  ///< by part
  struct Pair {
    std::optional<std::size_t> battery;  ///< the part
    std::optional<std::size_t> shunt;
  };
  std::vector<Pair> pairs_;                ///< as in the rules
  std::optional<std::size_t> bank_shunt_;  ///< the part
};

}  // namespace dmb
