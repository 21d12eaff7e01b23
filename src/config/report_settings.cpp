// SPDX-License-Identifier: MIT
#include "dmb/config/build.h"

namespace dmb {
namespace {

void report_fault(const Setting& setting, Problems& problems) {
  const SpotProblems spot(problems, setting.spot);
  if (setting.essential && setting.read) return spot.error(*setting.fault);
  spot.warning(*setting.fault + (setting.read ? "; its default is used" : "; it is not used"));
}

bool is_mqtt_key(const Setting& setting, Family section) {
  const Family home = setting.known->home;
  return section == Family::battery || home == Family::mqtt;
}

/// Why nobody read it: "no broker_address is set".
std::string reason(const Setting& setting, Family section, const Settings& settings,
                   const Sources& sources) {
  if (section == Family::publish)
    return "without a broker_address here, the broker of [MQTT] is reached as that section says";
  if (section == Family::charge_control) return "what it is for is off";
  if (!sources.mqtt && is_mqtt_key(setting, section)) {
    return broker_is_configured(settings) ? "sources does not name mqtt"
                                          : "no broker_address is set in [MQTT]";
  }
  if (setting.known->home == Family::smartshunts || section == Family::smartshunts) {
    if (!sources.shunts) return "sources does not name smartshunts";
    if (setting.known->name.starts_with("max_") ||
        setting.known->name == "stop_discharge_on_timeout")
      return "only device_mode = virtual-bms has limits";
  }
  return "where it is needed, another section sets it";
}

}  // namespace

void report_settings(const Settings& settings, const Sources& sources, Problems& problems) {
  for (const SettingsSection& section : settings.sections) {
    for (const auto& [name, key] : section.strange)
      if (!key.read) report_strange(key.spot, section.family, name, problems);
    for (const auto& [name, setting] : section.settings) {
      if (setting.empty || setting.known->kind == ValueKind::ignored) continue;
      if (setting.fault) {
        report_fault(setting, problems);
      } else if (!setting.read) {
        SpotProblems(problems, setting.spot)
            .info("has no effect in this configuration: " +
                  reason(setting, section.family, settings, sources));
      }
    }
  }
}

}  // namespace dmb
