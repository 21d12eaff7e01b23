// SPDX-License-Identifier: MIT
#include "dmb/battery/letter_case.h"
#include "dmb/codec/text.h"
#include "dmb/codec/topic.h"
#include "dmb/config/build.h"
#include "dmb/mapping/intake.h"
#include "dmb/publish/topics.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace dmb {
namespace {

/// As far as names tell: one host may have several.
bool is_same_host(const std::string& a, const std::string& b) {
  constexpr std::array<std::string_view, 3> kHere{"localhost", "127.0.0.1", "::1"};
  const auto is_here = [&](const std::string& host) {
    return std::ranges::find(kHere, to_lower(host)) != kHere.end();
  };
  return equals_ignoring_case(a, b) || (is_here(a) && is_here(b));
}

bool is_same_broker(const PublishConfig& publish, const BrokerConfig& broker) {
  const auto& own = publish.own_broker;
  return !own || (own->port == broker.port && is_same_host(own->address, broker.address));
}

std::vector<std::string> filters_of(const BatteryConfig& battery) {
  if (battery.map) return MapIntake(*battery.map, {}).filters();
  return {battery.topic};
}

/// The line that holds the battery's topic; else its section.
ConfigSpot spot_of(const Settings& settings, const BatteryConfig& battery) {
  const SettingsSection* section = &settings.of(Family::mqtt);
  for (const SettingsSection* other : settings.batteries())
    if (!battery.label.empty() && other->label == battery.label) section = other;
  const Setting* topic = Scope{section, &settings.of(Family::general)}.find("topic");
  if (topic != nullptr && !(battery.map && battery.topic.empty())) return topic->spot;
  return {.line = section->line, .section = section->title, .key = {}};
}

}  // namespace

void check_loops(const Settings& settings, const Config& config, Problems& problems) {
  if (!config.publish || !config.broker || !is_same_broker(*config.publish, *config.broker)) return;
  const PublishConfig& publish = *config.publish;
  const std::vector<std::string> written =
      PublishTopics(publish.topic, publish.client, publish.discovery_prefix).filters();
  for (const BatteryConfig& battery : config.batteries) {
    for (const std::string& read : filters_of(battery)) {
      const auto loop = std::ranges::find_if(
          written, [&read](const std::string& own) { return filters_overlap(own, read); });
      if (loop == written.end()) continue;
      SpotProblems(problems, spot_of(settings, battery))
          .error("reads " + printable(read) + ", and [PUBLISH] writes " + printable(*loop) +
                 " to the same broker: the battery would be its own source; read a topic that is "
                 "none of these, or set another topic or discovery_prefix in [PUBLISH]");
      break;
    }
  }
}

}  // namespace dmb
