// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/member.h"
#include "dmb/battery/item_values.h"
#include "dmb/control/charge_control.h"
#include "dmb/control/guard.h"

namespace dmb {

/// What a battery tells of its cells and temperatures at this moment; `values` hold nothing yet
/// that is derived from them.
PackCells pack_cells_of(const ItemValues& values);
/// What a member of a bank tells of them: its extremes.
PackCells pack_cells_of(const MemberSnapshot& member);

/// Mode, reasons and alarms of a charge control. An alarm is the higher one of its and the
/// battery's own; a reason that the battery tells itself stays where the control has none.
void show_charge_control(const ChargeControl& control, const LimitState& limits,
                         ItemValues& values);

}  // namespace dmb
