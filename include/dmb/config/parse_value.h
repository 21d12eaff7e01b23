// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/config/ini_value.h"
#include "dmb/config/known_keys.h"
#include "dmb/config/problems.h"

#include <string>
#include <variant>
#include <vector>

namespace dmb {

/// A checked value; monostate when it was wrong (and reported) or means "not set".
using KeyValue =
    std::variant<std::monostate, bool, int, double, std::string, std::vector<std::string>>;

/// How the value of `key` is written.
ValueSyntax syntax_of(const KnownKey& key);

/// Reads a value that is not empty as `key` wants it. Faults and hints go to `spot`.
KeyValue parse_value(const KnownKey& key, const CleanValue& value, const SpotProblems& spot);

}  // namespace dmb
