// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/config/config.h"
#include "raw_event.h"

#include <optional>
#include <string>

namespace dmb {

/// The CA file to verify with: the configured one, or the system's bundle, named explicitly because
/// the directory compiled into a bundled OpenSSL is not the device's.
std::string ca_file(const BrokerConfig& broker);

/// Whether the broker's certificate must be signed by one of those in ca_file(). Not with
/// tls_insecure, unless a CA is configured: then only the host name may be another.
bool verifies_chain(const BrokerConfig& broker);

/// What to say of a file that OpenSSL does not take; call it right after OpenSSL's refusal.
Failure unusable_file(const std::string& key, const std::string& path);

/// OpenSSL's words for the oldest error of this thread.
std::string openssl_words();

/// Why an attempt cannot work yet: a file that cannot be read, or a key with a pass phrase (which
/// OpenSSL would ask for on the terminal). The files may appear later.
std::optional<Failure> tls_file_problem(const BrokerConfig& broker);

}  // namespace dmb
