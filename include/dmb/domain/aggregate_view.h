// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/domain/aggregate.h"
#include "dmb/domain/item_values.h"
#include "dmb/domain/virtual_bms.h"

#include <cstddef>
#include <string>

namespace dmb {

// How an aggregate looks on the bus (specification 4.2, 4.4). `values` is indexed by
// battery_items().

/// Every item an aggregate has, invalid as yet. No limit and no /Io item: a monitor must not have
/// them (contract 4.2).
void create_aggregate_items(ItemValues& values);

struct MemberCount {
  std::size_t online = 0;
  std::size_t offline = 0;  ///< seen since start and gone
};
/// Who the members are.
void show_members(MemberCount count, std::string tracked_services, ItemValues& values);
/// What they tell together.
void show_aggregate(const Aggregate& bank, ItemValues& values);

/// Limits, flags and reasons of the virtual BMS.
void show_bms(const BmsOutput& bms, ItemValues& values);

/// The last member is lost: measurements invalid, CVL as it stands, CCL 0, DCL as it stands or 0
/// (specification 4.4 and 3.5).
void show_bms_fail_safe(bool stop_discharge, ItemValues& values);

}  // namespace dmb
