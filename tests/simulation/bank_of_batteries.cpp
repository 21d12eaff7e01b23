// SPDX-License-Identifier: MIT
#include "bank_of_batteries.h"

#include "dmb/battery/quantity.h"

#include <chrono>
#include <cstdint>
#include <variant>

namespace dmb::test {
namespace {

BankRules rules_of_batteries() {
  BankRules rules;
  rules.members = BankOf::batteries;
  rules.standing.by_limits = true;
  rules.bms.emplace();
  rules.bms->of_batteries = true;
  return rules;
}

WatchedMember member_of(const sim::Battery& battery) {
  WatchedMember member;
  member.snapshot.id = member.snapshot.name = battery.name;
  member.snapshot.service = "com.victronenergy.battery." + battery.name;
  MemberValues& values = member.snapshot.values;
  values[q("/Connected")] = 1;
  values[q("/InstalledCapacity")] = battery.pack.capacity_ah;
  values[q("/System/NrOfCellsPerBattery")] = static_cast<double>(battery.pack.cells);
  member.register_capacity_ah = battery.pack.capacity_ah;
  return member;
}

/// As the serial driver's item tree tells it.
void tell(const sim::BatteryMoment& battery, WatchedMember& member) {
  MemberValues& values = member.snapshot.values;
  values[q("/Dc/0/Voltage")] = battery.voltage_v;
  values[q("/Dc/0/Current")] = battery.current_a;
  values[q("/Dc/0/Power")] = battery.voltage_v * battery.current_a;
  values[q("/Dc/0/Temperature")] = battery.temperature_c;
  values[q("/Soc")] = battery.wishes.soc_percent;
  values[q("/Info/MaxChargeVoltage")] = battery.wishes.limits.cvl_v;
  values[q("/Info/MaxChargeCurrent")] = battery.wishes.limits.ccl_a;
  values[q("/Info/MaxDischargeCurrent")] = battery.wishes.limits.dcl_a;
  values[q("/Io/AllowToCharge")] = battery.wishes.limits.ccl_a > 0 ? 1 : 0;
  values[q("/Io/AllowToDischarge")] = battery.wishes.limits.dcl_a > 0 ? 1 : 0;
  values[q("/System/MinCellVoltage")] = battery.lowest_cell_v;
  values[q("/System/MaxCellVoltage")] = battery.highest_cell_v;
  member.others.set(q("/Info/ChargeMode"), battery.wishes.mode);
  member.snapshot.texts.charge_mode = battery.wishes.mode;
}

}  // namespace

BankOfBatteries::BankOfBatteries(const sim::BankDaySpec& spec)
    : told_modes_(spec.batteries.size()), device_(rules_of_batteries()) {
  for (const sim::Battery& battery : spec.batteries) members_.push_back(member_of(battery));
}

MemberNews BankOfBatteries::tell(std::span<const sim::BatteryMoment> batteries) {
  const std::size_t heard_before = heard_.size();
  MemberNews news{.all = false, .changed = {}};
  heard_.clear();
  for (std::size_t i = 0; i < batteries.size(); ++i) {
    if (!batteries[i].heard) continue;
    test::tell(batteries[i], members_[i]);
    news.all = news.all || told_modes_[i] != batteries[i].wishes.mode;
    told_modes_[i] = batteries[i].wishes.mode;
    news.changed.push_back(heard_.size());
    heard_.push_back(members_[i]);
  }
  news.all = news.all || heard_.size() != heard_before;
  return news;
}

sim::BankAnswer BankOfBatteries::decide(std::span<const sim::BatteryMoment> batteries,
                                        double now_s) {
  const Instant now(std::chrono::hours(1) +
                    std::chrono::milliseconds(static_cast<std::int64_t>(now_s * 1000)));
  const MemberNews news = tell(batteries);
  device_.handle(event::Members{heard_, news, true}, now);
  const ItemValues& values = device_.view(now);
  const auto& mode = values[q("/Info/ChargeMode")].value;
  return {.limits = {.cvl_v = values.number(q("/Info/MaxChargeVoltage")).value_or(0),
                     .ccl_a = values.number(q("/Info/MaxChargeCurrent")).value_or(0),
                     .dcl_a = values.number(q("/Info/MaxDischargeCurrent")).value_or(0)},
          .mode = mode && std::holds_alternative<std::string>(*mode) ? std::get<std::string>(*mode)
                                                                     : ""};
}

}  // namespace dmb::test
