// SPDX-License-Identifier: MIT
#include "address.h"

#include "dmb/codec/text.h"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>

namespace dmb {
namespace {

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

int look_up(const std::string& host, int flags, Addresses& out) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  addrinfo* list = nullptr;
  const int result = getaddrinfo(host.c_str(), nullptr, &hints, &list);
  if (result == 0) out.reset(list);
  return result;
}

std::string numeric(const addrinfo& address) {
  char text[NI_MAXHOST] = "";
  getnameinfo(address.ai_addr, address.ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST);
  return text;
}

Resolved not_found(const std::string& what) {
  Resolved nothing;
  nothing.failure = Failure{BrokerTrouble::name_not_found, "host name not found: " + what};
  return nothing;
}

std::string bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

}  // namespace

std::string bare_host(const std::string& address) {
  const bool in_brackets = address.size() > 2 && address.front() == '[' && address.back() == ']';
  return in_brackets ? address.substr(1, address.size() - 2) : address;
}

std::string host_and_port(const BrokerConfig& broker) {
  return bracketed(bare_host(broker.address)) + ":" + std::to_string(broker.port);
}

std::string paho_uri(const BrokerConfig& broker, const std::string& ip) {
  return (broker.tls_enabled ? "ssl://" : "tcp://") + bracketed(ip) + ":" +
         std::to_string(broker.port);
}

bool is_ip(const std::string& host) {
  Addresses addresses;
  return look_up(host, AI_NUMERICHOST, addresses) == 0;
}

Resolved resolve(const std::string& host) {
  Addresses addresses;
  const int result = look_up(host, AI_ADDRCONFIG, addresses);
  if (result != 0)
    return not_found(printable(host) + " (" + gai_strerror(result) +
                     "): check broker_address and the network");
  Resolved found;
  for (const addrinfo* a = addresses.get(); a; a = a->ai_next)
    if (std::string ip = numeric(*a); !ip.empty()) found.addresses.push_back(std::move(ip));
  std::stable_partition(found.addresses.begin(), found.addresses.end(),
                        [](const std::string& ip) { return ip.find(':') == std::string::npos; });
  return found.addresses.empty() ? not_found(printable(host)) : found;
}

}  // namespace dmb
