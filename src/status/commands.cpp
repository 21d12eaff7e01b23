// SPDX-License-Identifier: MIT
#include "dmb/status/health.h"

#include <string_view>

namespace dmb::status {
namespace {

/// Where the installer puts an instance: /data/etc/<instance>/config.ini.
std::optional<std::string> instance_of(std::string_view config_file) {
  constexpr std::string_view kHome = "/data/etc/";
  constexpr std::string_view kFile = "/config.ini";
  if (!config_file.starts_with(kHome) || !config_file.ends_with(kFile)) return std::nullopt;
  config_file.remove_prefix(kHome.size());
  if (config_file.size() <= kFile.size()) return std::nullopt;
  config_file.remove_suffix(kFile.size());
  if (config_file.find('/') != std::string_view::npos) return std::nullopt;
  return std::string(config_file);
}

}  // namespace

Commands commands_for(const std::string& config_file, std::int64_t pid) {
  if (const auto instance = instance_of(config_file)) {
    const std::string service = " /service/" + *instance;
    return {"svc -u" + service, "svc -h" + service, "svc -t" + service,
            "tail -F /data/log/" + *instance + "/current | tai64nlocal",
            "/data/etc/" + *instance + "/dbus-mqtt-battery --forget"};
  }
  const std::string number = std::to_string(pid);
  const std::string by_hand = "dbus-mqtt-battery --config " + config_file;
  return {by_hand, "kill -HUP " + number, "kill " + number + "; " + by_hand, "",
          "dbus-mqtt-battery --forget"};
}

}  // namespace dmb::status
