// SPDX-License-Identifier: MIT
#include "dmb/control/charge_voltage_rule.h"

#include "dmb/battery/letter_case.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <string_view>
#include <vector>

namespace dmb {
namespace {

constexpr std::chrono::seconds kStep{1};
/// What one step makes up for at most: after we stood still, nothing jumps.
constexpr double kMaxStepS = 5;
constexpr double kFallPerS = 0.010 / 55.2;  // of the voltage: 10 mV each second at 48 V
constexpr double kHighCellV = 0.050;
constexpr double kChargedCellV = 3.45;

bool says(const MemberSnapshot& member, std::string_view mode) {
  return to_lower(member.texts.charge_mode).find(mode) != std::string::npos;
}

bool warns(const MemberSnapshot& member, MemberQuantity alarm) {
  return member.values[alarm].value_or(0) > 0;
}

double cells_of(const ChargeWish& wish) {
  if (wish.cells && *wish.cells >= 1) return *wish.cells;
  return std::max(1.0, std::round(*wish.max_charge_voltage_v / kChargedCellV));
}

std::optional<double> lower(std::optional<double> a, double b) {
  return a ? std::min(*a, b) : b;
}

bool has_high_cell(const ChargeWish& wish, std::optional<double> bulk_v) {
  if (wish.voltage_alarm) return true;
  return bulk_v && wish.highest_cell_v &&
         *wish.highest_cell_v > *bulk_v / cells_of(wish) + kHighCellV;
}

}  // namespace

ChargeWish charge_wish(const MemberSnapshot& member) {
  const auto& voltage_v = member.values[q("/Info/MaxChargeVoltage")];
  return {.max_charge_voltage_v = voltage_v && *voltage_v > 0 ? voltage_v : std::nullopt,
          .highest_cell_v = member.values[q("/System/MaxCellVoltage")],
          .cells = member.values[q("/System/NrOfCellsPerBattery")],
          .in_float = says(member, "float"),
          .voltage_alarm = warns(member, q("/Alarms/HighVoltage")) ||
                           warns(member, q("/Alarms/HighCellVoltage"))};
}

std::optional<double> ChargeVoltageRule::update(std::span<const ChargeWish> wishes, Instant now) {
  std::optional<double> bulk_v;
  std::optional<double> float_v;
  bool all_in_float = true;
  for (const ChargeWish& wish : wishes) {
    if (!wish.max_charge_voltage_v) continue;
    auto& least_v = wish.in_float ? float_v : bulk_v;
    least_v = lower(least_v, *wish.max_charge_voltage_v);
    all_in_float = all_in_float && (wish.in_float || wish.lost);
  }
  all_in_float = all_in_float && float_v;
  const bool in_float_before = std::exchange(in_float_, all_in_float);
  if (all_in_float && !in_float_before && voltage_v_) stepped_at_ = now;
  if (!all_in_float) stepped_at_.reset();

  std::optional<double> least_v = bulk_v;
  for (const ChargeWish& wish : wishes) {
    const auto& wish_v = wish.max_charge_voltage_v;
    if (!wish_v || !wish.in_float) continue;
    const bool high = has_high_cell(wish, bulk_v ? bulk_v : voltage_v_);
    if (high && *wish_v < least_v.value_or(*wish_v + 1)) stepped_at_.reset();
    if (high || all_in_float) least_v = lower(least_v, *wish_v);
  }
  if (!least_v) return voltage_v_ = std::nullopt;
  return voltage_v_ = stepped_at_ ? ramp_to(*least_v, now) : *least_v;
}

double ChargeVoltageRule::ramp_to(double goal_v, Instant now) {
  double level_v = *voltage_v_;
  const auto since = now - *stepped_at_;
  if (since >= kStep) {
    const double seconds = std::min(std::chrono::duration<double>(since).count(), kMaxStepS);
    level_v -= kFallPerS * goal_v * seconds;
    stepped_at_ = now;
  }
  if (level_v > goal_v) return level_v;
  stepped_at_.reset();
  return goal_v;
}

std::optional<Instant> ChargeVoltageRule::next_change() const {
  return stepped_at_ ? std::optional(*stepped_at_ + kStep) : std::nullopt;
}

std::string bank_charge_mode(std::span<const MemberSnapshot> members) {
  std::vector<std::string> in_float;
  bool bulk = false;
  bool absorption = false;
  std::string other;
  for (const MemberSnapshot& member : members) {
    if (says(member, "float"))
      in_float.push_back(member.name);
    else if (says(member, "absorption"))
      absorption = true;
    else if (says(member, "bulk"))
      bulk = true;
    else if (!member.texts.charge_mode.empty())
      other = member.texts.charge_mode;
  }
  std::string mode = bulk ? "Bulk" : absorption ? "Absorption" : other;
  if (mode.empty()) return in_float.empty() ? "" : "Float";
  if (in_float.empty()) return mode;
  mode += " (";
  for (const std::string& name : in_float) mode += name + (name == in_float.back() ? "" : ", ");
  return mode + " in float)";
}

}  // namespace dmb
