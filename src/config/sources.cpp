// SPDX-License-Identifier: MIT
#include "dmb/config/build.h"

#include <algorithm>

namespace dmb {
namespace {

bool any_set(const SettingsSection& section) {
  return std::any_of(section.settings.begin(), section.settings.end(),
                     [](const auto& entry) { return !entry.second.empty; });
}

bool has_value(const SettingsSection& section, std::string_view key) {
  const auto found = section.settings.find(key);
  return found != section.settings.end() && !found->second.empty;
}

bool has_key_of(const SettingsSection& section, Family home) {
  return std::any_of(section.settings.begin(), section.settings.end(),
                     [&](const auto& entry) { return entry.second.known->home == home; });
}

/// True when a line of the file only makes sense with MQTT batteries.
bool speaks_of_mqtt(const Settings& settings) {
  return !settings.of(Family::mqtt).settings.empty() ||
         !settings.of(Family::time_to_go).settings.empty() || !settings.batteries().empty() ||
         has_key_of(settings.of(Family::general), Family::mqtt);
}

/// The aggregator's keys, those it shares with the MQTT battery included.
bool is_shunt_key(const std::string& name) {
  const KnownKey* key = find_key(Family::smartshunts, name);
  return key != nullptr && key->home == Family::smartshunts;
}

bool shunts_are_configured(const Settings& settings) {
  const SettingsSection& general = settings.of(Family::general);
  const SettingsSection& shunts = settings.of(Family::smartshunts);
  if (any_set(shunts)) return true;
  const bool set_in_default =
      std::any_of(general.settings.begin(), general.settings.end(), [](const auto& entry) {
        return entry.second.known->home == Family::smartshunts && !entry.second.empty;
      });
  if (set_in_default) return true;
  // The aggregator's config may hold no more than a device name, or keys left empty on purpose.
  const auto is_shunts = [](const auto& entry) { return is_shunt_key(entry.first); };
  return !speaks_of_mqtt(settings) && settings.banks().empty() &&
         (!shunts.settings.empty() ||
          std::any_of(general.settings.begin(), general.settings.end(), is_shunts));
}

void report_no_source(const Settings& settings, Problems& problems) {
  if (speaks_of_mqtt(settings)) {
    SpotProblems(problems, {.line = 0, .section = "MQTT", .key = "broker_address"})
        .error("is missing; set it to the host name or IP address of your MQTT broker");
    return;
  }
  SpotProblems(problems, {.line = 0, .section = "DEFAULT", .key = "sources"})
      .error(
          "nothing to do: set broker_address and topic in [MQTT] for a battery from MQTT, write a "
          "section [BANK name] to combine the batteries that are there, or sources = smartshunts "
          "to combine SmartShunts");
}

/// Batteries are described, but there is no broker to get them from.
void warn_about_idle_batteries(const Settings& settings, Problems& problems) {
  const Setting* topic =
      Scope{&settings.of(Family::mqtt), &settings.of(Family::general)}.find("topic");
  ConfigSpot spot{.line = 0, .section = "MQTT", .key = "broker_address"};
  if (topic != nullptr) {
    spot = topic->spot;
  } else if (!settings.batteries().empty()) {
    const SettingsSection& battery = *settings.batteries().front();
    spot = {.line = battery.line, .section = battery.title, .key = {}};
  } else {
    return;
  }
  SpotProblems(problems, spot)
      .warning("has no effect: no broker_address is set in [MQTT], so MQTT is off");
}

}  // namespace

bool broker_is_configured(const Settings& settings) {
  // Asking is no reading: with the source off the address has no effect.
  return has_value(settings.of(Family::mqtt), "broker_address") ||
         has_value(settings.of(Family::general), "broker_address");
}

Sources choose_sources(const Settings& settings, Problems& problems) {
  const Scope general{&settings.of(Family::general)};
  const int chosen = general.get_or<int>("sources", 0);
  const bool banks = !settings.banks().empty();
  if (chosen != 0) {
    return {.mqtt = (chosen & kSourceMqtt) != 0,
            .shunts = (chosen & kSourceShunts) != 0,
            .banks = banks};
  }
  const Sources found{.mqtt = broker_is_configured(settings),
                      .shunts = shunts_are_configured(settings),
                      .banks = banks};
  if (found.mqtt) return found;
  if (found.shunts || found.banks) {
    warn_about_idle_batteries(settings, problems);
  } else {
    report_no_source(settings, problems);
  }
  return found;
}

}  // namespace dmb
