// SPDX-License-Identifier: MIT
#include "dmb/battery/letter_case.h"
#include "dmb/config/build.h"

#include <cstdint>
#include <string>

namespace dmb {
namespace {

constexpr std::string_view kPlaceholder = "ip_addr_or_fqdn";
constexpr int kPlainPort = 1883;
constexpr int kTlsPort = 8883;

void check_address(const Scope& scope, const std::string& address, Problems& problems) {
  const Setting* setting = scope.find("broker_address");
  if (setting == nullptr) {
    SpotProblems(problems, {.line = 0, .section = "MQTT", .key = "broker_address"})
        .error("is missing; set it to the host name or IP address of your MQTT broker");
  } else if (to_lower(address) == kPlaceholder) {
    SpotProblems(problems, setting->spot)
        .error(
            "edit this line: it still holds the placeholder IP_ADDR_OR_FQDN instead of the host "
            "name or IP address of your MQTT broker, e.g. 192.168.1.5");
  }
}

void warn_if_set(const Scope& scope, std::string_view key, const std::string& message,
                 Problems& problems) {
  if (const Setting* setting = scope.find(key)) {
    SpotProblems(problems, setting->spot).warning(message);
  }
}

void check_tls_off(const Scope& scope, const BrokerConfig& broker, Problems& problems) {
  const std::string message = "has no effect while TLS is off; set tls_enabled = 1 to use it";
  for (const auto* key : {"tls_path_to_ca", "tls_path_to_cert", "tls_path_to_key"}) {
    warn_if_set(scope, key, message, problems);
  }
  if (broker.tls_insecure) warn_if_set(scope, "tls_insecure", message, problems);
}

void check_tls_on(const Scope& scope, const BrokerConfig& broker, Problems& problems) {
  if (broker.tls_insecure) {
    const bool has_ca = !broker.tls_path_to_ca.empty();
    warn_if_set(scope, "tls_insecure",
                has_ca
                    ? "the host name in the broker's certificate is not verified: every other "
                      "certificate of this CA is taken as well"
                    : "the broker is not verified: anybody on the way can pose as it and read the "
                      "password; better give its CA in tls_path_to_ca and set this to 0",
                problems);
  }
  const Setting* port = scope.find("broker_port");
  if (port != nullptr && broker.port == kPlainPort) {
    SpotProblems(problems, port->spot)
        .info("1883 is usually the port without TLS; with TLS most brokers listen on 8883");
  }
}

/// Half a client certificate is none.
void warn_of_half(const Scope& scope, std::string_view key, std::string_view partner,
                  Problems& problems) {
  const Setting* setting = scope.find(key);
  if (setting == nullptr || scope.find(partner) != nullptr) return;
  SpotProblems(problems, setting->spot)
      .warning("is not used: a client certificate needs both files; set " + std::string(partner) +
               " as well");
}

void read_client_certificate(const Scope& scope, BrokerConfig& broker, Problems& problems) {
  const auto cert = scope.get<std::string>("tls_path_to_cert");
  const auto key = scope.get<std::string>("tls_path_to_key");
  warn_of_half(scope, "tls_path_to_cert", "tls_path_to_key", problems);
  warn_of_half(scope, "tls_path_to_key", "tls_path_to_cert", problems);
  if (!cert || !key) return;
  broker.tls_path_to_cert = *cert;
  broker.tls_path_to_key = *key;
}

}  // namespace

BrokerConfig build_broker(const Settings& settings, Problems& problems) {
  return read_broker(Scope{&settings.of(Family::mqtt), &settings.of(Family::general)}, problems);
}

BrokerConfig read_broker(const Scope& scope, Problems& problems) {
  BrokerConfig broker;
  broker.address = scope.get_or<std::string>("broker_address", {});
  broker.tls_enabled = scope.get_or("tls_enabled", broker.tls_enabled);
  const int usual_port = broker.tls_enabled ? kTlsPort : kPlainPort;
  broker.port = static_cast<std::uint16_t>(scope.get_or("broker_port", usual_port));
  broker.username = scope.get_or<std::string>("username", {});
  broker.password = scope.get<std::string>("password");
  broker.tls_insecure = scope.get_or("tls_insecure", broker.tls_insecure);
  broker.tls_path_to_ca = scope.get_or<std::string>("tls_path_to_ca", {});
  read_client_certificate(scope, broker, problems);

  check_address(scope, broker.address, problems);
  if (scope.find("username") == nullptr) {
    warn_if_set(scope, "password", "has no effect without a username; set both or none", problems);
  }
  if (broker.tls_enabled) {
    check_tls_on(scope, broker, problems);
  } else if (!scope.is_faulty("tls_enabled")) {
    check_tls_off(scope, broker, problems);
  }
  return broker;
}

}  // namespace dmb
