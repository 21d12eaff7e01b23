// SPDX-License-Identifier: MIT
#pragma once

#include <sdbus-c++/sdbus-c++.h>

#include <string>

/// Why calls to a shunt's service fail.
namespace dmb::shunt_call {

/// The service lives, but has no such object or method.
bool is_unknown_there(const sdbus::Error& error);

/// Why the call failed, for people.
std::string describe(const sdbus::Error& error);

}  // namespace dmb::shunt_call
