// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace dmb {

/// Prints why the battery with this name (empty: the one that matters) is charged no more, asking
/// the whole bus. Returns the exit code: 0 nothing limits, 1 something does, 3 nothing to explain.
int print_why(const std::string& name, bool json);

}  // namespace dmb
