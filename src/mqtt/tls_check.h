// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/config/config.h"

#include <optional>
#include <string>

namespace dmb {

/// Does the TLS handshake on the connected socket `fd`, which has time-outs, with the same demands
/// as Paho; the reason for people if it fails.
std::optional<std::string> tls_problem(int fd, const BrokerConfig& broker);

}  // namespace dmb
