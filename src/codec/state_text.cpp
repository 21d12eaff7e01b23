// SPDX-License-Identifier: MIT
#include "dmb/codec/state_text.h"

#include "charge_state.h"
#include "dmb/bank/member.h"
#include "kept_state.h"
#include "publish_state.h"
#include "state_json.h"

#include <algorithm>
#include <utility>

namespace dmb {
namespace {

using state_json::Json;
using state_json::number_at;
using state_json::object_at;
using state_json::text_at;
using state_json::whole_at;

constexpr int kVersion = 1;
constexpr std::int64_t kMaxHours = 10'000;
constexpr std::int64_t kMaxSeconds = 100'000;
constexpr double kMaxVolts = 1000;
constexpr double kMaxAmps = 1e6;

Json encode(StopCauses causes) {
  Json out = Json::array();
  for (std::size_t cause = 0; cause < stop_cause_count; ++cause)
    if (causes[cause]) out.push_back(kStopCauseWords[cause]);
  return out;
}

Json encode(const BankMemory::Shunt& shunt) {
  Json out{{"id", shunt.id}, {"name", shunt.name}};
  if (shunt.capacity_ah) out["capacity_ah"] = *shunt.capacity_ah;
  if (shunt.away.count() > 0) out["away_h"] = shunt.away.count();
  if (shunt.causes.any()) out["stops"] = encode(shunt.causes);
  return out;
}

Json encode(const std::vector<MemberStop>& members) {
  Json out = Json::array();
  for (const auto& [name, causes, heard] : members)
    if (out.size() < kMaxShuntsRemembered)
      out.push_back({{"name", name}, {"stops", encode(causes)}, {"heard", heard}});
  return out;
}

Json encode(const BankMemory::Direction& direction) {
  Json out = Json::object();
  if (const auto& stop = direction.stop)
    out["stop"] = {{"active", stop->active},
                   {"delay_s", stop->delay.count()},
                   {"members", encode(stop->members)}};
  if (const auto& share = direction.share)
    out["share"] = {{"present", share->present}, {"delay_s", share->delay.count()}};
  if (const auto& held = direction.held)
    out["held"] = {{"current_a", held->current_a}, {"delay_s", held->delay.count()}};
  return out;
}

Json encode(const BankMemory::LastLimits& last) {
  Json out{{"id", last.id}, {"name", last.name}};
  if (last.max_charge_voltage_v) out["charge_v"] = *last.max_charge_voltage_v;
  if (last.charge_a) out["charge_a"] = *last.charge_a;
  if (last.discharge_a) out["discharge_a"] = *last.discharge_a;
  return out;
}

Json encode(const BankMemory& bank) {
  Json out{{"heard_together", bank.heard_together}, {"shunts", Json::array()}};
  for (const BankMemory::Shunt& shunt : bank.shunts) out["shunts"].push_back(encode(shunt));
  if (bank.charge != BankMemory::Direction{}) out["charge"] = encode(bank.charge);
  if (bank.discharge != BankMemory::Direction{}) out["discharge"] = encode(bank.discharge);
  for (const BankMemory::LastLimits& last : bank.last_limits)
    out["last_limits"].push_back(encode(last));
  if (bank.right_charge_voltage_v) out["right_charge_voltage_v"] = *bank.right_charge_voltage_v;
  return out;
}

StopCauses causes_at(const Json& in) {
  StopCauses causes;
  const auto found = in.find("stops");
  if (found == in.end() || !found->is_array()) return causes;
  for (std::size_t cause = 0; cause < stop_cause_count; ++cause)
    causes[cause] = std::find(found->begin(), found->end(), kStopCauseWords[cause]) != found->end();
  return causes;
}

BankMemory::Shunt decode_shunt(const Json& in) {
  constexpr double kMaxAh = 1e6;
  auto capacity_ah = number_at(in, "capacity_ah", kMaxAh);
  if (capacity_ah && *capacity_ah <= 0) capacity_ah.reset();
  return {.id = text_at(in, "id"),
          .name = text_at(in, "name"),
          .capacity_ah = capacity_ah,
          .causes = causes_at(in),
          .away = std::chrono::hours(whole_at(in, "away_h", kMaxHours))};
}

std::vector<MemberStop> members_at(const Json& stop) {
  std::vector<MemberStop> members;
  const auto found = stop.find("members");
  if (found == stop.end() || !found->is_array()) return members;
  for (const Json& in : *found) {
    if (!in.is_object() || members.size() >= kMaxShuntsRemembered) continue;
    members.push_back({text_at(in, "name"), causes_at(in), state_json::is_true_at(in, "heard")});
    if (members.back().causes.none()) members.pop_back();
  }
  return members;
}

/// One that is damaged counts as active, or as nothing present: it may have been.
BankMemory::Direction decode_direction(const Json& bank, const char* key) {
  BankMemory::Direction direction;
  const Json* in = object_at(bank, key);
  if (in == nullptr) return direction;
  const auto delay = [](const Json& of) {
    return std::chrono::seconds(whole_at(of, "delay_s", kMaxSeconds));
  };
  if (const Json* stop = object_at(*in, "stop")) {
    const auto active = stop->find("active");
    const bool over = active != stop->end() && *active == false;
    direction.stop = BankMemory::Stop{!over, delay(*stop), members_at(*stop)};
  }
  if (const Json* share = object_at(*in, "share"))
    direction.share = BankMemory::Share{number_at(*share, "present", 1).value_or(0), delay(*share)};
  if (const Json* held = object_at(*in, "held"))
    direction.held =
        BankMemory::Held{number_at(*held, "current_a", kMaxAmps).value_or(0), delay(*held)};
  return direction;
}

std::vector<BankMemory::LastLimits> last_limits_at(const Json& bank) {
  std::vector<BankMemory::LastLimits> all;
  const auto found = bank.find("last_limits");
  if (found == bank.end() || !found->is_array()) return all;
  for (const Json& in : *found) {
    if (!in.is_object() || all.size() >= kMaxShuntsRemembered) continue;
    auto voltage_v = number_at(in, "charge_v", kMaxVolts);
    if (voltage_v == 0) voltage_v.reset();
    all.push_back({text_at(in, "id"), text_at(in, "name"), voltage_v,
                   number_at(in, "charge_a", kMaxAmps), number_at(in, "discharge_a", kMaxAmps)});
    if (all.back().id.empty()) all.pop_back();
  }
  return all;
}

BankMemory decode_bank(const Json& in) {
  BankMemory bank{.heard_together = static_cast<std::size_t>(
                      whole_at(in, "heard_together", static_cast<std::int64_t>(kMaxMembersSeen))),
                  .shunts = {},
                  .charge = decode_direction(in, "charge"),
                  .discharge = decode_direction(in, "discharge"),
                  .right_charge_voltage_v = number_at(in, "right_charge_voltage_v", kMaxVolts),
                  .last_limits = last_limits_at(in)};
  const auto shunts = in.find("shunts");
  if (shunts == in.end() || !shunts->is_array()) return bank;
  for (const Json& shunt : *shunts) {
    if (!shunt.is_object() || bank.shunts.size() >= kMaxMembersSeen) continue;
    bank.shunts.push_back(decode_shunt(shunt));
    if (bank.shunts.back().id.empty()) bank.shunts.pop_back();
  }
  return bank;
}

}  // namespace

std::string encode_state(const State& state) {
  Json out{{"version", kVersion}, {"banks", Json::object()}};
  for (const auto& [name, bank] : state.banks) out["banks"][name] = encode(bank);
  for (const auto& [name, charge] : state.charge_controls)
    out["charge_controls"][name] = encode_charge(charge);
  for (const auto& [name, values] : state.settings) out["settings"][name] = encode_kept(values);
  if (!state.published.empty()) out["published"] = encode_published(state.published);
  return out.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// A file that an earlier version wrote says nothing of charge controls and settings.
std::optional<State> decode_state(std::string_view text) {
  const Json in = Json::parse(text, nullptr, false);
  if (!in.is_object() || whole_at(in, "version", kVersion + 1) != kVersion) return std::nullopt;
  const Json* banks = object_at(in, "banks");
  if (banks == nullptr) return std::nullopt;
  State state;
  for (const auto& [name, bank] : banks->items())
    if (bank.is_object()) state.banks[name] = decode_bank(bank);
  if (const Json* charge_controls = object_at(in, "charge_controls"))
    for (const auto& [name, charge] : charge_controls->items())
      if (charge.is_object()) state.charge_controls[name] = decode_charge(charge);
  if (const Json* settings = object_at(in, "settings"))
    for (const auto& [name, values] : settings->items())
      if (auto kept = decode_kept(values); !kept.empty()) state.settings[name] = std::move(kept);
  if (const Json* published = object_at(in, "published"))
    state.published = decode_published(*published);
  return state;
}

}  // namespace dmb
