// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/config/config.h"
#include "raw_event.h"

#include <optional>

namespace dmb {

class TlsPeer;

/// Does the TLS handshake on the connected socket `fd`, which has time-outs, with the same demands
/// as Paho; the reason for people if it fails.
std::optional<Failure> tls_problem(int fd, const BrokerConfig& broker, const TlsPeer& peer);

}  // namespace dmb
