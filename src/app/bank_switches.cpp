// SPDX-License-Identifier: MIT
#include "app/bank_app.h"
#include "dmb/bank/standing.h"

#include <algorithm>
#include <string_view>

namespace dmb {
namespace {

constexpr std::string_view kShunts = "relay_shunt_";
constexpr std::string_view kBatteries = "relay_member_";
constexpr std::string_view kServicePrefix = "com.victronenergy.battery.";

/// The last part of a service's name, which says to what port it is connected.
std::string port_of(const std::string& service) {
  return service.substr(service.rfind('.') + 1);
}

std::string without_prefix(const std::string& id) {
  return id.starts_with(kServicePrefix) ? id.substr(kServicePrefix.size()) : id;
}

}  // namespace

/// The switch of a SmartShunt has the name that the Python driver gives it: by its port, which
/// nobody knows of one that was never there.
SwitchOffer::Member BankApp::offered_member(const MemberSnapshot& member) {
  const std::string key =
      setup_.is_of_batteries() ? without_prefix(member.id) : port_of(member.service);
  if (switch_keys_.size() < kMaxMembersSeen) switch_keys_[member.id] = key;
  const bool is_there = is_heard(member.standing) || member.standing == Standing::switched_off;
  return {.id = member.id, .name = member.name, .key = key, .is_there = is_there};
}

std::optional<SwitchOffer> BankApp::switch_offer() {
  if (!setup_.switches) return std::nullopt;
  heard_at_offer_ = bank_.members().size();
  const bool limits = setup_.rules.bms && setup_.rules.control;
  SwitchOffer offer{.limits = limits,
                    .charge_control = limits && setup_.rules.charge,
                    .of_members = true,
                    .member_prefix = setup_.is_of_batteries() ? kBatteries : kShunts};
  if (limits) {
    offer.max_charge_current_a = setup_.rules.bms->max_charge_current_a;
    offer.max_discharge_current_a = setup_.rules.bms->max_discharge_current_a;
  }
  for (const MemberSnapshot& member : bank_.all()) offer.members.push_back(offered_member(member));
  for (const auto& [id, known] : bank_.known_members()) {
    if (std::ranges::find(bank_.all(), id, &MemberSnapshot::id) != bank_.all().end()) continue;
    if (setup_.is_of_batteries()) switch_keys_.try_emplace(id, without_prefix(id));
    const auto key = switch_keys_.find(id);
    if (key != switch_keys_.end())
      offer.members.push_back({.id = id, .name = known.name, .key = key->second});
  }
  return offer;
}

}  // namespace dmb
