// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/bank_hints.h"

#include <string>

namespace dmb {

/// What a hint says, and what to do about it, for people. May hold names that others chose.
struct HintWords {
  std::string what;
  std::string todo;
};
HintWords words_of(const BankHint& hint);

}  // namespace dmb
