// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/value.h"

#include <cstddef>
#include <map>
#include <string>

namespace dmb {

/// What somebody set, and wants to find again after a restart.
struct KeptValue {
  Value value = {};
  bool stored = false;  ///< com.victronenergy.settings has it: from then on that one counts
  bool operator==(const KeptValue&) const = default;
};

/// By the name of the setting.
using KeptValues = std::map<std::string, KeptValue, std::less<>>;

/// More are not remembered of one battery or bank.
inline constexpr std::size_t kMaxKeptValues = 200;

}  // namespace dmb
