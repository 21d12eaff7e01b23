// SPDX-License-Identifier: MIT
#pragma once

#include <sdbus-c++/sdbus-c++.h>

#include <string>

/// Why calls to another service fail.
namespace dmb::call_error {

/// The service lives, but has no such object or method.
bool is_unknown_there(const sdbus::Error& error);

/// The service itself sent this error, so it lives. In doubt not: the daemon answers in the place
/// of whoever is gone, or has stopped reading.
bool is_from_service(const sdbus::Error& error);

/// Why the call failed, for people.
std::string describe(const sdbus::Error& error);

}  // namespace dmb::call_error
