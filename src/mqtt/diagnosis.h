// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/config/config.h"
#include "raw_event.h"

#include <chrono>
#include <string>

namespace dmb {

/// What a CONNACK code means (MQTT 3.1.1, 3.2.2.3).
Failure connack_failure(int code, const BrokerConfig& broker);

Failure no_answer(const BrokerConfig& broker, std::chrono::seconds waited);

/// Paho says of a failed attempt only that it failed. This tries the same steps once more, TCP and
/// TLS, and says which one fails and why. Takes up to some seconds: not for the loop's thread.
/// `peer` with TLS only.
Diagnosed diagnose(const BrokerConfig& broker, const std::string& ip, const TlsPeer* peer);

}  // namespace dmb
