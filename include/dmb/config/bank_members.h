// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/shunt_selection.h"
#include "dmb/config/config.h"

#include <span>
#include <string_view>

namespace dmb {

inline constexpr std::string_view kBankProductName = "Battery Bank";

/// As what an entry of a bank may name it.
ServiceIdentity identity_of(const BatteryConfig& battery);

/// Whether a [BATTERY] of this config takes part in the bank; `batteries` are all of them.
bool is_member(const BatteryConfig& battery, const BankConfig& bank,
               std::span<const BatteryConfig> batteries);

}  // namespace dmb
