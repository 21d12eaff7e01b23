// SPDX-License-Identifier: MIT
#include "dmb/bank/bank_hints.h"

#include "dmb/bank/standing.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

namespace dmb {
namespace {

using HintKind = BankHint::Kind;
using Members = std::span<const HintMember>;
using Number = std::optional<double>;

constexpr MemberQuantity kVoltage = q("/Dc/0/Voltage");
constexpr MemberQuantity kCurrent = q("/Dc/0/Current");
constexpr MemberQuantity kHasTemperature = q("/Settings/HasTemperature");
constexpr MemberQuantity kSoc = q("/Soc");
constexpr MemberQuantity kTimeToGo = q("/TimeToGo");
/// More kinds and names than any bank has; beyond, what is new is not told again.
constexpr std::size_t kMaxTold = 200;

const Number& value_of(const HintMember& member, MemberQuantity item) {
  return member.snapshot->values[item];
}

const std::string& name_of(const HintMember& member) {
  return member.snapshot->name;
}

bool tells_limits(const HintMember& member) {
  return value_of(member, q("/Info/MaxChargeCurrent")) ||
         value_of(member, q("/Info/MaxDischargeCurrent"));
}

/// The members with the highest and the lowest value, if two have one.
struct Extremes {
  bool any = false;
  std::string_view highest;
  std::string_view lowest;
  double high = 0;
  double low = 0;

  void add(const HintMember& member, const Number& value) {
    if (!value) return;
    if (!any || *value > high) highest = name_of(member), high = *value;
    if (!any || *value < low) lowest = name_of(member), low = *value;
    any = true;
  }
  double spread() const { return high - low; }
  BankHint hint(HintKind kind) const {
    return {kind, std::string(highest), std::string(lowest), high, low};
  }
};

}  // namespace

const std::vector<BankHint>& BankHints::look(const BankView& bank, Instant now) {
  hints_.clear();
  compare_soc(bank);
  compare_time_to_go(bank);
  compare_charged_voltage(bank);
  compare_capacity(bank);
  find_opposite(bank, now);
  find_missing_alarms(bank);
  list_others(bank);
  hints_.insert(hints_.end(), bank.composition.begin(), bank.composition.end());
  for (BankHint& hint : hints_) hint.of_batteries = bank.of_batteries;
  return hints_;
}

std::vector<BankHint> BankHints::take_new() {
  std::vector<BankHint> fresh;
  for (const BankHint& hint : hints_)
    if (told_.size() < kMaxTold && told_.emplace(hint.kind, hint.who, hint.other).second)
      fresh.push_back(hint);
  return fresh;
}

void BankHints::compare_soc(const BankView& bank) {
  Extremes soc;
  for (const HintMember& member : bank.members) soc.add(member, value_of(member, kSoc));
  if (soc.spread() > limits_.soc_percent) hints_.push_back(soc.hint(HintKind::soc_differs));
}

/// While all are discharged: at rest and while charging it says little. Batteries of any make work
/// it out in ways of their own.
void BankHints::compare_time_to_go(const BankView& bank) {
  if (bank.of_batteries) return;
  Extremes time;
  for (const HintMember& member : bank.members) {
    if (value_of(member, kCurrent).value_or(0) > -limits_.current_a) return;
    time.add(member, value_of(member, kTimeToGo));
  }
  if (time.spread() > limits_.time_to_go * time.high)
    hints_.push_back(time.hint(HintKind::time_to_go_differs));
}

void BankHints::compare_charged_voltage(const BankView& bank) {
  Extremes voltage;
  for (const HintMember& member : bank.members) voltage.add(member, member.charged_voltage_v);
  if (voltage.spread() >= limits_.charged_voltage_v)
    hints_.push_back(voltage.hint(HintKind::charged_voltage_differs));
}

void BankHints::compare_capacity(const BankView& bank) {
  if (!bank.total_capacity_ah || !bank.complete || bank.members.empty()) return;
  double sum_ah = 0;
  for (const HintMember& member : bank.members) {
    if (!member.snapshot->capacity_ah) return;
    sum_ah += *member.snapshot->capacity_ah;
  }
  if (std::fabs(*bank.total_capacity_ah - sum_ah) > limits_.capacity * sum_ah)
    hints_.push_back({HintKind::capacity_differs, "", "", bank.total_capacity_ah, sum_ah});
}

/// Of two, the smaller current is the odd one.
void BankHints::find_opposite(const BankView& bank, Instant now) {
  const auto before = std::exchange(opposite_since_, {});
  double sum_a = 0;
  for (const HintMember& member : bank.members) sum_a += value_of(member, kCurrent).value_or(0);
  for (const HintMember& odd : bank.members) {
    const double odd_a = value_of(odd, kCurrent).value_or(0);
    const bool all_others = std::ranges::all_of(bank.members, [&](const HintMember& other) {
      const double other_a = value_of(other, kCurrent).value_or(0);
      return &other == &odd ||
             (std::fabs(other_a) >= limits_.current_a && (other_a < 0) != (odd_a < 0));
    });
    const bool smaller = (sum_a < 0) != (odd_a < 0);
    if (bank.members.size() < 2 || std::fabs(odd_a) < limits_.current_a || !all_others || !smaller)
      continue;
    const auto known = before.find(odd.snapshot->id);
    const Instant since = known == before.end() ? now : known->second;
    opposite_since_[odd.snapshot->id] = since;
    if (now - since >= limits_.opposite_for)
      hints_.push_back({HintKind::current_opposite, name_of(odd), "", odd_a, sum_a - odd_a});
  }
}

void BankHints::find_missing_alarms(const BankView& bank) {
  if (!bank.stops_for_alarms) return;
  for (const HintMember& member : bank.members) {
    // What a BMS sees is in its limits.
    if (bank.of_batteries && tells_limits(member)) continue;
    const bool measures = value_of(member, kHasTemperature) != 0;
    std::string missing;
    for (const MemberQuantity alarm : kStopAlarms) {
      const std::string_view path = alarm.spec().path;
      if (value_of(member, alarm) || (!measures && path.ends_with("Temperature"))) continue;
      missing += (missing.empty() ? "" : ", ") + std::string(path);
    }
    if (!missing.empty())
      hints_.push_back(
          {HintKind::alarms_missing, name_of(member), missing, std::nullopt, std::nullopt});
  }
}

void BankHints::list_others(const BankView& bank) {
  for (const HintMember& member : bank.members)
    if (value_of(member, kVoltage) && !value_of(member, kSoc))
      hints_.push_back(
          {HintKind::not_synchronised, name_of(member), "", std::nullopt, std::nullopt});
  for (const std::string& name : bank.around.other_monitors)
    hints_.push_back({HintKind::monitor_not_counted, name, "", std::nullopt, std::nullopt});
  for (const std::string& entry : bank.around.unmatched_entries)
    hints_.push_back({HintKind::entry_matches_nothing, entry, "", std::nullopt, std::nullopt});
}

}  // namespace dmb
