// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/record/line.h"

#include <optional>
#include <string>
#include <vector>

namespace dmb::replay {

/// For people: what is new in `decision`, a line each: "comes to the bus", "CCL 80 A -> 0 A: …".
/// nullopt: nothing was decided before.
std::vector<std::string> describe_change(const std::optional<record::Decision>& before,
                                         const record::Decision& decision);

/// All of it in one line: "on the bus, CVL 56 V (as configured), no CCL, no DCL".
std::string describe(const record::Decision& decision);

/// Whether they are the same but for what another machine's arithmetic makes of the last digits,
/// and for the order in which a reason names members.
bool same(const record::Decision& a, const record::Decision& b);

}  // namespace dmb::replay
