// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/member.h"
#include "dmb/bank/temperature_danger.h"
#include "dmb/battery/time_to_go.h"

#include <bitset>
#include <cstdint>
#include <optional>
#include <span>

namespace dmb {

/// What the rules need to know besides the members.
struct AggregateRules {
  std::optional<double> total_capacity_ah;  ///< configured; wins over the members' sum
  TemperatureDanger danger = {};
  TimeToGoConfig time_to_go = {};  ///< the floor where no shunt's is known
};

/// The bank as one battery. nullopt: no member has a value for it; never 0 instead.
struct Aggregate {
  MemberValues values;
  MemberTexts texts;                              ///< ids of cells, with the member's name in front
  std::optional<double> capacity_ah;              ///< what is left
  std::optional<double> discharge_floor_percent;  ///< of the shunts, weighted by capacity
  std::optional<std::int32_t> time_to_go_s;       ///< to the floor, or to full, as of this moment
};

/// What a shunt measures for the whole bank; nullopt: as the members say.
struct BankMeasurement {
  std::optional<double> current_a = {};
  std::optional<double> soc_percent = {};
  std::optional<double> consumed_ah = {};              ///< never without a SoC
  std::optional<double> discharge_floor_percent = {};  ///< likewise
  bool operator==(const BankMeasurement&) const = default;
};

// One function per quantity that is more than a sum or an extreme. Each leaves out members without
// a value; without any it gives nullopt.

/// Of the members that are not disconnected: mean; the highest while one has a high-voltage alarm;
/// and while the bank is not charged the lowest while one has a low-voltage alarm, with both alarms
/// the one further from the bank's nominal voltage. systemcalc hands it to all chargers as what
/// they have to regulate by, and what is too low makes them charge more: so it is never below the
/// mean of the members that are charging.
std::optional<double> bank_voltage_v(std::span<const MemberSnapshot> members);
/// Sum, with voltage × current for a member that does not tell its power.
std::optional<double> bank_power_w(std::span<const MemberSnapshot> members);
/// Weighted by capacity; a member of unknown capacity counts as the mean of the known ones.
std::optional<double> weighted_mean(std::span<const MemberSnapshot> members, MemberQuantity item);
std::optional<double> bank_soc_percent(std::span<const MemberSnapshot> members);
/// The weight of a member whose capacity is not known: the mean of the known ones, or 1.
double usual_capacity_ah(std::span<const MemberSnapshot> members);
/// Mean; the coldest while one is below the cold limit, the hottest while one is above the hot one;
/// with both, the one further past its limit.
std::optional<double> bank_temperature_c(std::span<const MemberSnapshot> members,
                                         const AggregateRules& rules);
/// What a member measures with a sensor that it has: the input of a shunt may be set to something
/// else, and then the last temperature stays on the bus.
std::optional<double> member_temperature_c(const MemberSnapshot& member);
/// The lowest of the members that have a starter battery, which is one of more than 5 V: an open
/// input is none.
std::optional<double> bank_starter_voltage_v(std::span<const MemberSnapshot> members);
/// Configured, else the sum, but only when every member's is known.
std::optional<double> bank_capacity_ah(std::span<const MemberSnapshot> members,
                                       const AggregateRules& rules);

/// What of the members differs from when an Aggregate was computed.
struct StaleValues {
  std::bitset<kMemberQuantities> items;  ///< by place of MemberQuantity
  bool capacity = false;                 ///< MemberSnapshot::capacity_ah, or its floor
  bool texts = false;

  void note(MemberQuantity quantity) { items.set(quantity.place()); }
  bool has(MemberQuantity quantity) const { return items[quantity.place()]; }
  bool any() const { return capacity || texts || items.any(); }
  static StaleValues everything() { return {std::bitset<kMemberQuantities>().set(), true, true}; }
};

/// Computes anew only what depends on `stale`; the rest of `bank` must be of the same members.
void refresh(Aggregate& bank, std::span<const MemberSnapshot> members, const AggregateRules& rules,
             const StaleValues& stale);

/// The bank's SoC is known better than from `members` alone, and what follows from it.
void set_soc(Aggregate& bank, std::optional<double> soc_percent, const AggregateRules& rules);

/// What is measured, and what follows from it: power too, at the bank's voltage.
void set_measured(Aggregate& bank, const BankMeasurement& measured, const AggregateRules& rules);

/// What the bank's time to go is worked out from, and by which rules.
TimeToGoInputs time_to_go_inputs(const Aggregate& bank);
TimeToGoConfig time_to_go_config(const Aggregate& bank, const AggregateRules& rules);

/// All of it.
Aggregate aggregate(std::span<const MemberSnapshot> members, const AggregateRules& rules);

}  // namespace dmb
