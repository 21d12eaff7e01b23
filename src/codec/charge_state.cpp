// SPDX-License-Identifier: MIT
#include "charge_state.h"

#include "dmb/bank/member.h"
#include "dmb/battery/quantity.h"
#include "dmb/codec/text.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>

namespace dmb {
namespace {

using state_json::Json;
using state_json::number_at;
using state_json::object_at;
using state_json::whole_at;

constexpr std::array<std::string_view, 4> kPhases{"bulk", "absorption", "to_float", "float"};
constexpr std::int64_t kMaxMinutes = 10'080;  // a week
constexpr std::int64_t kMaxSeconds = 100'000;
constexpr double kMaxCellV = 5;
constexpr double kMaxAh = 1e6;
constexpr int kMaxTemperatures = 100;
constexpr std::int64_t kMaxDays = 100'000;  // since 1970: until the year 2243
constexpr std::size_t kMaxId = 1000;

Json encode(const PhaseMemory& phase) {
  Json out{{"name", kPhases[static_cast<std::size_t>(phase.phase)]}};
  if (phase.full_so_far.count() > 0) out["full_min"] = phase.full_so_far.count();
  if (phase.goal_v > 0) out["goal_v"] = phase.goal_v;
  if (phase.out_ah > 0) out["out_ah"] = phase.out_ah;
  return out;
}

Json encode(const SensorsSeen& seen) {
  Json out = Json::object();
  if (seen.cells > 0) out["cells"] = seen.cells;
  if (seen.in_series > 0) out["in_series"] = seen.in_series;
  if (seen.temperatures > 0) out["temperatures"] = seen.temperatures;
  if (seen.extremes) out["extremes"] = true;
  if (seen.mosfet) out["mosfet"] = true;
  return out;
}

Json encode(const ChargeMemory::Stop& stop) {
  return {{"active", stop.active}, {"delay_s", stop.delay.count()}};
}

PhaseMemory decode_phase(const Json& in) {
  PhaseMemory phase;
  const auto* found = std::ranges::find(kPhases, state_json::text_at(in, "name"));
  if (found == kPhases.end()) return phase;
  phase.phase = static_cast<ChargePhase>(found - kPhases.begin());
  phase.full_so_far = std::chrono::minutes(whole_at(in, "full_min", kMaxMinutes));
  phase.goal_v = number_at(in, "goal_v", kMaxCellV).value_or(0);
  phase.out_ah = number_at(in, "out_ah", kMaxAh).value_or(0);
  return phase;
}

KnownSensors::ById decode_sensors(const Json& in) {
  KnownSensors::ById all;
  for (const auto& [id, seen] : in.items()) {
    if (!seen.is_object() || all.size() >= kMaxMembersSeen) continue;
    if (id.size() > kMaxId || !is_bus_text(id)) continue;
    all[id] = {.cells = static_cast<int>(whole_at(seen, "cells", kMaxCells)),
               .in_series = static_cast<int>(whole_at(seen, "in_series", kMaxCells)),
               .temperatures = static_cast<int>(whole_at(seen, "temperatures", kMaxTemperatures)),
               .extremes = state_json::is_true_at(seen, "extremes"),
               .mosfet = state_json::is_true_at(seen, "mosfet")};
  }
  return all;
}

std::optional<ChargeMemory::Stop> stop_at(const Json& in, const char* key) {
  const auto found = in.find(key);
  if (found == in.end()) return std::nullopt;
  if (!found->is_object()) return ChargeMemory::Stop{true, std::chrono::seconds(0)};
  const auto active = found->find("active");
  const bool over = active != found->end() && *active == false;
  return ChargeMemory::Stop{!over, std::chrono::seconds(whole_at(*found, "delay_s", kMaxSeconds))};
}

}  // namespace

Json encode_charge(const ChargeMemory& charge) {
  Json out{{"phase", encode(charge.phase)}};
  for (const auto& [id, seen] : charge.sensors)
    if (seen != SensorsSeen{}) out["sensors"][id] = encode(seen);
  if (charge.too_high) out["too_high"] = encode(*charge.too_high);
  if (charge.too_low) out["too_low"] = encode(*charge.too_low);
  if (charge.soc_reached) out["soc_reached"] = true;
  if (charge.full_wanted) out["full_wanted"] = true;
  if (charge.wire_drop_per_cell_v > 0) out["wire_drop_per_cell_v"] = charge.wire_drop_per_cell_v;
  if (charge.balanced) out["balanced_day"] = charge.balanced->time_since_epoch().count();
  return out;
}

ChargeMemory decode_charge(const Json& in) {
  ChargeMemory charge;
  if (const Json* phase = object_at(in, "phase")) charge.phase = decode_phase(*phase);
  if (const Json* sensors = object_at(in, "sensors")) charge.sensors = decode_sensors(*sensors);
  charge.too_high = stop_at(in, "too_high");
  charge.too_low = stop_at(in, "too_low");
  charge.soc_reached = state_json::is_true_at(in, "soc_reached");
  charge.full_wanted = state_json::is_true_at(in, "full_wanted");
  charge.wire_drop_per_cell_v =
      number_at(in, "wire_drop_per_cell_v", WireDrop::kMostPerCellV).value_or(0);
  if (const auto day = whole_at(in, "balanced_day", kMaxDays); day > 0)
    charge.balanced = std::chrono::sys_days(std::chrono::days(day));
  return charge;
}

}  // namespace dmb
