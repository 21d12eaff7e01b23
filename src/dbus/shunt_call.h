// SPDX-License-Identifier: MIT
#pragma once

#include <sdbus-c++/sdbus-c++.h>

#include <chrono>
#include <string>

/// What all calls to a shunt's service have in common.
namespace dmb::shunt_call {

inline constexpr std::chrono::seconds kTimeout{5};

/// The service lives, but has no such object or method.
bool is_unknown_there(const sdbus::Error& error);

/// Why the call failed, for people.
std::string describe(const sdbus::Error& error);

}  // namespace dmb::shunt_call
