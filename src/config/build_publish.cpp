// SPDX-License-Identifier: MIT
#include "dmb/battery/letter_case.h"
#include "dmb/config/build.h"

#include <string>

namespace dmb {
namespace {

/// OpenSSL finds out by address and port whom a connection has to reach (mqtt/tls_peer.h), so that
/// one place cannot be trusted in two ways.
void check_trust(const Scope& scope, const BrokerConfig& own, const BrokerConfig& other,
                 Problems& problems) {
  const bool is_same_place = equals_ignoring_case(own.address, other.address) &&
                             own.port == other.port && own.tls_enabled && other.tls_enabled;
  if (!is_same_place ||
      (own.tls_insecure == other.tls_insecure && own.tls_path_to_ca == other.tls_path_to_ca))
    return;
  SpotProblems(problems, scope.find("broker_address")->spot)
      .error(
          "is the broker of [MQTT], so tls_path_to_ca and tls_insecure must be as they are there; "
          "set them so, or leave broker_address empty here to use that broker as it is");
}

}  // namespace

std::optional<PublishConfig> build_publish(const Settings& settings,
                                           const std::optional<BrokerConfig>& broker,
                                           std::string_view device_id, Problems& problems) {
  const SettingsSection& section = settings.of(Family::publish);
  if (section.line == 0) return std::nullopt;
  const Scope scope{&section};  // nothing of [DEFAULT]: its broker is that of [MQTT]
  PublishConfig publish;
  publish.homeassistant = scope.get_or("homeassistant", publish.homeassistant);
  publish.topic = scope.get_or("topic", publish.topic);
  publish.client = scope.get_or("client", std::string(device_id));
  if (const auto interval = scope.get<int>("interval"))
    publish.interval = std::chrono::seconds(*interval);
  publish.discovery_prefix = scope.get_or("discovery_prefix", publish.discovery_prefix);
  if (scope.find("broker_address") != nullptr) publish.own_broker = read_broker(scope, problems);
  if (publish.own_broker && broker) check_trust(scope, *publish.own_broker, *broker, problems);
  if (publish.own_broker || broker) return publish;
  SpotProblems(problems, {.line = section.line, .section = section.title, .key = "broker_address"})
      .warning(
          "nothing is published: no broker is set, neither here nor in [MQTT]; set it to the host "
          "name or IP address of the broker that is to get the values");
  return std::nullopt;
}

}  // namespace dmb
