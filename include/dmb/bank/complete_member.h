// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/member.h"
#include "dmb/battery/sparse_values.h"

namespace dmb {

/// Adds to a member what follows from all else that its service tells: its texts, and where it
/// tells the voltages of its cells but not what follows from them, their number, lowest and highest
/// with their ids ("C3"), sum and difference. What it tells itself stays.
void complete_member(const SparseValues& others, MemberValues& values, MemberTexts& texts);

}  // namespace dmb
