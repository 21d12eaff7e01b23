// SPDX-License-Identifier: MIT
#include "app/bank_app.h"
#include "dmb/bank/standing.h"
#include "dmb/battery/quantity.h"
#include "sources/bus/member_rules.h"
#include "status_parts.h"

#include <algorithm>
#include <string_view>

namespace dmb {
namespace {

std::string why_not(const SeenBattery& seen, std::span<const MemberSnapshot> shunts) {
  if (!seen.heard_at.empty()) return "it is the same shunt as " + seen.heard_at;
  if (seen.hung) return "it does not answer";
  const auto shunt = std::ranges::find(shunts, seen.identity.service, &MemberSnapshot::service);
  if (shunt != shunts.end()) return std::string(describe(shunt->standing));
  switch (seen.membership) {
    case Membership::no_shunt:
      return "it is no SmartShunt; include_shunts brings it in";
    case Membership::excluded:
      return "exclude_shunts names it";
    case Membership::derived:
      return "it is computed from other batteries";
    default:
      return "it has not said yet what it is";
  }
}

std::string_view words(CapacityOrigin origin) {
  switch (origin) {
    case CapacityOrigin::shunt_register:
      return "from its own settings";
    case CapacityOrigin::installed_item:
      return "from its /InstalledCapacity";
    case CapacityOrigin::estimate:
      return "from consumed Ah and SoC";
    case CapacityOrigin::unknown:
      break;
  }
  return "";
}

}  // namespace

std::string BankApp::why_not_counted(const SeenBattery& seen) const {
  const std::string stand_in = members_.stand_in_of(seen.identity.service);
  if (!stand_in.empty()) return stand_in + " stands for the same battery";
  if (!setup_.is_of_batteries()) return why_not(seen, bank_.all());
  if (seen.tracked) return seen.heard_at + " has it in its sum";
  if (!seen.heard_at.empty()) return seen.heard_at + " stands for the same battery";
  if (seen.hung) return "it does not answer";
  if (seen.membership == Membership::member && seen.place.role != MemberRole::member)
    return "it measures for others, and is no member of its own";
  const auto told = member_rules::why_not(seen.membership);
  if (!told.empty()) return std::string(told);
  if (seen.membership == Membership::not_named) return "no entry of members names it";
  return why_not(seen, bank_.all());
}

status::AggregateStatus BankApp::status(Instant now) const {
  status::AggregateStatus status{
      .name = setup_.description.device_name,
      .of_batteries = setup_.is_of_batteries(),
      .virtual_bms = setup_.is_of_batteries() ? bank_.shows_limits() : bank_.is_bms(),
      .service = host_.service()->status(),
      .looked_round = watcher_.looked_round(),
      .lost = static_cast<std::int64_t>(bank_.lost()),
      .missing = missing_members(),
      .holding = bank_.phase() == BankLife::Phase::holding};
  const std::span<const WatchedMember> members = members_.all();
  for (std::size_t i = 0; i < members.size(); ++i) {
    const auto index = bank_.member_of_part(i);
    if (!index || members[i].place.role != MemberRole::member) continue;
    const MemberSnapshot& member = bank_.all()[*index];
    if (is_heard(member.standing))
      status.members.push_back(member_status(members[i]));
    else if (own_.values_of(members[i].snapshot.id) != nullptr)
      status.not_counted.push_back({.service = members[i].snapshot.service,
                                    .name = members[i].snapshot.name,
                                    .why = std::string(describe(member.standing))});
  }
  for (const BatteryApp* battery : own_.absent())
    status.not_counted.push_back({.service = {},
                                  .name = battery->config().device_name,
                                  .why = "no message tells that it is alive"});
  for (const SeenBattery& seen : watcher_.seen()) {
    const auto member = std::find_if(
        status.members.begin(), status.members.end(),
        [&seen](const status::MemberStatus& m) { return m.service == seen.identity.service; });
    if (member == status.members.end()) {
      status.not_counted.push_back(
          {seen.identity.service, seen.name, why_not_counted(seen), seen.hung});
    } else {
      member->instance = seen.identity.device_instance;
      member->last_signal_age_s = age_s(seen.last_heard, now).value_or(0);
    }
  }
  status.limits.switches = panel_.summary();
  status.hints = bank_.hints(surroundings(), now);
  if (!controls()) status.trial = status::describe_trial(trial_, now);
  if (!host_.service()->joined()) return status;
  status.values = values_status(bank_.values());
  status.capacity_ah = bank_.values().number(q("/InstalledCapacity"));
  if (const LimitState* limits = bank_.limits()) status.limits = status::describe_limits(*limits);
  status::describe_votes(bank_.votes(), status.limits);
  status.limits.switches = panel_.summary();
  status.limits.charge_control = status::describe_charge_control(bank_.charge_control());
  return status;
}

std::vector<std::string> BankApp::missing_members() const {
  constexpr std::size_t kMost = 20;
  std::vector<std::string> names = bank_.missing();
  if (names.size() > kMost) names.resize(kMost);
  return names;
}

status::ForgetAnswer BankApp::forget(const std::string& name) {
  tape_.add(record::MemberForgotten{setup_.description.service_name, name});
  const Forgetting outcome = bank_.forget(name);
  if (outcome == Forgetting::forgotten) host_.settle();
  return {outcome, missing_members(), static_cast<std::int64_t>(bank_.lost())};
}

std::optional<Forgetting> BankApp::forget_sensors(const std::string& name) {
  if (bank_.charge_control() == nullptr || !is_called(setup_.description, name))
    return std::nullopt;
  tape_.add(record::SensorsForgotten{setup_.description.service_name});
  if (!bank_.forget_missing_sensors()) return Forgetting::present;
  host_.settle();
  return Forgetting::forgotten;
}

status::MemberStatus BankApp::member_status(const WatchedMember& shunt) const {
  const MemberValues& values = shunt.snapshot.values;
  status::MemberStatus status{.service = shunt.snapshot.service,
                              .name = shunt.snapshot.name,
                              .voltage_v = values[q("/Dc/0/Voltage")],
                              .current_a = values[q("/Dc/0/Current")],
                              .soc_percent = values[q("/Soc")]};
  status.max_charge_voltage_v = values[q("/Info/MaxChargeVoltage")];
  status.max_charge_current_a = values[q("/Info/MaxChargeCurrent")];
  status.max_discharge_current_a = values[q("/Info/MaxDischargeCurrent")];
  status.charge_mode = shunt.snapshot.texts.charge_mode;
  const MemberAmpHours capacity = bank_.capacity_of(shunt.snapshot.id);
  status.capacity_ah = capacity.capacity_ah;
  status.capacity_from = words(capacity.origin);
  return status;
}

}  // namespace dmb
