// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/config/config.h"
#include "raw_event.h"

#include <string>

namespace dmb {

/// `address` without the brackets of an IPv6 literal.
std::string bare_host(const std::string& address);

/// "host:port" for people, "[host]:port" for IPv6 literals.
std::string host_and_port(const BrokerConfig& broker);

/// What Paho is told to connect to: an address, so that it looks no name up while it holds the lock
/// of its API.
std::string paho_uri(const BrokerConfig& broker, const std::string& ip);

/// Whether `host` is an IP address, which needs no look-up.
bool is_ip(const std::string& host);

/// Looks `host` up, also when it is an address already. May take half a minute: not for the loop's
/// thread. IPv4 comes first: on a GX device IPv6 often leads nowhere.
Resolved resolve(const std::string& host);

}  // namespace dmb
