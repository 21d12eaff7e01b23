// SPDX-License-Identifier: MIT
#include "dmb/why/gx_facts.h"

#include "dmb/battery/quantity.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <utility>

namespace dmb::why {
namespace {

/// Whoever tells more is not to be believed; negative as well.
constexpr double kMost = 1e6;

/// Which path fills which field. No second copy of a battery's paths: theirs are quantities.
template <typename Facts>
struct Row {
  std::string_view path;
  std::optional<double> Facts::*number = nullptr;
  std::string Facts::*text = nullptr;
};
template <typename Facts>
Row<Facts> number(std::string_view path, std::optional<double> Facts::*field) {
  return {path, field};
}
template <typename Facts>
Row<Facts> text(std::string_view path, std::string Facts::*field) {
  return {path, nullptr, field};
}
std::string_view path_of(Quantity quantity) {
  return quantity.spec().path;
}

std::span<const Row<BatteryFacts>> rows_of(const BatteryFacts*) {
  using F = BatteryFacts;
  static const std::array kRows{
      text(path_of(q("/ProductName")), &F::name),
      text(path_of(q("/CustomName")), &F::name),
      number(path_of(q("/DeviceInstance")), &F::instance),
      number(path_of(q("/Dc/0/Voltage")), &F::voltage_v),
      number(path_of(q("/Dc/0/Current")), &F::current_a),
      number(path_of(q("/Soc")), &F::soc_percent),
      number(path_of(q("/Info/MaxChargeVoltage")), &F::max_charge_voltage_v),
      number(path_of(q("/Info/MaxChargeCurrent")), &F::max_charge_current_a),
      number(path_of(q("/Info/MaxDischargeCurrent")), &F::max_discharge_current_a),
      text(path_of(q("/Info/ChargeLimitation")), &F::charge_limitation),
      text(path_of(q("/Info/DischargeLimitation")), &F::discharge_limitation),
      text(path_of(q("/Info/ChargeMode")), &F::charge_mode)};
  return kRows;
}

std::span<const Row<ChargerFacts>> rows_of(const ChargerFacts*) {
  using F = ChargerFacts;
  static const std::array kRows{text(path_of(q("/ProductName")), &F::name),
                                text(path_of(q("/CustomName")), &F::name),
                                number(path_of(q("/Dc/0/Current")), &F::current_a),
                                number("/Link/ChargeCurrent", &F::told_current_a),
                                number("/Link/ChargeVoltage", &F::told_voltage_v),
                                number("/Settings/ChargeCurrentLimit", &F::own_limit_a),
                                number(path_of(q("/State")), &F::state),
                                number(path_of(q("/ErrorCode")), &F::error),
                                number(path_of(q("/Mode")), &F::mode),
                                number("/DeviceOffReason", &F::off_reason),
                                number("/MppOperationMode", &F::tracker),
                                number("/Pv/V", &F::pv_voltage_v),
                                number("/Settings/BmsPresent", &F::had_bms)};
  return kRows;
}

std::span<const Row<InverterFacts>> rows_of(const InverterFacts*) {
  using F = InverterFacts;
  static const std::array kRows{
      text(path_of(q("/ProductName")), &F::name),
      text(path_of(q("/CustomName")), &F::name),
      number(path_of(q("/Dc/0/Current")), &F::current_a),
      number("/BatteryOperationalLimits/MaxChargeVoltage", &F::told_voltage_v),
      number("/BatteryOperationalLimits/MaxChargeCurrent", &F::told_charge_a),
      number("/BatteryOperationalLimits/MaxDischargeCurrent", &F::told_discharge_a),
      number(path_of(q("/Mode")), &F::mode),
      number("/VebusError", &F::error),
      number("/Ac/ActiveIn/Connected", &F::ac_connected),
      number("/Hub4/AssistantId", &F::ess)};
  return kRows;
}

std::span<const Row<SystemFacts>> rows_of(const SystemFacts*) {
  using F = SystemFacts;
  static const std::array kRows{text("/ActiveBmsService", &F::bms),
                                text("/Dc/Battery/BatteryService", &F::monitor),
                                text("/ActiveBatteryService", &F::active),
                                number("/Control/Dvcc", &F::dvcc),
                                number("/Dc/Battery/ChargeVoltage", &F::charge_voltage_v),
                                number("/Dvcc/Alarms/MultipleBatteries", &F::several_bms),
                                number("/Dvcc/Alarms/FirmwareInsufficient", &F::firmware_too_old),
                                number("/SystemState/LowSoc", &F::low_soc),
                                number("/Dc/Battery/Current", &F::current_a)};
  return kRows;
}

std::span<const Row<SettingsFacts>> rows_of(const SettingsFacts*) {
  using F = SettingsFacts;
  static const std::array kRows{
      number("/Settings/Services/Bol", &F::bol),
      number("/Settings/SystemSetup/MaxChargeCurrent", &F::max_charge_current_a),
      number("/Settings/SystemSetup/MaxChargeVoltage", &F::max_charge_voltage_v),
      number("/Settings/CGwacs/OvervoltageFeedIn", &F::feed_in),
      number("/Settings/SystemSetup/BmsInstance", &F::bms_instance),
      number("/Settings/CGwacs/BatteryLife/MinimumSocLimit", &F::min_soc_percent),
      number("/Settings/CGwacs/MaxDischargePower", &F::max_discharge_w)};
  return kRows;
}

std::optional<double> believable(const BusValue& value) {
  const auto number = number_of(value);
  return number && std::abs(*number) <= kMost ? number : std::nullopt;  // not a NaN either
}

template <typename Facts>
Facts facts_of(const Items& items) {
  Facts facts;
  for (const auto& row : rows_of(&facts)) {
    const auto found = items.find(row.path);
    if (found == items.end()) continue;
    if (row.number != nullptr) facts.*row.number = believable(found->second);
    const auto* told = std::get_if<std::string>(&found->second);
    if (row.text != nullptr && told != nullptr && !told->empty()) facts.*row.text = *told;
  }
  return facts;
}

template <typename Facts>
Facts named_facts_of(const std::string& service, const Items& items) {
  Facts facts = facts_of<Facts>(items);
  facts.service = service;
  if (facts.name.empty()) facts.name = service;
  return facts;
}

template <typename... Facts>
bool has_row(std::string_view path) {
  return (... || std::ranges::any_of(rows_of(static_cast<const Facts*>(nullptr)),
                                     [path](const auto& row) { return row.path == path; }));
}

enum class Kind { none, system, settings, battery, charger, solar, inverter };
Kind kind_of(std::string_view service) {
  constexpr std::array<std::pair<std::string_view, Kind>, 8> kKinds{
      {{"com.victronenergy.battery.", Kind::battery},
       {"com.victronenergy.solarcharger.", Kind::solar},
       {"com.victronenergy.alternator.", Kind::charger},
       {"com.victronenergy.dcgenset.", Kind::charger},
       {"com.victronenergy.charger.", Kind::charger},
       {"com.victronenergy.multi.", Kind::charger},
       {"com.victronenergy.inverter.", Kind::charger},
       {"com.victronenergy.vebus.", Kind::inverter}}};
  if (service == "com.victronenergy.system") return Kind::system;
  if (service == "com.victronenergy.settings") return Kind::settings;
  for (const auto& [prefix, kind] : kKinds)
    if (service.starts_with(prefix)) return kind;
  return Kind::none;
}

/// An inverter that cannot charge takes what it is told of discharging, which is told elsewhere.
bool charges(const ChargerFacts& charger) {
  return charger.solar || charger.told_current_a || charger.own_limit_a;
}

}  // namespace

bool is_asked(std::string_view service) {
  return kind_of(service) != Kind::none;
}

bool is_wanted(std::string_view path) {
  return has_row<BatteryFacts, ChargerFacts, InverterFacts, SystemFacts, SettingsFacts>(path);
}

void take(const std::string& service, const std::optional<Items>& items, GxFacts& facts) {
  const Kind kind = kind_of(service);
  if (!items) {
    facts.silent.push_back(service);
    // That it is there is known all the same.
    if (kind == Kind::system) facts.system.emplace();
    return;
  }
  switch (kind) {
    case Kind::system:
      facts.system = facts_of<SystemFacts>(*items);
      break;
    case Kind::settings:
      facts.settings = facts_of<SettingsFacts>(*items);
      break;
    case Kind::battery:
      facts.batteries.push_back(named_facts_of<BatteryFacts>(service, *items));
      break;
    case Kind::charger:
    case Kind::solar: {
      auto charger = named_facts_of<ChargerFacts>(service, *items);
      charger.solar = kind == Kind::solar;
      if (charges(charger)) facts.chargers.push_back(std::move(charger));
      break;
    }
    case Kind::inverter:
      facts.inverters.push_back(named_facts_of<InverterFacts>(service, *items));
      break;
    case Kind::none:
      break;
  }
}

}  // namespace dmb::why
