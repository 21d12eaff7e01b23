// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/bank_memory.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace dmb {

/// What is remembered over restarts, by the bank's service name.
using BankMemories = std::map<std::string, BankMemory, std::less<>>;

/// As JSON, for people to read as well.
std::string encode_state(const BankMemories& banks);

/// nullopt: not such a text. What is out of any possible range is left out.
std::optional<BankMemories> decode_state(std::string_view text);

}  // namespace dmb
