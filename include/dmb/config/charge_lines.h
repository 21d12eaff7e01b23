// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/control/charge_rules.h"

#include <string>
#include <string_view>
#include <vector>

namespace dmb {

/// One line of a [CHARGE CONTROL] section.
struct WrittenChargeLine {
  std::string_view key;
  std::string value;
};

/// What a section has to say for `rules` to be read from it: the chemistry, the maxima, and what is
/// not as the chemistry has it.
std::vector<WrittenChargeLine> charge_lines(const ChargeRules& rules);

}  // namespace dmb
