// SPDX-License-Identifier: MIT
#include "our_control.h"

#include "dmb/control/charge_stop.h"
#include "dmb/control/told_limits.h"
#include "known_contenders.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

namespace dmb::sim {
namespace {

constexpr double kTimeoutS = 60;

Instant instant_at(double now_s) {
  return Instant(std::chrono::hours(1) +
                 std::chrono::milliseconds(static_cast<std::int64_t>(now_s * 1000)));
}

double rounded(double value, double steps) {
  return std::round(value * steps) / steps;
}

PackCells told(const Measured& measured, const std::string& name) {
  PackCells pack(name, name);
  int number = 0;
  for (const auto& cell_v : measured.cells_v) {
    ++number;
    if (cell_v) pack.add_cell(number, rounded(*cell_v, 1000));
  }
  if (measured.temperature_c) pack.add_temperature(rounded(*measured.temperature_c, 10), "T1");
  pack.set_voltage(rounded(measured.voltage_v, 100));
  return pack;
}

}  // namespace

ChargeRules our_rules() {
  ChargeRules rules;
  rules.max_charge_current_a = kMaxChargeA;
  rules.max_discharge_current_a = kMaxDischargeA;
  return rules;
}

OurControl::OurControl(ChargeRules rules, double soc_percent)
    : rules_(std::move(rules)), control_(rules_), soc_percent_(soc_percent) {}

OurControl::Known OurControl::look(const Seen& seen) const {
  Known known;
  double sum_v = 0;
  double sum_a = 0;
  int number = 0;
  for (const Measured& measured : seen.packs) {
    ++number;
    known.capacity_ah += measured.capacity_ah;
    if (seen.now_s - measured.told_s >= kTimeoutS) continue;
    known.told_at = std::max(known.told_at.value_or(Instant{}), instant_at(measured.told_s));
    known.packs.push_back(told(measured, "Pack" + std::to_string(number)));
    sum_v += rounded(measured.voltage_v, 100);
    sum_a += rounded(measured.current_a, 10);
  }
  if (known.packs.empty()) return known;
  known.voltage_v = sum_v / static_cast<double>(known.packs.size());
  known.current_a = sum_a;
  return known;
}

/// As a BMS does that is not told when the battery is full.
void OurControl::count(const Known& known, double now_s) {
  const double passed_s = now_s - std::exchange(counted_s_, now_s).value_or(now_s);
  const double in_ah = known.current_a.value_or(0) * passed_s / 3600;
  soc_percent_ = std::clamp(soc_percent_ + 100 * in_ah / known.capacity_ah, 0.0, 100.0);
}

Answer OurControl::update(const Seen& seen) {
  const Instant now = instant_at(seen.now_s);
  const Known known = look(seen);
  count(known, seen.now_s);
  std::vector<Vote> votes = other_votes_;
  if (known.voltage_v) {
    last_voltage_v_ = known.voltage_v;
    control_.update({.packs = known.packs,
                     .voltage_v = known.voltage_v,
                     .current_a = known.current_a,
                     .capacity_ah = known.capacity_ah,
                     .soc_percent = rounded(soc_percent_, 10),
                     .charger_v = seen.charger_v,
                     .told_at = known.told_at},
                    now);
    votes.insert(votes.end(), control_.votes().begin(), control_.votes().end());
  } else {
    std::optional<double> ceiling_v;
    if (last_voltage_v_) ceiling_v = blind_stop_voltage_v(*last_voltage_v_);
    vote_silence(guard_.state(), ceiling_v, false, votes);
  }
  const LimitState& shown = guard_.update(votes,
                                          {.voltage_v = known.voltage_v,
                                           .current_a = known.current_a,
                                           .capacity_ah = known.capacity_ah,
                                           .cells = control_.cells().cells,
                                           .current_at = known.told_at},
                                          now);
  return {.limits = {.cvl_v = shown.max_charge_voltage.value.value_or(0),
                     .ccl_a = shown.max_charge_current.value.value_or(0),
                     .dcl_a = shown.max_discharge_current.value.value_or(0)},
          .mode = control_.charge_mode()};
}

void OurControl::restart(double now_s) {
  const Instant now = instant_at(now_s);
  const ChargeMemory memory = control_.memory(now);
  control_ = ChargeControl(rules_);
  control_.resume(memory, now);
  guard_ = {};
}

Contender our_control() {
  return {
      "ours", [](const Scenario& scenario) {
        return std::make_unique<OurControl>(
            our_rules(),
            std::clamp(100 * scenario.site.packs[0].soc + scenario.soc_error_percent, 0.0, 100.0));
      }};
}

}  // namespace dmb::sim
