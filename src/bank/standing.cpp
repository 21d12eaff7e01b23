// SPDX-License-Identifier: MIT
#include "dmb/bank/standing.h"

#include "dmb/battery/charge_voltage.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace dmb {
namespace {

using Members = std::span<MemberSnapshot>;

constexpr MemberQuantity kVoltage = q("/Dc/0/Voltage");
constexpr MemberQuantity kCurrent = q("/Dc/0/Current");
constexpr MemberQuantity kConnected = q("/Connected");

constexpr auto kAlarms = std::span(kStandingItems).subspan<3>();

constexpr double kLowestShareOfMedian = 0.75;
constexpr double kHighestShareOfMedian = 1.33;
constexpr double kTolerance = 0.04;  // of the median, for wires and calibration
constexpr double kNoCurrentA = 0.5;

double voltage_of(const MemberSnapshot& member) {
  return *member.values[kVoltage];
}

bool carries_current(const MemberSnapshot& member) {
  return std::fabs(member.values[kCurrent].value_or(0)) > kNoCurrentA;
}

/// All are looked at with each voltage that anybody tells.
Standing first_look(const MemberSnapshot& member, const StandingRules& rules) {
  const auto& off = rules.switched_off;
  if (!off.empty() && off.contains(member.id)) return Standing::switched_off;
  if (member.values[kConnected] == 0) return Standing::not_connected;
  if (!member.values[kVoltage]) return Standing::no_voltage;
  if (rules.by_limits && member.fault != Standing::counted) return member.fault;
  const bool told = std::ranges::any_of(
      kAlarms, [&member](MemberQuantity alarm) { return member.values[alarm].has_value(); });
  return rules.alarms_needed && !told ? Standing::no_alarms : Standing::counted;
}

bool fits(double voltage_v, double median_v) {
  return voltage_v >= kLowestShareOfMedian * median_v &&
         voltage_v <= kHighestShareOfMedian * median_v;
}

bool is_near(double voltage_v, double median_v) {
  return std::fabs(voltage_v - median_v) <= kTolerance * median_v;
}

/// Those that count as yet, by voltage.
std::vector<MemberSnapshot*> counted(Members members) {
  std::vector<MemberSnapshot*> all;
  for (MemberSnapshot& member : members)
    if (member.standing == Standing::counted) all.push_back(&member);
  std::ranges::sort(all, {}, [](const MemberSnapshot* member) { return voltage_of(*member); });
  return all;
}

using ByVoltage = std::span<MemberSnapshot* const>;

double capacity_of(ByVoltage half) {
  double sum_ah = 0;
  for (const MemberSnapshot* member : half) sum_ah += member->capacity_ah.value_or(0);
  return sum_ah;
}

/// Two banks of equally many shunts: the one whose voltage the configured charge voltage fits, else
/// the bigger one, else that of the higher voltage.
bool lower_half_is_meant(ByVoltage all, const StandingRules& rules) {
  const std::size_t half = all.size() / 2;
  if (rules.max_charge_voltage_v) {
    const double cvl_v = *rules.max_charge_voltage_v;
    const bool lower = charge_voltage_fits(cvl_v, voltage_of(*all[half - 1]));
    if (lower != charge_voltage_fits(cvl_v, voltage_of(*all[half]))) return lower;
  }
  return capacity_of(all.first(half)) > capacity_of(all.subspan(half));
}

double median_v(ByVoltage all, const StandingRules& rules) {
  const std::size_t half = all.size() / 2;
  const double upper_v = voltage_of(*all[half]);
  if (all.size() % 2 == 1) return upper_v;
  const double lower_v = voltage_of(*all[half - 1]);
  const double mean_v = (lower_v + upper_v) / 2;
  if (fits(lower_v, mean_v) && fits(upper_v, mean_v)) return mean_v;
  return lower_half_is_meant(all, rules) ? lower_v : upper_v;
}

void judge_disconnected(ByVoltage all, double median_v) {
  const bool any_current = std::ranges::any_of(
      all, [](const MemberSnapshot* member) { return carries_current(*member); });
  for (MemberSnapshot* member : all)
    if (!carries_current(*member) && !is_near(voltage_of(*member), median_v))
      member->standing = Standing::disconnected;
  const bool nobody_left = std::ranges::none_of(
      all, [](const MemberSnapshot* member) { return member->standing == Standing::counted; });
  if (any_current || !nobody_left) return;
  const double highest_v = voltage_of(*all.back());
  for (MemberSnapshot* member : all)
    if (is_near(voltage_of(*member), highest_v)) member->standing = Standing::counted;
}

}  // namespace

void judge(Members members, const StandingRules& rules) {
  double lowest_v = std::numeric_limits<double>::infinity();
  double highest_v = 0;
  for (MemberSnapshot& member : members) {
    member.standing = first_look(member, rules);
    if (member.standing != Standing::counted) continue;
    lowest_v = std::min(lowest_v, voltage_of(member));
    highest_v = std::max(highest_v, voltage_of(member));
  }
  // Almost always: then nobody can be off the median, wherever it is.
  if (highest_v <= (1 + kTolerance) * lowest_v) return;

  auto all = counted(members);
  const double first_median_v = median_v(all, rules);
  std::erase_if(all, [first_median_v](MemberSnapshot* member) {
    const bool other = !fits(voltage_of(*member), first_median_v);
    if (other) member->standing = Standing::other_bank;
    return other;
  });
  judge_disconnected(all, median_v(all, rules));
}

std::string_view describe(Standing standing) {
  switch (standing) {
    case Standing::disconnected:
      return "its battery is disconnected from the others: it carries no current, and its voltage "
             "is not theirs";
    case Standing::not_connected:
      return "it says that it is not connected";
    case Standing::no_voltage:
      return "it tells no voltage";
    case Standing::no_alarms:
      return "it tells no alarm, so it guards nothing";
    case Standing::switched_off:
      return "it is switched off on the GX";
    case Standing::other_bank:
      return "its voltage does not fit the others': it belongs to another bank";
    case Standing::bms_not_heard:
      return "its BMS is not heard any more (cable alarm)";
    case Standing::no_limit:
      return "it tells no limit any more";
    case Standing::charge_voltage_misfit:
      return "its charge voltage cannot be its own: it does not fit its measured voltage";
    case Standing::counted:
      break;
  }
  return "";
}

}  // namespace dmb
