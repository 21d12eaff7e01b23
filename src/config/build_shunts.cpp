// SPDX-License-Identifier: MIT
#include "dmb/config/build.h"

#include <array>
#include <chrono>

namespace dmb {
namespace {

using std::chrono::seconds;

constexpr std::string_view kBmsName = "Aggregate BMS";

/// The identity in [DEFAULT] is the MQTT battery's as soon as there is a broker.
Scope identity_scope(const Settings& settings) {
  const SettingsSection* shunts = &settings.of(Family::smartshunts);
  if (broker_is_configured(settings)) return {shunts};
  return {shunts, &settings.of(Family::general)};
}

Scope shunt_scope(const Settings& settings) {
  return {&settings.of(Family::smartshunts), &settings.of(Family::general)};
}

void read_identity(const Scope& scope, ShuntConfig& shunts) {
  if (shunts.mode == ShuntMode::virtual_bms) shunts.device_name = kBmsName;
  shunts.device_name = scope.get_or("device_name", shunts.device_name);
  shunts.device_instance = scope.get_or("device_instance", shunts.device_instance);
  shunts.service_name = scope.get_or("service_name", shunts.service_name);
  shunts.product_id = scope.get<int>("product_id");
}

void read_modes(const Scope& scope, ShuntConfig& shunts) {
  constexpr std::array kModes{ShuntMode::monitor, ShuntMode::virtual_bms};
  constexpr std::array kCapacityModes{CapacityMode::registers, CapacityMode::soc};
  if (const auto mode = scope.get<int>("device_mode")) {
    shunts.mode = kModes.at(static_cast<std::size_t>(*mode));
  }
  if (const auto mode = scope.get<int>("capacity_mode")) {
    shunts.capacity_mode = kCapacityModes.at(static_cast<std::size_t>(*mode));
  }
}

void read_limits(const Scope& scope, ShuntConfig& shunts) {
  shunts.total_capacity_ah = scope.get<double>("total_capacity");
  if (shunts.mode != ShuntMode::virtual_bms) return;
  shunts.stop_discharge_on_timeout =
      scope.get_or("stop_discharge_on_timeout", shunts.stop_discharge_on_timeout);
  shunts.max_charge_voltage_v = scope.get<double>("max_charge_voltage");
  shunts.max_charge_current_a = scope.get<double>("max_charge_current");
  shunts.max_discharge_current_a = scope.get<double>("max_discharge_current");
}

void read_members(const Scope& scope, ShuntConfig& shunts) {
  shunts.exclude_shunts = scope.get_or<std::vector<std::string>>("exclude_shunts", {});
  shunts.include_shunts = scope.get_or<std::vector<std::string>>("include_shunts", {});
  shunts.expected_shunts = scope.get<int>("expected_shunts");
}

void check_virtual_bms(const Scope& scope, const ShuntConfig& shunts, Problems& problems) {
  if (shunts.mode != ShuntMode::virtual_bms || shunts.max_charge_voltage_v) return;
  if (scope.is_faulty("max_charge_voltage")) return;
  SpotProblems(problems, scope.find("device_mode")->spot)
      .error(
          "virtual-bms needs max_charge_voltage as well, the charge voltage of the whole bank in V "
          "from the battery's data sheet: without it DVCC does not see a BMS");
}

}  // namespace

TemperatureDanger build_danger(const Scope& scope, Problems& problems) {
  TemperatureDanger danger;
  danger.cold_c = scope.get_or("temp_cold_danger", danger.cold_c);
  danger.hot_c = scope.get_or("temp_hot_danger", danger.hot_c);
  if (scope.is_faulty("temp_cold_danger") || scope.is_faulty("temp_hot_danger")) return danger;
  if (danger.cold_c < danger.hot_c) return danger;
  const Setting* cold = scope.find("temp_cold_danger");
  const Setting* hot = scope.find("temp_hot_danger");
  SpotProblems(problems, (cold != nullptr ? cold : hot)->spot)
      .error("temp_cold_danger must be lower than temp_hot_danger (defaults: 5 and 45 °C)");
  return danger;
}

/// Owners of publishers that store their messages ask for 0. A service on the bus answers whenever
/// it is asked, so one that does not is lost whatever holds for MQTT.
void check_timeout(const SettingsSection& own, const Scope& scope, std::chrono::seconds fallback,
                   std::chrono::seconds& timeout, Problems& problems) {
  if (timeout.count() != 0 || Scope{&own}.find("timeout") != nullptr) return;
  timeout = fallback;
  SpotProblems(problems, scope.find("timeout")->spot)
      .warning("0 holds for MQTT batteries; a " +
               std::string(own.family == Family::bank ? "member" : "SmartShunt") +
               " that does not answer is lost after " + std::to_string(timeout.count()) +
               " s. Write it into [" + own.title + "] if you mean these, too");
}

ShuntConfig build_shunts(const Settings& settings, Problems& problems) {
  const Scope scope = shunt_scope(settings);
  ShuntConfig shunts;
  read_modes(scope, shunts);
  read_identity(identity_scope(settings), shunts);
  read_limits(scope, shunts);
  read_publishing(scope, shunts);
  shunts.cell_page = scope.get_or("cell_page", shunts.cell_page);
  shunts.switches = scope.get_or("switches", shunts.switches);
  check_timeout(settings.of(Family::smartshunts), scope, ShuntConfig{}.timeout, shunts.timeout,
                problems);
  if (const auto period = scope.get<int>("log_period")) shunts.log_period = seconds(*period);
  read_members(scope, shunts);
  shunts.time_to_go =
      build_time_to_go({&settings.of(Family::time_to_go), &settings.of(Family::general)});
  shunts.danger = build_danger(scope, problems);
  check_virtual_bms(scope, shunts, problems);
  return shunts;
}

void claim_shunts(const Settings& settings, const ShuntConfig& shunts, Claims& claims) {
  const SettingsSection& section = settings.of(Family::smartshunts);
  const Scope scope = identity_scope(settings);
  add_claim(claims.instances, std::to_string(shunts.device_instance), section,
            scope.find("device_instance"));
  add_claim(claims.service_names, shunts.service_name, section, scope.find("service_name"));
}

}  // namespace dmb
