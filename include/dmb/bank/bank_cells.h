// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/aggregate.h"

#include <span>

namespace dmb {

/// Whether something is stale that refresh_cells() goes by.
bool concerns_cells(const StaleValues& stale);

/// Works out what the members' cells and temperature sensors come to: the ids of the lowest and the
/// highest cell and of the coldest and the hottest sensor with the member's name in front ("Pack1
/// C7"), both temperatures, the cells of a battery, the difference. Of several that are equal the
/// one of the member with the least id is named.
///
/// A member that tells no temperatures of cells counts with its own temperature, under its name.
/// The number of cells is the one that all members tell, else unknown. The difference is that of
/// the bank's lowest and highest cell, but never less than that of one member.
void refresh_cells(Aggregate& bank, std::span<const MemberSnapshot> members);

}  // namespace dmb
